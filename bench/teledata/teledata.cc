// SPDX-License-Identifier: Apache-2.0
// Bell pairs with moves allowed on the families of published studies, beside the published means.
//
// carillon_bench_teledata [--effort low|normal|high] [--seeds N] [--only TEXT] [--most-qubits N]
//                         [--validate] [--static] [--members]
//
// Each row: k fully linked QPUs of floor(n/k) + 1 data qubits; model steiner with moves.
// --validate compiles the first seed of each row to the end and has the validator prove it.
#include <ctime>

#include <cstdio>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/transpile/lower.h"
#include "carillon/workload/validate/validate.h"
#include "programs.h"
#include "published.h"

namespace carillon::bench {
namespace {

struct Settings {
    PartitionOptions options;
    std::string only;
    std::uint64_t seeds = 5;
    unsigned most_qubits = 96;
    bool validate = false, with_static = false, members = false;
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

std::string proof(const Circuit& circuit, const Network& network, const Settings& settings) {
    if (!settings.validate) return "-";
    CompileOptions options;
    options.partition = settings.options;
    const Compilation compiled = compile(circuit, network, options);
    const Verdict verdict = validate(circuit, compiled.program);
    if (!verdict.equal) return "REFUSED: " + verdict.reason;
    return "equal, " + std::to_string(verdict.pairs) + " pairs";
}

void print_members(const PartitionResult& result) {
    for (const PartitionMember& member : result.members) {
        std::printf("  %s: %llu pairs, %.2f s\n", member.name.c_str(),
                    static_cast<unsigned long long>(member.pairs), member.seconds);
    }
}

void run_row(const Published& row, const Settings& settings) {
    const bool one = row.family == "qft";
    const std::uint64_t seeds = one ? 1 : settings.seeds;
    const Network network = generate_network("full:" + std::to_string(row.qpus) + ",qubits=" +
                                             std::to_string(row.qubits / row.qpus + 1) +
                                             ",comm=" + std::to_string(row.qubits));
    double pairs = 0, moves = 0, fixed = 0, seconds = 0;
    std::string verdict;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Circuit source = program(row, seed);
        const Circuit circuit = lower(source).circuit;
        const double start = cpu_seconds();
        const PartitionResult result = partition(circuit, network, settings.options);
        seconds += cpu_seconds() - start;
        pairs += static_cast<double>(result.cost.pairs);
        moves += static_cast<double>(result.cost.moves);
        if (settings.members) print_members(result);
        if (settings.with_static) {
            PartitionOptions options = settings.options;
            options.allow_moves = false;
            fixed += static_cast<double>(partition(circuit, network, options).cost.pairs);
        }
        if (seed == 1) verdict = proof(source, network, settings);
    }
    const auto n = static_cast<double>(seeds);
    std::printf("|%s|%u|%u|%.1f|%.1f|%.1f|%.1f|%s|%.3f|%.2f|%s|\n", row.family.c_str(), row.qubits,
                row.qpus, pairs / n, moves / n, fixed / n, row.pairs, row.source.c_str(),
                pairs / n / row.pairs, seconds / n, verdict.c_str());
    std::fflush(stdout);
}

Settings read_settings(int argc, char** argv) {
    Settings settings;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string {
            if (++i == argc) throw InputError(word + " needs a value");
            return argv[i];
        };
        if (word == "--effort") {
            settings.options.effort = effort_from_name(value());
        } else if (word == "--seeds") {
            settings.seeds = std::stoull(value());
        } else if (word == "--only") {
            settings.only = value();
        } else if (word == "--most-qubits") {
            settings.most_qubits = static_cast<unsigned>(std::stoul(value()));
        } else if (word == "--validate") {
            settings.validate = true;
        } else if (word == "--members") {
            settings.members = true;
        } else if (word == "--static") {
            settings.with_static = true;
        } else {
            throw InputError("unknown option " + word);
        }
    }
    return settings;
}

void run(const Settings& settings) {
    std::printf(
        "|family|n|k|ours|of these moves|ours, static|best published|by|ratio|CPU s|proof|\n");
    std::printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (const Published& row : published_counts()) {
        if (row.qubits > settings.most_qubits) continue;
        const std::string name =
            row.family + " " + std::to_string(row.qubits) + " " + std::to_string(row.qpus);
        if (name.find(settings.only) == std::string::npos) continue;
        run_row(row, settings);
    }
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    try {
        carillon::bench::run(carillon::bench::read_settings(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
