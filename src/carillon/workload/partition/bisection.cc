// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/bisection.h"

#include <algorithm>
#include <numeric>
#include <queue>

namespace carillon {
namespace {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr std::uint32_t kCoarsest = 80;  ///< vertices at which coarsening stops
constexpr int kGrowths = 8;              ///< first splits tried on the coarsest graph
constexpr int kPasses = 6;               ///< refinement passes per level

using Parts = std::vector<std::uint8_t>;

struct Bounds {
    std::uint64_t least, most;

    /// How far `size` of part 0 is outside.
    std::uint64_t excess(std::uint64_t size) const {
        return size < least ? least - size : size > most ? size - most : 0;
    }
};

/// Matches vertices left alone with another left alone at the same heaviest neighbour, as the
/// leaves of a star are.
void match_siblings(const WeightedGraph& graph, std::uint32_t largest,
                    std::vector<std::uint32_t>& mate) {
    const std::uint32_t n = graph.num_vertices();
    std::vector<std::uint32_t> waiting(n + 1, kNone);  // by heaviest neighbour; n: no neighbour
    for (std::uint32_t v = 0; v < n; ++v) {
        if (mate[v] != v) continue;
        std::uint32_t hub = n;
        std::int64_t weight = 0;
        for (std::uint64_t e = graph.first[v]; e < graph.first[v + 1]; ++e) {
            if (graph.edges[e].weight > weight) {
                weight = graph.edges[e].weight;
                hub = graph.edges[e].to;
            }
        }
        const std::uint32_t sibling = waiting[hub];
        if (sibling == kNone || graph.size[v] + graph.size[sibling] > largest) {
            waiting[hub] = v;
            continue;
        }
        mate[v] = sibling;
        mate[sibling] = v;
        waiting[hub] = kNone;
    }
}

/// Partner of each vertex: the unmatched neighbour with the heaviest edge per size.
std::vector<std::uint32_t> heavy_edge_matching(const WeightedGraph& graph, std::uint32_t largest,
                                               Random& random) {
    const std::uint32_t n = graph.num_vertices();
    std::vector<std::uint32_t> order(n), mate(n, kNone);
    std::iota(order.begin(), order.end(), 0);
    for (std::uint32_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (std::uint32_t v : order) {
        if (mate[v] != kNone) continue;
        std::uint32_t best = v;
        double best_score = 0;
        for (std::uint64_t e = graph.first[v]; e < graph.first[v + 1]; ++e) {
            const auto [to, weight] = graph.edges[e];
            if (mate[to] != kNone || to == v || graph.size[v] + graph.size[to] > largest) continue;
            const double score = static_cast<double>(weight) / graph.size[to];
            if (score > best_score) {
                best = to;
                best_score = score;
            }
        }
        mate[v] = best;
        mate[best] = v;
    }
    match_siblings(graph, largest, mate);
    return mate;
}

/// Merges matched vertices. `coarse_of` gets the merged vertex of each vertex.
WeightedGraph contract(const WeightedGraph& graph, const std::vector<std::uint32_t>& mate,
                       std::vector<std::uint32_t>& coarse_of) {
    const std::uint32_t n = graph.num_vertices();
    WeightedGraph coarse;
    coarse_of.assign(n, kNone);
    std::vector<std::uint32_t> leaders;
    for (std::uint32_t v = 0; v < n; ++v) {
        if (coarse_of[v] != kNone) continue;
        coarse_of[v] = coarse_of[mate[v]] = static_cast<std::uint32_t>(leaders.size());
        leaders.push_back(v);
    }
    std::vector<std::uint64_t> slot(leaders.size(), ~std::uint64_t{0});
    for (std::uint32_t c = 0; c < leaders.size(); ++c) {
        const std::uint32_t a = leaders[c], b = mate[a];
        coarse.size.push_back(graph.size[a] + (b != a ? graph.size[b] : 0));
        coarse.bias.push_back(graph.bias[a] + (b != a ? graph.bias[b] : 0));
        const std::uint64_t begin = coarse.edges.size();
        for (const std::uint32_t v : {a, b}) {
            for (std::uint64_t e = graph.first[v]; e < graph.first[v + 1]; ++e) {
                const std::uint32_t to = coarse_of[graph.edges[e].to];
                if (to == c) continue;
                if (slot[to] >= begin && slot[to] < coarse.edges.size() &&
                    coarse.edges[slot[to]].to == to) {
                    coarse.edges[slot[to]].weight += graph.edges[e].weight;
                } else {
                    slot[to] = coarse.edges.size();
                    coarse.edges.push_back({to, graph.edges[e].weight});
                }
            }
            if (a == b) break;
        }
        coarse.first.push_back(coarse.edges.size());
    }
    return coarse;
}

/// Fiduccia-Mattheyses: every vertex moves at most once a pass, best gain first, and the best
/// state on the way is kept.
class Refiner {
  public:
    Refiner(const WeightedGraph& graph, Parts& part, Bounds bounds)
        : graph_(graph), part_(part), bounds_(bounds), gain_(part.size()), locked_(part.size()) {
        for (std::uint32_t v = 0; v < part.size(); ++v) {
            if (part[v] == 0) size0_ += graph.size[v];
        }
    }

    void run() {
        for (int pass = 0; pass < kPasses && this->pass(); ++pass) {
        }
    }

  private:
    using Item = std::pair<std::int64_t, std::uint32_t>;

    std::int64_t gain(std::uint32_t v) const {
        std::int64_t sum = part_[v] == 0 ? -graph_.bias[v] : graph_.bias[v];
        for (std::uint64_t e = graph_.first[v]; e < graph_.first[v + 1]; ++e) {
            const auto& [to, weight] = graph_.edges[e];
            sum += part_[to] != part_[v] ? weight : -weight;
        }
        return sum;
    }

    std::uint64_t size_after(std::uint32_t v) const {
        return part_[v] == 0 ? size0_ - graph_.size[v] : size0_ + graph_.size[v];
    }

    /// The unlocked vertex of `side` with the highest gain, or none; stale heap items go.
    std::uint32_t top(int side) {
        auto& heap = heap_[side];
        while (!heap.empty()) {
            const auto [value, v] = heap.top();
            if (!locked_[v] && part_[v] == side && gain_[v] == value) return v;
            heap.pop();
        }
        return kNone;
    }

    /// The better of the two tops that brings the sizes no further out of bounds, or swaps out.
    std::uint32_t choose() {
        const std::uint32_t a = top(0), b = top(1);
        const auto legal = [&](std::uint32_t v) {
            return v != kNone &&
                   bounds_.excess(size_after(v)) <= std::max(bounds_.excess(size0_), slack_);
        };
        const bool from0 = legal(a), from1 = legal(b);
        if (from0 && from1) {
            const std::uint64_t ea = bounds_.excess(size_after(a)),
                                eb = bounds_.excess(size_after(b));
            if (ea != eb && bounds_.excess(size0_) > 0) return ea < eb ? a : b;
            return gain_[a] >= gain_[b] ? a : b;
        }
        return from0 ? a : from1 ? b : kNone;
    }

    void move(std::uint32_t v) {
        size0_ = size_after(v);
        part_[v] ^= 1;
        gain_[v] = -gain_[v];
        locked_[v] = true;
        for (std::uint64_t e = graph_.first[v]; e < graph_.first[v + 1]; ++e) {
            const auto& [to, weight] = graph_.edges[e];
            gain_[to] += part_[to] == part_[v] ? -2 * weight : 2 * weight;
            if (!locked_[to]) heap_[part_[to]].emplace(gain_[to], to);
        }
    }

    bool pass() {
        slack_ = 0;
        for (int side : {0, 1}) heap_[side] = {};
        for (std::uint32_t v = 0; v < part_.size(); ++v) {
            gain_[v] = gain(v);
            locked_[v] = false;
            slack_ = std::max<std::uint64_t>(slack_, graph_.size[v]);
            heap_[part_[v]].emplace(gain_[v], v);
        }
        const std::uint64_t start_excess = bounds_.excess(size0_);
        std::uint64_t best_excess = start_excess;
        std::int64_t sum = 0, best = 0;
        std::size_t best_moves = 0;
        const std::size_t patience = 50 + part_.size() / 20;
        std::vector<std::uint32_t> moved;
        for (std::uint32_t v; (v = choose()) != kNone;) {
            sum += gain_[v];
            move(v);
            moved.push_back(v);
            const std::uint64_t excess = bounds_.excess(size0_);
            if (excess < best_excess || (excess == best_excess && sum > best)) {
                best_excess = excess;
                best = sum;
                best_moves = moved.size();
            } else if (moved.size() - best_moves > patience && best_excess == 0) {
                break;
            }
        }
        while (moved.size() > best_moves) {
            const std::uint32_t v = moved.back();
            moved.pop_back();
            size0_ = size_after(v);
            part_[v] ^= 1;
        }
        return best_moves > 0 && (best > 0 || best_excess < start_excess);
    }

    const WeightedGraph& graph_;
    Parts& part_;
    Bounds bounds_;
    std::vector<std::int64_t> gain_;
    std::vector<bool> locked_;
    std::priority_queue<Item> heap_[2];
    std::uint64_t size0_ = 0;
    std::uint64_t slack_ = 0;  ///< sizes may leave the bounds this far within a pass
};

/// The last vertex that a breadth-first search from `start` reaches.
std::uint32_t far_vertex(const WeightedGraph& graph, std::uint32_t start) {
    std::vector<bool> seen(graph.num_vertices());
    std::vector<std::uint32_t> queue{start};
    seen[start] = true;
    for (std::size_t i = 0; i < queue.size(); ++i) {
        for (std::uint64_t e = graph.first[queue[i]]; e < graph.first[queue[i] + 1]; ++e) {
            const std::uint32_t to = graph.edges[e].to;
            if (seen[to]) continue;
            seen[to] = true;
            queue.push_back(to);
        }
    }
    return queue.back();
}

/// Part 0 grows from `start`, the most attached vertex next, to the middle of the bounds.
Parts grow(const WeightedGraph& graph, Bounds bounds, std::uint32_t start, Random& random) {
    const std::uint32_t n = graph.num_vertices();
    Parts part(n, 1);
    std::vector<std::int64_t> pull(graph.bias);  // bias is what part 1 costs more
    const std::uint64_t wanted = bounds.least + random.below(bounds.most - bounds.least + 1);
    std::uint64_t size = 0;
    std::priority_queue<std::pair<std::int64_t, std::uint32_t>> heap;
    for (std::uint32_t v = 0; v < n; ++v) heap.emplace(pull[v], v);
    for (std::uint32_t next = start; size < wanted;) {
        part[next] = 0;
        size += graph.size[next];
        for (std::uint64_t e = graph.first[next]; e < graph.first[next + 1]; ++e) {
            const std::uint32_t to = graph.edges[e].to;
            pull[to] += graph.edges[e].weight;
            if (part[to] == 1) heap.emplace(pull[to], to);
        }
        while (!heap.empty() &&
               (part[heap.top().second] == 0 || heap.top().first != pull[heap.top().second])) {
            heap.pop();
        }
        if (heap.empty()) break;
        next = heap.top().second;
    }
    return part;
}

/// Whether split `a` is better: nearer the bounds, then cheaper.
bool better(const WeightedGraph& graph, const Bounds& bounds, const Parts& a, const Parts& b) {
    const auto rank = [&](const Parts& part) {
        std::uint64_t size = 0;
        for (std::uint32_t v = 0; v < part.size(); ++v) size += part[v] == 0 ? graph.size[v] : 0;
        return std::pair{bounds.excess(size), split_cost(graph, part)};
    };
    return rank(a) < rank(b);
}

}  // namespace

std::int64_t split_cost(const WeightedGraph& graph, const std::vector<std::uint8_t>& part) {
    std::int64_t cut = 0, biases = 0;
    for (std::uint32_t v = 0; v < part.size(); ++v) {
        if (part[v] == 1) biases += graph.bias[v];
        for (std::uint64_t e = graph.first[v]; e < graph.first[v + 1]; ++e) {
            if (part[graph.edges[e].to] != part[v]) cut += graph.edges[e].weight;
        }
    }
    return cut / 2 + biases;
}

std::vector<std::uint8_t> bisect(const WeightedGraph& graph, std::uint64_t least,
                                 std::uint64_t most, Random& random) {
    const Bounds bounds{least, most};
    if (graph.num_vertices() == 0) return {};
    const std::uint64_t total =
        std::accumulate(graph.size.begin(), graph.size.end(), std::uint64_t{0});
    const auto largest = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, total / 24));

    std::vector<WeightedGraph> coarser;
    std::vector<std::vector<std::uint32_t>> coarse_of;
    const WeightedGraph* level = &graph;
    while (level->num_vertices() > kCoarsest) {
        coarse_of.emplace_back();
        WeightedGraph next =
            contract(*level, heavy_edge_matching(*level, largest, random), coarse_of.back());
        if (next.num_vertices() > level->num_vertices() * 95 / 100) {
            coarse_of.pop_back();
            break;
        }
        coarser.push_back(std::move(next));
        level = &coarser.back();
    }

    // Coarse vertices cannot meet the bounds exactly; the finest level does.
    const auto loose = [&](const WeightedGraph& g) {
        if (&g == &graph) return bounds;
        const std::uint64_t slack = *std::max_element(g.size.begin(), g.size.end());
        return Bounds{least - std::min(least, slack), std::min(total, most + slack)};
    };
    Parts best;
    for (int i = 0; i < (level->num_vertices() > 10 * kCoarsest ? 1 : kGrowths); ++i) {
        auto start = static_cast<std::uint32_t>(random.below(level->num_vertices()));
        if (i % 2 == 0) start = far_vertex(*level, start);
        Parts part = grow(*level, bounds, start, random);
        Refiner(*level, part, loose(*level)).run();
        if (best.empty() || better(*level, loose(*level), part, best)) best = std::move(part);
    }
    for (std::size_t l = coarse_of.size(); l-- > 0;) {
        const WeightedGraph& finer = l == 0 ? graph : coarser[l - 1];
        Parts part(finer.num_vertices());
        for (std::uint32_t v = 0; v < part.size(); ++v) part[v] = best[coarse_of[l][v]];
        Refiner(finer, part, loose(finer)).run();
        best = std::move(part);
    }
    return best;
}

}  // namespace carillon
