// SPDX-License-Identifier: Apache-2.0
// Bell pairs and local swaps on QPUs with coupling maps, beside the published counts.
//
// carillon_bench_local [--only TEXT] [--seed N] [DATA]
//
// DATA (or CARILLON_TEST_DATA) holds qasmbench/*.qasm. Every program is validated.
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/workload/validate/validate.h"
#include "chips.h"
#include "common/study.h"

namespace carillon::bench {
namespace {

struct Settings {
    std::filesystem::path data;
    std::string only;
    std::uint64_t seed = 0;
};

struct Outcome {
    std::size_t pairs = 0, reopened = 0, swaps = 0;
    double seconds = 0;
};

Outcome compiled(const Circuit& circuit, const Network& network, bool native, std::uint64_t seed) {
    CompileOptions options;
    options.partition.seed = seed;
    options.native = native;
    const double start = steady_seconds();
    const Compilation c = compile(circuit, network, options);
    const Outcome o{c.program.pairs.size(), c.reopened, c.swaps, steady_seconds() - start};
    const Verdict verdict = validate(circuit, c.program);
    if (!verdict.equal) throw InternalError(circuit.name + " is wrong: " + verdict.reason);
    return o;
}

/// memQ's pinned counts, the best of its four deterministic partitioners.
void nearest_neighbours(const Settings& settings) {
    struct Row {
        const char* file;
        std::array<int, 4> published;
    };
    const Row rows[] = {{"multiply_n13", {8, 11, 14, 27}},
                        {"qft_n18", {9, 141, 193, 205}},
                        {"adder_n28", {7, 11, 2, 33}}};
    const char* names[] = {"full, 2", "nearest neighbour, 2", "ring, 3", "grid, 4"};
    std::printf(
        "|program|QPUs|memQ|ours|reopened|swaps|pairs without coupling map|s|\n"
        "|---|---|---|---|---|---|---|---|\n");
    for (const Row& row : rows) {
        if (std::string(row.file).find(settings.only) == std::string::npos) continue;
        const Circuit circuit =
            read_qasm_file((settings.data / "qasmbench" / row.file).string() + ".qasm").circuit;
        for (std::size_t k = 0; k < 4; ++k) {
            const Network network = chips(static_cast<Chips>(k), circuit.num_qubits);
            const Outcome o = compiled(circuit, network, true, settings.seed);
            const Outcome free = compiled(circuit, network, false, settings.seed);
            std::printf("|%s|%s|%d|%zu|%zu|%zu|%zu|%.1f|\n", row.file, names[k], row.published[k],
                        o.pairs, o.reopened, o.swaps, free.pairs, o.seconds);
            std::fflush(stdout);
        }
    }
}

/// The rows of the physical multi-core set whose circuits are known.
void multi_core(const Settings& settings) {
    struct Row {
        Circuit circuit;
        std::uint32_t columns;
        int telesabre, dmaps, dsabre, dsabre_swaps;
    };
    const Row rows[] = {{ghz(25), 2, 4, 1, 1, 4},
                        {phase_oracle("bv", 36, 17), 2, 6, 7, 1, 13},
                        {phase_oracle("dj", 36, 35), 2, 4, 28, 3, 23},
                        {w_state(36), 2, 13, 4, 6, 40},
                        {ghz(64), 3, 16, 3, 6, 39}};
    std::printf(
        "\n|circuit|cores|TeleSABRE|DMapS|dSABRE|ours|dSABRE swaps|our swaps|s|\n"
        "|---|---|---|---|---|---|---|---|---|\n");
    for (const Row& row : rows) {
        if (row.circuit.name.find(settings.only) == std::string::npos) continue;
        const Outcome o = compiled(row.circuit, cores(row.columns, 2), true, settings.seed);
        std::printf("|%s|%u x 2|%d|%d|%d|%zu|%d|%zu|%.1f|\n", row.circuit.name.c_str(), row.columns,
                    row.telesabre, row.dmaps, row.dsabre, o.pairs, row.dsabre_swaps, o.swaps,
                    o.seconds);
        std::fflush(stdout);
    }
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    using namespace carillon::bench;
    Settings settings;
    Study study("Bell pairs and local swaps on QPUs with coupling maps.");
    study.only(settings.only)
        .option("--seed", settings.seed, "seed of all random choices")
        .data(settings.data, Study::Data::kNeeded);
    return study.run(argc, argv, [&] {
        nearest_neighbours(settings);
        multi_core(settings);
        return 0;
    });
}
