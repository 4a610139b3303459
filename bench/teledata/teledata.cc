// SPDX-License-Identifier: Apache-2.0
// Bell pairs with moves allowed on the families of published studies, beside the published means.
//
// carillon_bench_teledata [--effort low|normal|high] [--seeds N] [--only TEXT] [--most-qubits N]
//                         [--static] [--members]
//
// Each row: k fully linked QPUs of floor(n/k) + 1 data qubits; model steiner with moves. The
// placement of every seed is emitted and proved.
#include <ctime>

#include <cstdio>
#include <string>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/transpile/lower.h"
#include "common/proof.h"
#include "common/study.h"
#include "programs.h"
#include "published.h"

namespace carillon::bench {
namespace {

struct Settings {
    PartitionOptions options;
    std::string only;
    std::uint64_t seeds = 5;
    std::uint64_t most_qubits = 96;
    bool with_static = false, members = false;
};

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Circuit program(const Published& row, std::uint64_t seed) {
    if (row.family == "qft") return quantum_fourier_transform(row.qubits);
    if (row.family == "qaoa") return random_qaoa(row.qubits, seed);
    if (row.family == "qv") return quantum_volume(row.qubits, seed);
    return cp_fraction(row.qubits, row.qubits, std::stod(row.family.substr(2)), seed);
}

void print_members(const PartitionResult& result) {
    for (const PartitionMember& member : result.members) {
        std::printf("  %s: %llu pairs, %.2f s\n", member.name.c_str(),
                    static_cast<unsigned long long>(member.pairs), member.seconds);
    }
}

void run_row(const Published& row, const std::string& name, const Settings& settings,
             ProofTally& proofs) {
    const bool one = row.family == "qft";
    const std::uint64_t seeds = one ? 1 : settings.seeds;
    const Network network = generate_network("full:" + std::to_string(row.qpus) + ",qubits=" +
                                             std::to_string(row.qubits / row.qpus + 1) +
                                             ",comm=" + std::to_string(row.qubits));
    double pairs = 0, moves = 0, fixed = 0, seconds = 0, proved = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Circuit source = program(row, seed);
        const LoweredCircuit lowered = lower(source);
        const double start = cpu_seconds();
        const PartitionResult result = partition(lowered.circuit, network, settings.options);
        seconds += cpu_seconds() - start;
        pairs += static_cast<double>(result.cost.pairs);
        moves += static_cast<double>(result.cost.moves);
        if (settings.members) print_members(result);
        if (settings.with_static) {
            PartitionOptions options = settings.options;
            options.allow_moves = false;
            fixed += static_cast<double>(partition(lowered.circuit, network, options).cost.pairs);
        }
        const Proof proof = prove(source, lowered, network, result.placement);
        proofs.add(name + " seed " + std::to_string(seed), result.cost.pairs, proof);
        proved += proof.equal ? static_cast<double>(proof.pairs) : 0;
    }
    const auto n = static_cast<double>(seeds);
    std::printf("|%s|%u|%u|%llu|%.1f|%.1f|%.1f|%.1f|%.1f|%s|%.3f|%.2f|\n", row.family.c_str(),
                row.qubits, row.qpus, static_cast<unsigned long long>(seeds), pairs / n, proved / n,
                moves / n, fixed / n, row.pairs, row.source.c_str(), pairs / n / row.pairs,
                seconds / n);
    std::fflush(stdout);
}

int run(const Settings& settings) {
    std::printf(
        "|family|n|k|seeds|ours|proved pairs|of these moves|ours, static|best published|by|ratio|"
        "CPU s|\n");
    std::printf("|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    ProofTally proofs;
    for (const Published& row : published_counts()) {
        if (row.qubits > settings.most_qubits) continue;
        const std::string name =
            row.family + " " + std::to_string(row.qubits) + " " + std::to_string(row.qpus);
        if (name.find(settings.only) == std::string::npos) continue;
        run_row(row, name, settings, proofs);
    }
    proofs.print();
    return proofs.all_proved() ? 0 : 1;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    using namespace carillon::bench;
    Settings settings;
    Study study("Bell pairs with moves allowed, beside the means of published studies.");
    study.option("--effort", settings.options.effort, "low, normal or high")
        .option("--seeds", settings.seeds, "instances of each random family")
        .only(settings.only)
        .option("--most-qubits", settings.most_qubits, "leaves out larger rows")
        .flag("--static", settings.with_static, "also place without moves")
        .flag("--members", settings.members, "what each search of the portfolio found");
    return study.run(argc, argv, [&] { return run(settings); });
}
