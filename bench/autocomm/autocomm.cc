// SPDX-License-Identifier: Apache-2.0
// Bell pairs of compiled programs on AutoComm's workloads, beside the published counts.
//
// carillon_bench_autocomm [--only TEXT] [--seed N] [--free]
//
// Fully linked QPUs of ten data qubits. Contiguous: qubits 0-9 on the first QPU and so on, kept;
// --free also lets the search choose homes (and moves). Every program is validated.
#include <cstdio>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/workload/validate/validate.h"
#include "common/study.h"
#include "workloads.h"

namespace carillon::bench {
namespace {

constexpr std::uint32_t kNodeSize = 10;

struct Settings {
    std::string only;
    std::uint64_t seed = 0;
    bool free = false;
};

/// A workload with what others need for it; 0: not published.
struct Row {
    Circuit circuit;
    int published = 0;
};

struct Count {
    std::size_t pairs = 0, reopened = 0;
    double seconds = 0;
};

enum class Homes { kContiguous, kFree };

Count count_pairs(const Circuit& circuit, std::uint32_t comm, Homes homes, Rewriting rewriting,
                  std::uint64_t seed) {
    const std::uint32_t nodes = circuit.num_qubits / kNodeSize;
    const Network network =
        load_network("full:" + std::to_string(nodes) + ",qubits=" + std::to_string(kNodeSize) +
                     ",comm=" + std::to_string(comm));
    CompileOptions options;
    options.rewriting = rewriting;
    options.partition.seed = seed;
    if (homes == Homes::kContiguous) {
        options.partition.method = "contiguous";
        options.partition.allow_moves = false;
        for (std::uint32_t q = 0; q < circuit.num_qubits; ++q)
            options.partition.homes.emplace_back(q / kNodeSize);
    }
    const double start = steady_seconds();
    const Compilation compiled = compile(circuit, network, options);
    const Count count{compiled.program.pairs.size(), compiled.reopened, steady_seconds() - start};
    const Verdict verdict = validate(circuit, compiled.program);
    if (!verdict.equal) throw InternalError(circuit.name + " is wrong: " + verdict.reason);
    return count;
}

std::vector<Row> rows() {
    std::vector<Row> rows;
    const auto add = [&](Circuit circuit, int published) {
        rows.push_back({std::move(circuit), published});
    };
    add(multi_controlled(100), 1072);
    add(ripple_carry_adder(100), 36);
    add(ripple_carry_adder(200), 76);
    add(bernstein_vazirani(100), 9);
    add(bernstein_vazirani(200), 19);
    add(fourier_transform(100), 540);
    add(fourier_transform(200), 2090);
    add(fourier_transform(300), 4640);
    add(random_zz(100, 100, 1), 0);
    return rows;
}

int run(const Settings& settings) {
    std::printf(
        "|circuit|remote cx|AutoComm|contiguous, 2 comm|12 comm|64 comm|not rewritten, 2 "
        "comm|not rewritten, 64 comm|%ss|\n|---|---|---|---|---|---|---|---|%s---|\n",
        settings.free ? "free, 2 comm|free, 64 comm|" : "", settings.free ? "---|---|" : "");
    for (const Row& row : rows()) {
        if (row.circuit.name.find(settings.only) == std::string::npos) continue;
        std::printf("|%s|%zu|%s|", row.circuit.name.c_str(), remote_cx(row.circuit, kNodeSize),
                    row.published > 0 ? std::to_string(row.published).c_str() : "-");
        double seconds = 0;
        const auto print = [&](std::uint32_t comm, Homes homes, Rewriting rewriting) {
            const Count c = count_pairs(row.circuit, comm, homes, rewriting, settings.seed);
            std::printf("%zu|", c.pairs);
            std::fflush(stdout);
            seconds += c.seconds;
        };
        for (const std::uint32_t comm : {2, 12, 64})
            print(comm, Homes::kContiguous, Rewriting::kAlways);
        for (const std::uint32_t comm : {2, 64}) print(comm, Homes::kContiguous, Rewriting::kNever);
        if (settings.free)
            for (const std::uint32_t comm : {2, 64}) print(comm, Homes::kFree, Rewriting::kBest);
        std::printf("%.1f|\n", seconds);
    }
    return 0;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    using namespace carillon::bench;
    Settings settings;
    Study study("Bell pairs of compiled programs on AutoComm's workloads.");
    study.only(settings.only)
        .option("--seed", settings.seed, "seed of all random choices")
        .flag("--free", settings.free, "also let the search choose homes and moves");
    return study.run(argc, argv, [&] { return run(settings); });
}
