// SPDX-License-Identifier: Apache-2.0
// Messages and bytes of one step of exp(-i H dt) against the number of ranks, for a Heisenberg
// chain with a transverse field, 2^13 amplitudes on every rank.
//
// carillon_bench_evolution
#include <bit>
#include <cmath>
#include <cstdio>
#include <mutex>

#include "carillon/resource/engine/evolution.h"
#include "carillon/resource/host/ranks.h"

namespace {

using namespace carillon;

constexpr int kInside = 13, kSteps = 4;

PauliSum chain(std::uint32_t qubits) {
    PauliSum sum;
    for (std::uint32_t q = 0; q + 1 < qubits; ++q)
        for (const Pauli p : {Pauli::kX, Pauli::kY, Pauli::kZ})
            sum.terms.push_back({1, {{q, p}, {q + 1, p}}});
    for (std::uint32_t q = 0; q < qubits; ++q) sum.terms.push_back({0.5, {{q, Pauli::kX}}});
    return sum;
}

struct Step {
    double messages = 0;  ///< of the rank that sends most
    double parts = 0;     ///< bytes it sends, in units of its part
};

Step step(engine::EvolutionMethod method, int ranks) {
    Step result;
    std::mutex mutex;
    host::run_as_threads({.ranks = ranks, .ranks_per_node = 1}, [&](host::Ranks& host) {
        engine::StateOptions options;
        options.threads = 1;
        options.ranks = &host;
        options.spread_axes = 1;
        engine::StateVector<double> state(options);
        const int qubits = kInside + std::bit_width(static_cast<unsigned>(ranks)) - 1;
        state.reset(qubits);
        const double value = std::exp2(-qubits / 2.0);
        state.fill([&](std::uint64_t, std::span<Complex> out) {
            for (Complex& a : out) a = value;
        });
        const auto h = engine::strings_of(chain(static_cast<std::uint32_t>(qubits)));
        const auto sent = [&] {
            return host.traffic()[static_cast<std::size_t>(host::Traffic::kState)];
        };
        const host::TrafficCount before = sent();
        engine::evolve(state, h, {.method = method, .time = 0.04 * kSteps, .steps = kSteps});
        const std::lock_guard lock(mutex);
        result.messages = std::max(result.messages,
                                   static_cast<double>(sent().messages - before.messages) / kSteps);
        result.parts = std::max(result.parts, static_cast<double>(sent().bytes - before.bytes) /
                                                  kSteps / std::ldexp(16.0, kInside));
    });
    return result;
}

}  // namespace

int main() {
    // A method that gathers by all-to-all does so for every term that flips an axis outside.
    std::printf(
        "|ranks|trotter2, messages a step|parts sent|trotter4, messages|parts sent|all-to-all for "
        "every crossing term, messages|parts sent|\n|---|---|---|---|---|---|---|\n");
    for (const int ranks : {2, 4, 8, 16, 32}) {
        const Step two = step(engine::EvolutionMethod::kTrotter2, ranks);
        const Step four = step(engine::EvolutionMethod::kTrotter4, ranks);
        const int outside = std::bit_width(static_cast<unsigned>(ranks)) - 1;
        const int crossing = 2 * (2 * outside + outside);  // XX, YY and X, both ways
        std::printf("|%d|%.2f|%.2f|%.2f|%.2f|%d|%.2f|\n", ranks, two.messages, two.parts,
                    four.messages, four.parts, crossing * (ranks - 1),
                    crossing * (1 - 1.0 / ranks));
    }
}
