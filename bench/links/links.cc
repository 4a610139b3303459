// SPDX-License-Identifier: Apache-2.0
// What is chosen on each link as the price of carrying a qubit changes.
//
// carillon_bench_links [--seed N]
//
// Two modules of two QPUs each (0-1 and 2-3), joined by fibre (1-2). Every link makes pairs at
// price 1; inside the modules qubits can also be carried. Every program is validated.
#include <cstdio>
#include <numbers>
#include <numeric>

#include "carillon/base/random.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/workload/distribute/spending.h"
#include "carillon/workload/validate/validate.h"
#include "common/study.h"

namespace carillon::bench {
namespace {

constexpr std::uint32_t kQubits = 16;

Circuit empty(const char* name) {
    Circuit c;
    c.name = name;
    c.add_qubits("q", kQubits);
    return c;
}

Circuit qft() {
    Circuit c = empty("qft16");
    for (std::size_t a = 0; a < kQubits; ++a) {
        c.gate(GateKind::kH, 0, {QubitId{a}});
        for (std::size_t b = a + 1; b < kQubits; ++b) {
            const double angle = std::numbers::pi / static_cast<double>(1u << (b - a));
            c.gate(GateKind::kP, 1, {QubitId{b}, QubitId{a}}, {Param(angle)});
        }
    }
    return c;
}

/// Layers of gates on random partners, as in quantum volume, with `layers` layers.
Circuit volume(const char* name, int layers, std::uint64_t seed) {
    Circuit c = empty(name);
    Random random(seed);
    std::vector<std::size_t> order(kQubits);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (int layer = 0; layer < layers; ++layer) {
        for (std::size_t i = order.size(); i > 1; --i)
            std::swap(order[i - 1], order[random.below(i)]);
        for (std::size_t i = 0; i + 1 < order.size(); i += 2)
            for (int times = 0; times < 3; ++times) {
                const QubitId a{order[i]}, b{order[i + 1]};
                for (const QubitId q : {a, b})
                    c.gate(GateKind::kU3, 0, {q}, {Param(random.uniform()), 0.3, 0.1});
                c.gate(GateKind::kX, 1, {a, b});
            }
    }
    return c;
}

Network modules(double carried) {
    Network network = generate_network("line:4,qubits=5,comm=4");
    for (const std::size_t l : {0, 2}) {
        if (carried <= 0) continue;
        network.links[l].carries = LinkCarries::kBoth;
        network.links[l].transfer_cost = carried;
    }
    return network;
}

/// Returns: whether every program was proved.
bool sweep(const Circuit& circuit, std::uint64_t seed) {
    bool all_proved = true;
    for (const double price : {0.0, 1.5, 0.9, 0.5, 0.25, 0.1}) {
        const Network network = modules(price);
        CompileOptions options;
        options.partition.seed = seed;
        const Compilation compiled = compile(circuit, network, options);
        const DistributedProgram& p = compiled.program;
        std::size_t telegate = 0, teledata = 0, copies = 0, moves = 0;
        for (const BellPair& pair : p.pairs) {
            telegate += pair.purpose == PairPurpose::kTelegate;
            teledata += pair.purpose == PairPurpose::kTeledata;
        }
        for (const QubitTransfer& t : p.transfers) {
            copies += t.purpose == TransferPurpose::kCopy;
            moves += t.purpose == TransferPurpose::kMove;
        }
        const Spending spent = spending(p, network);
        const Verdict verdict = validate(circuit, p);
        all_proved = all_proved && verdict.equal;
        char asked[16] = "pairs only";
        if (price > 0) std::snprintf(asked, sizeof asked, "%g", price);
        std::printf("| %s | %s | %zu | %zu | %zu | %zu | %g | %g | %s |\n", circuit.name.c_str(),
                    asked, telegate, teledata, copies, moves, spent.total(), spent.by_link[1],
                    verdict.equal ? "yes" : "NO");
        std::fflush(stdout);
    }
    return all_proved;
}

/// Returns: whether every program was proved.
bool run(std::uint64_t seed) {
    std::printf(
        "| program | carrying costs | telegate pairs | teledata pairs | copies carried | qubits "
        "carried | price | of that fibre | proved |\n|---|---|---|---|---|---|---|---|---|\n");
    bool proved = sweep(qft(), seed);
    proved = sweep(volume("volume16, 4 layers", 4, 1), seed) && proved;
    return sweep(volume("volume16, 16 layers", 16, 1), seed) && proved;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    using namespace carillon::bench;
    std::uint64_t seed = 0;
    Study study("What is chosen on each link as the price of carrying a qubit changes.");
    study.option("--seed", seed, "seed of all random choices");
    return study.run(argc, argv, [&] { return run(seed) ? 0 : 1; });
}
