// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/process_controller.h"

#include <unistd.h>

#include <deque>

#include "carillon/base/error.h"
#include "carillon/execution/execute/stream.h"
#include "carillon/resource/substrate/controller.h"

namespace carillon {

namespace {

using substrate::Act;
using substrate::ActKind;

constexpr std::size_t kMostUnfinished = 256;

/// A QPU's stream, with a controller of the substrate to do its acts.
class QpuProcess {
  public:
    QpuProcess(host::Ranks& ranks, const Plan& plan)
        : plan_(plan),
          controller_(ranks, plan.roles),
          stream_(plan.slice.program, plan.slice.qpu, plan.slice.first_number, 0, plan.sampled,
                  plan.options),
          owned_(owned_by(plan.slice.program, plan.slice.qpu)) {
        stream_.before_read([this] {
            while (!unfinished_.empty() || !stream_.missing().empty()) take_outcome();
        });
    }

    void run() {
        controller_.run([&] {
            const std::uint64_t rounds = plan_.sampled ? 1 : plan_.options.shots;
            for (std::uint64_t shot = 0; shot < rounds; ++shot) {
                stream_.start(shot);
                while (const Act* act = stream_.next()) perform(*act);
                controller_.end_round();
                end_shot();
            }
            while (!unfinished_.empty()) take_outcome();
        });
    }

    ControllerResult result(const host::Ranks& ranks) const {
        ControllerResult result = kept_;
        result.process = this_process(ranks, plan_.names[plan_.slice.qpu.value]);
        result.counters = stream_.counters();
        for (const substrate::Sent& sent : controller_.sent()) {
            result.messages.push_back(sent.messages);
            result.bits.push_back(sent.bits);
        }
        return result;
    }

  private:
    /// Memory at the end of a shot, as far as its outcomes have come.
    struct Unfinished {
        ClassicalState memory;
        std::deque<BitId> missing;
    };

    /// The act with the numbers of the whole program.
    Act in_whole_program(const Act& act) const {
        Act whole = act;
        const auto place = static_cast<std::size_t>(act.key);
        if (act.kind == ActKind::kPair)
            whole.key = plan_.slice.pairs[place];
        else if (act.kind == ActKind::kLeave || act.kind == ActKind::kArrive)
            whole.key = plan_.slice.transfers[place];
        else if (act.kind == ActKind::kSend || act.kind == ActKind::kReceive)
            whole.key = plan_.slice.messages[place];
        return whole;
    }

    void perform(const Act& act) {
        const Act whole = in_whole_program(act);
        switch (act.kind) {
            case ActKind::kSend:
                controller_.send(whole, stream_.bit());
                break;
            case ActKind::kReceive:
                stream_.result(controller_.receive(whole));
                break;
            case ActKind::kMeasure:
                controller_.post(whole);
                return stream_.done_later();
            case ActKind::kFail:
                controller_.post(whole);
                controller_.wait_for_failure();
            default:
                controller_.post(whole);
        }
        stream_.done();
    }

    /// The oldest outcome that is missing goes where it belongs.
    void take_outcome() {
        if (!unfinished_.empty()) {
            Unfinished& oldest = unfinished_.front();
            if (!oldest.missing.empty()) {
                const bool bit = controller_.outcome();
                const BitId target = oldest.missing.front();
                oldest.missing.pop_front();
                if (target.valid()) oldest.memory.bits[target.value] = bit;
            }
            if (oldest.missing.empty()) {
                keep(oldest.memory);
                unfinished_.pop_front();
            }
            return;
        }
        stream_.outcome(controller_.outcome());
    }

    /// The next shot begins before all outcomes of this one have come.
    void end_shot() {
        unfinished_.push_back({stream_.memory(), stream_.missing()});
        while (unfinished_.size() > kMostUnfinished) take_outcome();
    }

    void keep(const ClassicalState& memory) {
        for (const std::uint32_t b : owned_.first) kept_.owned_bits.push_back(memory.bits[b]);
        for (const std::uint32_t v : owned_.second)
            kept_.owned_variables.push_back(memory.variables[v]);
    }

    const Plan& plan_;
    substrate::Controller controller_;
    Stream stream_;
    std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> owned_;
    std::deque<Unfinished> unfinished_;  ///< the oldest first
    ControllerResult kept_;
};

std::uint64_t sent_bits_messages(const host::Ranks& ranks) {
    return ranks.traffic()[static_cast<std::size_t>(host::Traffic::kClassical)].messages;
}

}  // namespace

ControllerResult control_qpu(host::Ranks& ranks, const Plan& plan) {
    const std::uint64_t before = sent_bits_messages(ranks);
    QpuProcess process(ranks, plan);
    process.run();
    ControllerResult result = process.result(ranks);
    result.sent_by_transport = sent_bits_messages(ranks) - before;
    return result;
}

ProcessOf this_process(const host::Ranks& ranks, const std::string& name) {
    char host[256] = {};
    gethostname(host, sizeof host - 1);
    return {name, ranks.rank(), static_cast<std::int64_t>(getpid()), host};
}

}  // namespace carillon
