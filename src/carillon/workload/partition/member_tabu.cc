// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "carillon/workload/partition/member.h"
#include "carillon/workload/partition/multilevel.h"

namespace carillon {
namespace {

constexpr std::uint32_t kMostQubits = 512;
constexpr std::uint64_t kMostTrials = 40'000'000;  ///< changes looked at ...
constexpr std::uint64_t kTrialsPerGate = 20'000;   ///< ... and fewer for few gates
constexpr int kEnoughRuns = 4;  ///< runs that end at the best cost, after which the search ends
constexpr std::uint64_t kIdleSteps = 1500;  ///< without a new best, after which a run ends
constexpr std::uint64_t kLeastTenure = 5, kMoreTenure = 10;  ///< steps a qubit stays away

/// Least weighted distance of gate partners by exchanges and moves of qubits: the best one is made
/// even when it costs, and a qubit may not return for some steps.
/// Source: Taillard, Parallel Computing 17 (1991) 443.
class TabuSearch {
  public:
    explicit TabuSearch(Workspace& work)
        : work_(work),
          capacity_(work.problem.capacity),
          qubits_(work.problem.graph.num_qubits),
          nodes_(static_cast<std::uint32_t>(capacity_.size())),
          weight_(std::size_t{qubits_} * qubits_),
          most_trials_(std::min<std::uint64_t>(kMostTrials,
                                               kTrialsPerGate * work.problem.graph.gates.size())) {
        const WeightedGraph& graph = work.problem.qubits;
        for (std::uint32_t q = 0; q < qubits_; ++q) {
            for (std::uint64_t e = graph.first[q]; e < graph.first[q + 1]; ++e) {
                weight_[std::size_t{q} * qubits_ + graph.edges[e].to] += graph.edges[e].weight;
            }
        }
    }

    std::vector<std::uint32_t> run(std::vector<std::uint32_t> homes) {
        best_homes_ = homes;
        best_ = cost_of(homes);
        int runs = 0;  // that ended at the best cost
        while (trials_ < most_trials_ && runs < kEnoughRuns && !work_.deadline.over()) {
            const std::int64_t before = best_;
            const std::int64_t found = search_from(homes);
            if (best_ < before) runs = 0;
            runs += found == best_;
            std::vector<std::uint32_t> places;
            for (std::uint32_t v = 0; v < nodes_; ++v) places.insert(places.end(), capacity_[v], v);
            for (std::uint32_t q = 0; q < qubits_; ++q) {
                std::swap(places[q], places[q + work_.random.below(places.size() - q)]);
            }
            homes.assign(places.begin(), places.begin() + qubits_);
        }
        return best_homes_;
    }

  private:
    /// Qubit a goes to `to`; b, unless it is a too, to the home of a.
    struct Step {
        std::uint32_t a = 0, b = 0, to = 0;
        std::int64_t rise = 0;
        std::uint64_t ties = 0;  ///< 0: none found
    };

    std::int64_t weight(std::uint32_t a, std::uint32_t b) const {
        return weight_[std::size_t{a} * qubits_ + b];
    }
    std::int64_t distance(std::uint32_t u, std::uint32_t v) const {
        return work_.steiner.complete() ? u != v : work_.steiner.distance(u, v);
    }
    /// Cost of the qubit's gates if it lived on `node`.
    std::int64_t& pull(std::uint32_t qubit, std::uint32_t node) {
        return pull_[std::size_t{qubit} * nodes_ + node];
    }

    std::int64_t cost_of(const std::vector<std::uint32_t>& homes) const {
        std::int64_t cost = 0;
        for (std::uint32_t a = 0; a < qubits_; ++a) {
            for (std::uint32_t b = 0; b < a; ++b) {
                cost += weight(a, b) * distance(homes[a], homes[b]);
            }
        }
        return cost;
    }

    void start(const std::vector<std::uint32_t>& homes) {
        homes_ = homes;
        used_.assign(nodes_, 0);
        for (std::uint32_t home : homes_) ++used_[home];
        pull_.assign(std::size_t{qubits_} * nodes_, 0);
        away_until_.assign(std::size_t{qubits_} * nodes_, 0);
        for (std::uint32_t a = 0; a < qubits_; ++a) {
            for (std::uint32_t b = 0; b < qubits_; ++b) {
                if (weight(a, b) == 0) continue;
                for (std::uint32_t v = 0; v < nodes_; ++v) {
                    pull(a, v) += weight(a, b) * distance(v, homes_[b]);
                }
            }
        }
        cost_ = cost_of(homes_);
    }

    std::int64_t search_from(const std::vector<std::uint32_t>& homes) {
        start(homes);
        std::int64_t best_here = cost_;
        std::uint64_t last_gain = 0;
        for (now_ = 1; now_ - last_gain < kIdleSteps && trials_ < most_trials_; ++now_) {
            const Step step = best_step(best_here);
            if (step.ties == 0) continue;
            make(step);
            if (cost_ >= best_here) continue;
            best_here = cost_;
            last_gain = now_;
            if (cost_ >= best_) continue;
            best_ = cost_;
            best_homes_ = homes_;
        }
        return best_here;
    }

    Step best_step(std::int64_t best_here) {
        Step best;
        const auto offer = [&](std::uint32_t a, std::uint32_t b, std::uint32_t to,
                               std::int64_t rise) {
            if (best.ties > 0 && rise > best.rise) return;
            const bool barred = away_until_[std::size_t{a} * nodes_ + to] > now_ ||
                                (b != a && away_until_[std::size_t{b} * nodes_ + homes_[a]] > now_);
            if (barred && cost_ + rise >= best_here) return;
            if (best.ties == 0 || rise < best.rise) {
                best = {a, b, to, rise, 1};
            } else if (work_.random.below(++best.ties) == 0) {
                best = {a, b, to, rise, best.ties};
            }
        };
        for (std::uint32_t a = 0; a < qubits_; ++a) {
            const std::uint32_t u = homes_[a];
            for (std::uint32_t v = 0; v < nodes_; ++v) {
                if (v != u && used_[v] < capacity_[v]) offer(a, a, v, pull(a, v) - pull(a, u));
            }
            for (std::uint32_t b = 0; b < a; ++b) {
                const std::uint32_t v = homes_[b];
                if (u == v) continue;
                offer(a, b, v,
                      pull(a, v) - pull(a, u) + pull(b, u) - pull(b, v) +
                          2 * weight(a, b) * distance(u, v));
            }
        }
        trials_ += std::uint64_t{qubits_} * (qubits_ / 2 + nodes_) + 1;
        return best;
    }

    void send(std::uint32_t qubit, std::uint32_t to) {
        const std::uint32_t from = homes_[qubit];
        away_until_[std::size_t{qubit} * nodes_ + from] =
            now_ + kLeastTenure + work_.random.below(kMoreTenure);
        --used_[from];
        ++used_[to];
        homes_[qubit] = to;
        for (std::uint32_t other = 0; other < qubits_; ++other) {
            const std::int64_t w = weight(other, qubit);
            if (w == 0) continue;
            for (std::uint32_t v = 0; v < nodes_; ++v) {
                pull(other, v) += w * (distance(v, to) - distance(v, from));
            }
        }
    }

    void make(const Step& step) {
        const std::uint32_t from = homes_[step.a];
        send(step.a, step.to);
        if (step.b != step.a) send(step.b, from);
        cost_ += step.rise;
    }

    Workspace& work_;
    const std::vector<std::uint32_t>& capacity_;
    std::uint32_t qubits_, nodes_;
    std::vector<std::int64_t> weight_;  ///< by two qubits
    std::uint64_t most_trials_;
    std::vector<std::uint32_t> homes_, used_, best_homes_;
    std::vector<std::int64_t> pull_;         ///< by qubit and node
    std::vector<std::uint64_t> away_until_;  ///< by qubit and node
    std::int64_t cost_ = 0, best_ = 0;
    std::uint64_t now_ = 0, trials_ = 0;
};

}  // namespace

std::vector<std::uint32_t> tabu_homes(Workspace& work) {
    const PartitionProblem& p = work.problem;
    auto homes =
        multilevel_homes(p.qubits, work.topology, p.capacity, Halving::kByWalk, work.random);
    const bool small = p.graph.num_qubits <= kMostQubits &&
                       p.graph.num_qubits * p.capacity.size() <= kMostQubits * kMostQubits / 8;
    return small ? TabuSearch(work).run(std::move(homes)) : homes;
}

}  // namespace carillon
