// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "carillon/workload/partition/homes.h"
#include "carillon/workload/partition/member.h"

namespace carillon {
namespace {

using Vector = std::vector<double>;

constexpr int kSteps = 300;
constexpr std::uint64_t kMostEdgeSteps = 200'000'000;  ///< fewer steps on larger graphs

Vector degrees(const WeightedGraph& graph) {
    Vector degree(graph.num_vertices());
    for (std::uint32_t v = 0; v < graph.num_vertices(); ++v) {
        for (std::uint64_t e = graph.first[v]; e < graph.first[v + 1]; ++e) {
            degree[v] += static_cast<double>(graph.edges[e].weight);
        }
    }
    return degree;
}

/// Takes out the constant part and scales to length 1 (unless nothing is left).
void normalise(Vector& x) {
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
    double square = 0;
    for (double& value : x) {
        value -= mean;
        square += value * value;
    }
    if (square <= 0) return;
    for (double& value : x) value /= std::sqrt(square);
}

/// An approximate eigenvector of the Laplacian's second smallest eigenvalue: powers of
/// (shift - Laplacian), whose largest eigenvalue but that of constants it then has.
Vector second_eigenvector(const WeightedGraph& graph, Random& random) {
    const Vector degree = degrees(graph);
    const double shift = 2 * *std::max_element(degree.begin(), degree.end());
    Vector x(graph.num_vertices()), next(x.size());
    for (double& value : x) value = random.uniform();
    normalise(x);
    const auto steps = static_cast<int>(std::min<std::uint64_t>(
        kSteps, 1 + kMostEdgeSteps / (graph.edges.size() + graph.num_vertices())));
    for (int step = 0; step < steps; ++step) {
        for (std::uint32_t v = 0; v < graph.num_vertices(); ++v) {
            double sum = (shift - degree[v]) * x[v];
            for (std::uint64_t e = graph.first[v]; e < graph.first[v + 1]; ++e) {
                sum += static_cast<double>(graph.edges[e].weight) * x[graph.edges[e].to];
            }
            next[v] = sum;
        }
        x.swap(next);
        normalise(x);
    }
    return x;
}

}  // namespace

std::vector<std::uint32_t> spectral_homes(Workspace& work) {
    const PartitionProblem& p = work.problem;
    std::vector<std::uint32_t> order(p.graph.num_qubits);
    std::iota(order.begin(), order.end(), 0);
    if (!order.empty()) {
        const Vector x = second_eigenvector(p.qubits, work.random);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return x[a] < x[b]; });
    }
    return fill_in_order(order, p.walk, p.capacity);
}

}  // namespace carillon
