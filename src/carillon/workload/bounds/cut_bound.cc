// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/bounds/cut_bound.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace carillon {
namespace {

constexpr int kWeightRounds = 12;
constexpr int kDiagonalRounds = 24;
constexpr double kSlack = 1e-6;

/// A two-qubit gate as an edge between segments.
struct Edge {
    std::uint32_t segment[2];
    double weight = 1;
};

/// The greatest weight that one copy of each segment may have to serve.
class Loads {
  public:
    explicit Loads(const StaticModel& model)
        : model_(model), edges_of_(model.qubit_of.size()), load_(model.qubit_of.size()) {
        largest_room_ = *std::max_element(model.room.begin(), model.room.end());
        for (const StaticModel::Gate& gate : model.gates) {
            if (gate.segments.size() != 2) continue;
            const auto number = static_cast<std::uint32_t>(edges_.size());
            edges_.push_back({{gate.segments[0], gate.segments[1]}});
            for (std::uint32_t s : gate.segments) edges_of_[s].push_back(number);
        }
    }

    /// Weights as large as the loads allow: each edge is divided by the greater load at its ends,
    /// which leaves no load above 1.
    const std::vector<Edge>& settle() {
        for (int round = 0; round < kWeightRounds; ++round) {
            for (std::uint32_t s = 0; s < load_.size(); ++s) load_[s] = load(s);
            for (Edge& e : edges_) e.weight /= std::max(load_[e.segment[0]], load_[e.segment[1]]);
        }
        return edges_;
    }

  private:
    double load(std::uint32_t segment) {
        std::map<std::uint32_t, double> by_partner;
        double total = 0;
        for (std::uint32_t e : edges_of_[segment]) {
            const Edge& edge = edges_[e];
            const std::uint32_t other = edge.segment[edge.segment[0] == segment ? 1 : 0];
            by_partner[model_.qubit_of[other]] += edge.weight;
            total += edge.weight;
        }
        std::vector<double> weights;
        for (const auto& [qubit, weight] : by_partner) weights.push_back(weight);
        std::sort(weights.rbegin(), weights.rend());
        const std::size_t together = std::min<std::size_t>(largest_room_, weights.size());
        const double here = std::accumulate(
            weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(together), 0.0);
        return model_.hosts.size() == 2 ? here : (here + total) / 2;
    }

    const StaticModel& model_;
    std::uint32_t largest_room_;
    std::vector<Edge> edges_;
    std::vector<std::vector<std::uint32_t>> edges_of_;
    std::vector<double> load_;
};

/// Laplacian of the graph of qubits with the weights of the gates between them.
Eigen::MatrixXd laplacian(const StaticModel& model, const std::vector<Edge>& edges) {
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(model.num_qubits, model.num_qubits);
    for (const Edge& e : edges) {
        const auto a = static_cast<Eigen::Index>(model.qubit_of[e.segment[0]]);
        const auto b = static_cast<Eigen::Index>(model.qubit_of[e.segment[1]]);
        matrix(a, b) -= e.weight;
        matrix(b, a) -= e.weight;
        matrix(a, a) += e.weight;
        matrix(b, b) += e.weight;
    }
    return matrix;
}

/// Sizes of parts, falling, as uneven as the rooms allow: those for which the bound is least.
std::vector<double> uneven_parts(const StaticModel& model) {
    std::vector<std::uint32_t> rooms = model.room;
    std::sort(rooms.rbegin(), rooms.rend());
    std::vector<double> parts;
    std::uint32_t left = model.num_qubits;
    for (std::uint32_t room : rooms) {
        if (left == 0) break;
        parts.push_back(std::min(left, room));
        left -= std::min(left, room);
    }
    return parts;
}

/// The least weight that any partition into parts of these sizes cuts, bounded from below.
double least_cut(Eigen::MatrixXd matrix, const std::vector<double>& parts) {
    const auto n = matrix.rows();
    const double scale = matrix.trace() / static_cast<double>(n);
    double best = 0;
    for (int round = 1; round <= kDiagonalRounds; ++round) {
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
        double cut = 0;
        Eigen::VectorXd slope = Eigen::VectorXd::Zero(n);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto column = static_cast<Eigen::Index>(i);
            cut += parts[i] * solver.eigenvalues()[column] / 2;
            slope += parts[i] * solver.eigenvectors().col(column).cwiseAbs2();
        }
        best = std::max(best, cut);
        slope.array() -= slope.mean();  // parts hold every qubit once: shifts add up to nothing
        if (slope.norm() < 1e-9) break;
        matrix.diagonal() += slope * (scale / (round * slope.norm()));
    }
    return best;
}

/// The least cost of a set of hosts per host beyond the first.
double cost_per_copy(const StaticModel& model, SteinerCost& steiner) {
    constexpr std::size_t kMostHosts = 10;
    if (steiner.complete() || model.hosts.size() > kMostHosts) return 1;
    double least = std::numeric_limits<double>::infinity();
    std::vector<std::uint32_t> nodes;
    for (std::uint32_t set = 1; set < 1u << model.hosts.size(); ++set) {
        nodes.clear();
        for (std::uint32_t h = 0; h < model.hosts.size(); ++h) {
            if (set >> h & 1) nodes.push_back(model.hosts[h]);
        }
        if (nodes.size() < 2) continue;
        least = std::min(least, steiner(nodes) / static_cast<double>(nodes.size() - 1));
    }
    return least;
}

}  // namespace

LowerBound cut_bound(const StaticModel& model, SteinerCost& steiner, std::uint32_t most_qubits) {
    LowerBound bound{0, BoundScope::kStatic, "cut"};
    const bool trivial = model.hosts.size() < 2 || model.gates.empty();
    if (trivial || model.num_qubits > most_qubits) return bound;
    Loads loads(model);
    const double cut = least_cut(laplacian(model, loads.settle()), uneven_parts(model));
    const double cost = cost_per_copy(model, steiner) * cut;
    bound.cost = static_cast<std::int64_t>(std::ceil(cost - kSlack * (1 + cost)));
    return bound;
}

}  // namespace carillon
