// SPDX-License-Identifier: Apache-2.0
#include "circuits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon::bench {

namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kLayers = 20, kDepth = 4, kIterations = 3, kCycles = 16;
constexpr std::uint32_t kColumns = 5;

QubitId q(std::uint32_t number) {
    return QubitId{number};
}

void haar_gate(Circuit& c, std::uint32_t qubit, Random& random) {
    const double theta = std::acos(1 - 2 * random.uniform());
    c.gate(GateKind::kU3, 0, {q(qubit)},
           {theta, 2 * kPi * random.uniform(), 2 * kPi * random.uniform()});
}

void qft(Circuit& c) {
    const std::uint32_t n = c.num_qubits;
    for (std::uint32_t t = n; t-- > 0;) {
        c.gate(GateKind::kH, 0, {q(t)});
        for (std::uint32_t k = t; k-- > 0;)
            c.gate(GateKind::kP, 1, {q(k), q(t)}, {std::ldexp(kPi, -static_cast<int>(t - k))});
    }
    for (std::uint32_t k = 0; k < n / 2; ++k) c.gate(GateKind::kSwap, 0, {q(k), q(n - 1 - k)});
}

void brickwork(Circuit& c, Random& random) {
    for (std::uint32_t layer = 0; layer < kLayers; ++layer) {
        for (std::uint32_t k = 0; k < c.num_qubits; ++k) haar_gate(c, k, random);
        for (std::uint32_t k = layer % 2; k + 1 < c.num_qubits; k += 2)
            c.gate(GateKind::kZ, 1, {q(k), q(k + 1)});
    }
}

/// Pairs of a random graph in which every vertex has degree 3; the number of vertices is even.
std::vector<std::pair<std::uint32_t, std::uint32_t>> three_regular(std::uint32_t n,
                                                                   Random& random) {
    for (;;) {
        std::vector<std::uint32_t> stubs;
        for (std::uint32_t v = 0; v < 3 * n; ++v) stubs.push_back(v / 3);
        for (std::size_t k = stubs.size(); k > 1; --k)
            std::swap(stubs[k - 1], stubs[random.below(k)]);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
        for (std::size_t k = 0; k < stubs.size(); k += 2) {
            const std::pair<std::uint32_t, std::uint32_t> edge =
                std::minmax(stubs[k], stubs[k + 1]);
            if (edge.first == edge.second) break;
            if (std::ranges::find(edges, edge) != edges.end()) break;
            edges.push_back(edge);
        }
        if (edges.size() == stubs.size() / 2) return edges;
    }
}

void qaoa(Circuit& c, Random& random) {
    const auto edges = three_regular(c.num_qubits, random);
    for (std::uint32_t k = 0; k < c.num_qubits; ++k) c.gate(GateKind::kH, 0, {q(k)});
    for (int layer = 0; layer < kDepth; ++layer) {
        const double gamma = 0.2 + random.uniform(), beta = 0.2 + random.uniform();
        for (const auto& [a, b] : edges) c.gate(GateKind::kRzz, 0, {q(a), q(b)}, {gamma});
        for (std::uint32_t k = 0; k < c.num_qubits; ++k) c.gate(GateKind::kRx, 0, {q(k)}, {beta});
    }
}

/// -1 where the first `words` qubits are all 1; the others are ancillas in |0>, all used.
void phase_on_ones(Circuit& c, std::uint32_t words) {
    std::vector<std::array<std::uint32_t, 3>> chain;
    std::uint32_t previous = 0;
    for (std::uint32_t a = words; a < c.num_qubits; ++a) {
        chain.push_back({previous, a - words + 1, a});
        previous = a;
    }
    for (const auto& [a, b, t] : chain) c.gate(GateKind::kX, 2, {q(a), q(b), q(t)});
    if (chain.size() == words - 1)
        c.gate(GateKind::kZ, 0, {q(previous)});
    else
        c.gate(GateKind::kZ, 1, {q(previous), q(words - 1)});
    for (auto it = chain.rbegin(); it != chain.rend(); ++it)
        c.gate(GateKind::kX, 2, {q((*it)[0]), q((*it)[1]), q((*it)[2])});
}

void grover(Circuit& c, Random& random) {
    const std::uint32_t words = (c.num_qubits + 2) / 2;
    const std::uint64_t marked = random();
    const auto on_all = [&](GateKind kind, std::uint64_t where) {
        for (std::uint32_t k = 0; k < words; ++k)
            if ((where >> k & 1) != 0) c.gate(kind, 0, {q(k)});
    };
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    on_all(GateKind::kH, kAll);
    for (int iteration = 0; iteration < kIterations; ++iteration) {
        on_all(GateKind::kX, ~marked);
        phase_on_ones(c, words);
        on_all(GateKind::kX, ~marked);
        on_all(GateKind::kH, kAll);
        on_all(GateKind::kX, kAll);
        phase_on_ones(c, words);
        on_all(GateKind::kX, kAll);
        on_all(GateKind::kH, kAll);
    }
}

/// Edges of a grid row by row: pattern 0 and 1 join columns (even, odd), 2 and 3 join rows.
std::vector<std::pair<std::uint32_t, std::uint32_t>> pattern_edges(std::uint32_t n, int pattern) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (std::uint32_t k = 0; k < n; ++k) {
        const std::uint32_t x = k % kColumns, y = k / kColumns;
        const bool across = pattern < 2;
        const std::uint32_t other = across ? k + 1 : k + kColumns;
        if (other >= n || (across && x + 1 == kColumns)) continue;
        if ((across ? x : y) % 2 == static_cast<std::uint32_t>(pattern % 2))
            edges.emplace_back(k, other);
    }
    return edges;
}

void supremacy(Circuit& c, Random& random, GateKind entangler) {
    constexpr std::array<int, 8> kOrder = {0, 1, 2, 3, 2, 3, 0, 1};  // ABCDCDAB
    std::vector<std::uint64_t> last(c.num_qubits, 3);
    for (int cycle = 0; cycle < kCycles; ++cycle) {
        for (std::uint32_t k = 0; k < c.num_qubits; ++k) {
            std::uint64_t kind = random.below(3);
            if (kind == last[k]) kind = (kind + 1 + random.below(2)) % 3;
            last[k] = kind;
            // Half turns about axes in the plane of X and Y at 0, 90 and 45 degrees.
            const double axis = kind == 0 ? 0 : kind == 1 ? kPi / 2 : kPi / 4;
            c.gate(GateKind::kU3, 0, {q(k)}, {kPi / 2, axis - kPi / 2, kPi / 2 - axis});
        }
        for (const auto& [a, b] :
             pattern_edges(c.num_qubits, kOrder[static_cast<std::size_t>(cycle) % 8]))
            c.gate(entangler, entangler == GateKind::kZ ? 1 : 0, {q(a), q(b)});
    }
}

}  // namespace

const std::vector<std::string>& traffic_families() {
    static const std::vector<std::string> list = {"qft",    "brickwork", "qaoa",
                                                  "grover", "sup-cz",    "sup-iswap"};
    return list;
}

Circuit traffic_circuit(const std::string& family, std::uint32_t qubits) {
    Circuit c;
    c.name = family;
    c.add_qubits("q", qubits);
    Random random(qubits);
    if (family == "qft")
        qft(c);
    else if (family == "brickwork")
        brickwork(c, random);
    else if (family == "qaoa")
        qaoa(c, random);
    else if (family == "grover")
        grover(c, random);
    else if (family == "sup-cz")
        supremacy(c, random, GateKind::kZ);
    else if (family == "sup-iswap")
        supremacy(c, random, GateKind::kIswap);
    else
        throw InputError("no family " + family +
                         "; there are qft, brickwork, qaoa, grover, sup-cz, sup-iswap");
    return c;
}

}  // namespace carillon::bench
