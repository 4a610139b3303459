// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "carillon/base/error.h"
#include "carillon/resource/host/group.h"
#include "carillon/resource/host/started.h"
#include "carillon/resource/substrate/qmpi.h"
#include "carillon/resource/substrate/substrate.h"

namespace carillon::qmpi {

namespace {

using substrate::Act;
using substrate::ActKind;
using substrate::Roles;

std::string waiting(std::uint32_t rank, const Act& act) {
    return "rank " + std::to_string(rank) + " waits for " +
           (act.kind == ActKind::kPair ? "a Bell pair with" : "a bit of") + " rank " +
           std::to_string(act.peer) + ", tag " + std::to_string(act.place);
}

void hold_qubits(host::Ranks& ranks, const Roles& roles, const Options& options) {
    substrate::SubstrateOptions own;
    own.state.threads = options.threads;
    own.state.max_memory_bytes = options.max_memory_bytes;
    for (int q = 0; q < roles.controllers; ++q) own.names.push_back(std::to_string(q));
    own.waiting = waiting;
    substrate::Substrate<double> qubits(ranks, roles, std::move(own));
    std::exception_ptr thrown;
    try {
        qubits.run_round();
        if (options.inspect && ranks.rank() == Roles::kSequencer) options.inspect(qubits);
    } catch (const host::PeerLost&) {
        throw;
    } catch (...) {
        thrown = std::current_exception();
    }
    qubits.close();
    if (thrown) std::rethrow_exception(thrown);
}

UsageByOperation run_program_on(host::Ranks& ranks, const Roles& roles, const Options& options,
                                const std::function<void(Communicator&)>& program) {
    substrate::Controller controller(ranks, roles);
    Communicator communicator(controller, options.seed);
    controller.run([&] {
        program(communicator);
        controller.end_round();
    });
    return communicator.usage();
}

std::vector<std::byte> bytes_of(const UsageByOperation& usage) {
    std::string text;
    for (const auto& [operation, used] : usage)
        text +=
            operation + " " + std::to_string(used.pairs) + " " + std::to_string(used.bits) + "\n";
    std::vector<std::byte> bytes(text.size());
    if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

void add(const std::vector<std::byte>& bytes, UsageByOperation& sum) {
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at), first = text.find(' ', at);
        const std::size_t second = text.find(' ', first + 1);
        Usage& used = sum[text.substr(at, first - at)];
        used.pairs += std::stoull(text.substr(first + 1, second - first - 1));
        used.bits += std::stoull(text.substr(second + 1, end - second - 1));
        at = end + 1;
    }
}

}  // namespace

UsageByOperation run(host::Ranks& ranks, const Options& options,
                     const std::function<void(Communicator&)>& program) {
    const int qpus = options.qpus > 0 ? options.qpus : ranks.size() - 1;
    constexpr int kMostQpus = 1 << 14;
    if (qpus > kMostQpus) throw InputError("at most 16384 QPUs can talk to each other");
    const Roles roles = Roles::split(ranks.size(), std::max(qpus, 1), "the program");
    UsageByOperation own;
    if (roles.holds_qubits(ranks.rank()))
        hold_qubits(ranks, roles, options);
    else
        own = run_program_on(ranks, roles, options, program);
    UsageByOperation sum;
    for (const auto& bytes : host::Group::world(ranks).all_gather(bytes_of(own))) add(bytes, sum);
    return sum;
}

int start(const std::string& name, const Options& options,
          const std::function<void(Communicator&)>& program,
          const std::function<void(const UsageByOperation&)>& finish) {
    return host::run_as_started(name, [&](host::Ranks& ranks) {
        if (ranks.size() > 1) {
            const UsageByOperation usage = run(ranks, options, program);
            if (ranks.rank() == 0) finish(usage);
            return 0;
        }
        if (options.threads_as_qpus < 1)
            throw InputError("this program is for many QPUs: start it with mpirun");
        host::run_as_threads({.ranks = options.threads_as_qpus + 1}, [&](host::Ranks& own) {
            const UsageByOperation usage = run(own, options, program);
            if (own.rank() == 0) finish(usage);
        });
        return 0;
    });
}

}  // namespace carillon::qmpi
