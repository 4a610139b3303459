// SPDX-License-Identifier: Apache-2.0
// The search's static placements beside the exact optimum of the integer program.
//
// carillon_bench_exact [--effort low|normal|high] [--method NAME] [--seconds S] [--only TEXT]
// [DATA]
//
// Instances: programs of this file (random ones, QFT, GHZ chains ...) and, when DATA or
// CARILLON_TEST_DATA names the data folder, the small programs of qasmbench/. Every placement is
// emitted and proved.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/bounds/integer_program.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/transpile/lower.h"
#include "common/proof.h"
#include "common/study.h"

namespace carillon::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kMostQubits = 28;  ///< of programs read from files

struct Settings {
    fs::path data;
    PartitionOptions options;
    double seconds = 20;
    std::string only;
};

struct Tally {
    int instances = 0, solved = 0, matched = 0;
    ProofTally proofs;
};

/// A program and what placements of it speak of.
struct Program {
    std::string name;
    Circuit source;
    LoweredCircuit lowered;
};

void gate(Circuit& c, std::size_t a, std::size_t b) {
    c.gate(GateKind::kP, 1, {QubitId{a}, QubitId{b}}, {Param(0.25)});
}
void h(Circuit& c, std::size_t q) {
    c.gate(GateKind::kH, 0, {QubitId{q}});
}

Circuit qft(std::uint32_t qubits) {
    Circuit c;
    c.add_qubits("q", qubits);
    for (std::size_t a = 0; a < qubits; ++a) {
        h(c, a);
        for (std::size_t b = a + 1; b < qubits; ++b) gate(c, b, a);
    }
    return c;
}

/// Hadamards with probability `share`, otherwise controlled phases on random pairs.
Circuit random_program(std::uint32_t qubits, int operations, double share, std::uint64_t seed) {
    Random random(seed);
    Circuit c;
    c.add_qubits("q", qubits);
    for (int i = 0; i < operations; ++i) {
        const std::size_t a = random.below(qubits), b = random.below(qubits);
        if (random.uniform() < share) {
            h(c, a);
        } else if (a != b) {
            gate(c, a, b);
        }
    }
    return c;
}

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
    return text;
}

/// A program of distributable gates, placed as it stands.
Program own(const std::string& name, const Circuit& circuit) {
    return {name, circuit, as_lowered(circuit)};
}

void compare(const Program& program, const std::string& network_name, const Settings& settings,
             Tally& tally) {
    const std::string row = program.name + " " + network_name;
    if (row.find(settings.only) == std::string::npos) return;
    const Circuit& circuit = program.lowered.circuit;
    Network network = load_network(network_name);
    fill_capacity(network, circuit.num_qubits);
    PartitionOptions options = settings.options;
    options.allow_moves = false;
    options.embedding = false;
    const auto start = std::chrono::steady_clock::now();
    const PartitionResult found = partition(circuit, network, options);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto ours = static_cast<std::int64_t>(found.cost.pairs);
    ExactOptions exact_options;
    exact_options.seconds = settings.seconds;
    exact_options.known_cost = ours;
    const ExactResult exact = solve_static(find_interactions(circuit), network, exact_options);
    const LowerBound bound = greater(exact.bound, found.static_bound);
    check_bound(bound, ours);
    const bool solved = exact.solved || bound.cost == ours;
    const Proof proof = prove(program.source, program.lowered, network, found.placement);
    tally.proofs.add(row, found.cost.pairs, proof);
    ++tally.instances;
    tally.solved += solved;
    tally.matched += solved && bound.cost == ours;
    const std::string gap = percent(optimality_gap(bound.cost, ours));
    std::printf("|%s|%s|%u|%lld|%s|%s%lld|%s|%zu|%.2f|%.2f|\n", program.name.c_str(),
                network_name.c_str(), circuit.num_qubits, static_cast<long long>(ours),
                proof.cell().c_str(), solved ? "" : ">= ", static_cast<long long>(bound.cost),
                solved && bound.cost < ours ? "MISSED" : gap.c_str(), exact.variables,
                exact.seconds, seconds);
    std::fflush(stdout);
}

void own_programs(const Settings& settings, Tally& tally) {
    const std::vector<std::string> networks = {"full:2", "full:3", "line:3", "ring:4", "star:4"};
    for (const std::string& network : networks) {
        for (std::uint32_t n : {4u, 6u, 8u}) {
            compare(own("qft_" + std::to_string(n), qft(n)), network, settings, tally);
        }
        for (std::uint64_t seed = 0; seed < 2; ++seed) {
            for (std::uint32_t n : {6u, 8u}) {
                const std::string tag = std::to_string(n) + "_s" + std::to_string(seed);
                compare(own("dense_" + tag, random_program(n, 40, 0.2, seed)), network, settings,
                        tally);
                compare(own("mixed_" + tag, random_program(n, 60, 0.5, seed)), network, settings,
                        tally);
            }
        }
    }
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
        const std::string tag = "_s" + std::to_string(seed);
        for (const char* network : {"full:2", "full:3", "full:4", "line:3"}) {
            compare(own("mixed_12" + tag, random_program(12, 80, 0.5, seed)), network, settings,
                    tally);
            compare(own("mixed_16" + tag, random_program(16, 100, 0.5, seed)), network, settings,
                    tally);
            compare(own("sparse_24" + tag, random_program(24, 80, 0.5, seed)), network, settings,
                    tally);
        }
    }
}

void qasmbench_programs(const Settings& settings, Tally& tally) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(settings.data / "qasmbench")) {
        if (entry.path().extension() == ".qasm") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
        Program program{file.stem().string(), {}, {}};
        try {
            program.source = read_qasm_file(file.string()).circuit;
        } catch (const InputError&) {  // a program of others that is not OpenQASM
            std::fprintf(stderr, "left out, unreadable: %s\n", file.filename().c_str());
            continue;
        }
        if (program.source.num_qubits < 2 || program.source.num_qubits > kMostQubits) continue;
        program.lowered = lower(program.source);
        for (const char* network : {"full:2", "full:3", "line:3"}) {
            compare(program, network, settings, tally);
        }
    }
}

int run(const Settings& settings) {
    if (!have_integer_programs()) throw InputError("built without CBC (coinor-libcbc-dev)");
    Tally tally;
    std::printf(
        "|program|network|qubits|search|proved pairs|optimum|gap|variables|s, program|s, "
        "search|\n");
    std::printf("|---|---|---|---|---|---|---|---|---|---|\n");
    own_programs(settings, tally);
    if (!settings.data.empty()) qasmbench_programs(settings, tally);
    std::printf("\n%d instances, %d solved exactly, of these %d matched by the search\n",
                tally.instances, tally.solved, tally.matched);
    tally.proofs.print();
    return tally.solved == tally.matched && tally.proofs.all_proved() ? 0 : 1;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    using namespace carillon::bench;
    Settings settings;
    Study study("Static placements of the search beside the exact optimum.");
    study.option("--effort", settings.options.effort, "low, normal or high")
        .option("--method", settings.options.method, "how homes are found")
        .option("--seconds", settings.seconds, "for each integer program")
        .only(settings.only)
        .data(settings.data, Study::Data::kOptional);
    return study.run(argc, argv, [&] { return run(settings); });
}
