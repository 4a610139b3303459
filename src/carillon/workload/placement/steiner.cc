// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/steiner.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <queue>
#include <type_traits>

#include "carillon/base/error.h"

namespace carillon {
namespace {

constexpr std::uint32_t kFar = SteinerCost::kDisconnected;
constexpr std::uint32_t kNoNode = 0xffffffff;
constexpr std::size_t kTableNodes = 12;
constexpr double kExactSteps = 2e5;  ///< Dreyfus-Wagner runs when 3^(terminals-1) * nodes is below
constexpr std::size_t kImproveNodes = 64;   ///< larger networks keep the first heuristic tree
constexpr std::size_t kEstimateNodes = 64;  ///< smaller networks are never estimated
constexpr std::size_t kEstimateTerminals = 256;
constexpr std::size_t kDistanceTableNodes = 2048;
constexpr std::size_t kCacheEntries = 1u << 20;

using Nodes = std::vector<std::uint32_t>;
using NodeLinks = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

std::uint32_t path_cost(const Topology& topology, std::uint32_t a, std::uint32_t b) {
    return std::min(topology.cost(QpuId{a}, QpuId{b}), kFar);
}

/// Nodes to visit, cheapest first.
using Open = std::pair<std::uint32_t, std::uint32_t>;  // cost, node
using OpenNodes = std::priority_queue<Open, std::vector<Open>, std::greater<>>;

std::uint32_t price_of(const Topology& topology, const NodeLinks& links) {
    if (topology.prices().uniform()) return static_cast<std::uint32_t>(links.size());
    std::uint32_t sum = 0;
    for (const auto& [a, b] : links) sum += topology.crossing(QpuId{a}, QpuId{b})->steps;
    return sum;
}

/// Steps of Dreyfus-Wagner: 3^(terminals-1) * nodes.
double exact_steps(std::size_t nodes, std::size_t terminals) {
    double steps = static_cast<double>(nodes);
    for (std::size_t i = 1; i < terminals && steps <= kExactSteps; ++i) steps *= 3;
    return steps;
}
bool exact_is_cheap(std::size_t nodes, std::size_t terminals) {
    return nodes <= kTableNodes || exact_steps(nodes, terminals) <= kExactSteps;
}

/// Dreyfus-Wagner: cost(S, v) is the size of a smallest tree that joins terminal set S and node v.
/// It is two trees that meet in v, or a tree for a neighbour of v and one link.
/// Source: Dreyfus & Wagner, Networks 1 (1971) 195.
class ExactTree {
  public:
    ExactTree(const Topology& topology, const Nodes& terminals)
        : topology_(topology),
          nodes_(topology.size()),
          full_((std::size_t{1} << (terminals.size() - 1)) - 1),
          terminals_(terminals),
          steps_((full_ + 1) * nodes_) {}

    NodeLinks run() {
        const bool uniform = topology_.prices().uniform();
        for (std::size_t set = 1; set <= full_; ++set) {
            join(set);
            if (uniform)
                spread(set);
            else
                spread_priced(set);
        }
        NodeLinks links;
        collect(full_, terminals_.back(), links);
        return links;
    }

  private:
    struct Step {
        std::uint32_t cost = kFar;
        std::uint32_t via = kNoNode;  ///< the neighbour, when a link leads here
        std::uint32_t split = 0;      ///< else one of the two sets that meet here
    };

    Step& step(std::size_t set, std::size_t node) { return steps_[set * nodes_ + node]; }

    void join(std::size_t set) {
        if (std::has_single_bit(set)) {
            step(set, terminals_[static_cast<std::size_t>(std::countr_zero(set))]).cost = 0;
            return;
        }
        for (std::size_t part = (set - 1) & set; part > (set ^ part); part = (part - 1) & set) {
            for (std::size_t v = 0; v < nodes_; ++v) {
                const std::uint32_t cost = step(part, v).cost + step(set ^ part, v).cost;
                Step& here = step(set, v);
                if (cost < here.cost) here = {cost, kNoNode, static_cast<std::uint32_t>(part)};
            }
        }
    }

    /// Dijkstra with unit links: nodes leave a bucket per cost.
    void spread(std::size_t set) {
        buckets_.resize(nodes_ + 1);
        for (std::uint32_t v = 0; v < nodes_; ++v) {
            if (step(set, v).cost <= nodes_) buckets_[step(set, v).cost].push_back(v);
        }
        for (std::uint32_t cost = 0; cost < buckets_.size(); ++cost) {
            for (std::size_t i = 0; i < buckets_[cost].size(); ++i) {
                const std::uint32_t v = buckets_[cost][i];
                if (step(set, v).cost != cost) continue;
                for (const Topology::Edge& edge : topology_.neighbours(QpuId{v})) {
                    Step& there = step(set, edge.to.value);
                    if (cost + 1 >= there.cost) continue;
                    there = {cost + 1, v, 0};
                    if (cost + 1 < buckets_.size()) buckets_[cost + 1].push_back(edge.to.value);
                }
            }
            buckets_[cost].clear();
        }
    }

    /// Dijkstra.
    void spread_priced(std::size_t set) {
        OpenNodes open;
        for (std::uint32_t v = 0; v < nodes_; ++v) {
            if (step(set, v).cost < kFar) open.emplace(step(set, v).cost, v);
        }
        while (!open.empty()) {
            const auto [cost, v] = open.top();
            open.pop();
            if (step(set, v).cost != cost) continue;
            for (const Topology::Edge& edge : topology_.neighbours(QpuId{v})) {
                Step& there = step(set, edge.to.value);
                if (cost + edge.steps >= there.cost) continue;
                there = {cost + edge.steps, v, 0};
                open.emplace(there.cost, edge.to.value);
            }
        }
    }

    void collect(std::size_t set, std::uint32_t node, NodeLinks& links) {
        for (const Step* s = &step(set, node); s->via != kNoNode; s = &step(set, node)) {
            links.emplace_back(node, s->via);
            node = s->via;
        }
        if (const std::size_t part = step(set, node).split) {
            collect(part, node, links);
            collect(set ^ part, node, links);
        }
    }

    const Topology& topology_;
    std::size_t nodes_, full_;
    const Nodes& terminals_;
    std::vector<Step> steps_;
    std::vector<std::vector<std::uint32_t>> buckets_;
};

/// Grows a tree from the first terminal: the terminal nearest the tree joins next, by a shortest
/// path. Source: Takahashi & Matsuyama, Math. Japonica 24 (1980) 573.
class GrownTree {
  public:
    GrownTree(const Topology& topology, const Nodes& terminals)
        : topology_(topology),
          in_tree_(topology.size()),
          wanted_(topology.size()),
          from_(topology.size()),
          cost_(topology.size()),
          tree_{terminals[0]} {
        for (std::uint32_t t : terminals) wanted_[t] = 1;
        in_tree_[terminals[0]] = 1;
    }

    NodeLinks run(std::size_t terminals) {
        const bool uniform = topology_.prices().uniform();
        for (std::size_t joined = 1; joined < terminals; ++joined) {
            std::fill(from_.begin(), from_.end(), kNoNode);
            const std::uint32_t reached = uniform ? nearest_by_links() : nearest_by_price();
            for (std::uint32_t v = reached; !in_tree_[v]; v = from_[v]) {
                in_tree_[v] = 1;
                tree_.push_back(v);
                links_.emplace_back(from_[v], v);
            }
        }
        return std::move(links_);
    }

  private:
    std::uint32_t nearest_by_links() {
        Nodes queue = tree_;
        for (std::size_t i = 0; i < queue.size(); ++i) {
            for (const Topology::Edge& edge : topology_.neighbours(QpuId{queue[i]})) {
                const std::uint32_t to = edge.to.value;
                if (in_tree_[to] || from_[to] != kNoNode) continue;
                from_[to] = queue[i];
                if (wanted_[to]) return to;
                queue.push_back(to);
            }
        }
        return kNoNode;
    }

    std::uint32_t nearest_by_price() {
        std::fill(cost_.begin(), cost_.end(), kFar);
        OpenNodes open;
        for (std::uint32_t v : tree_) {
            cost_[v] = 0;
            open.emplace(0, v);
        }
        while (!open.empty()) {
            const auto [cost, v] = open.top();
            open.pop();
            if (cost_[v] != cost) continue;
            if (wanted_[v] && !in_tree_[v]) return v;
            for (const Topology::Edge& edge : topology_.neighbours(QpuId{v})) {
                const std::uint32_t to = edge.to.value;
                if (cost + edge.steps >= cost_[to]) continue;
                cost_[to] = cost + edge.steps;
                from_[to] = v;
                open.emplace(cost_[to], to);
            }
        }
        return kNoNode;
    }

    const Topology& topology_;
    std::vector<char> in_tree_, wanted_;
    std::vector<std::uint32_t> from_, cost_;
    Nodes tree_;
    NodeLinks links_;
};

NodeLinks grown_tree(const Topology& topology, const Nodes& terminals) {
    return GrownTree(topology, terminals).run(terminals.size());
}

/// Drops links to leaves that are not terminals.
void prune(NodeLinks& links, const Nodes& terminals, std::size_t nodes) {
    std::vector<std::uint32_t> degree(nodes);
    for (std::uint32_t t : terminals) degree[t] = nodes;  // terminals are never leaves to drop
    for (const auto& [a, b] : links) ++degree[a], ++degree[b];
    for (bool dropped = true; dropped;) {
        dropped = false;
        for (std::size_t i = 0; i < links.size(); ++i) {
            const auto [a, b] = links[i];
            if (degree[a] != 1 && degree[b] != 1) continue;
            --degree[a], --degree[b];
            links[i] = links.back();
            links.pop_back();
            dropped = true;
            --i;
        }
    }
}

/// The grown tree, with further nodes asked for as long as that makes it cheaper.
NodeLinks heuristic_tree(const Topology& topology, const Nodes& terminals) {
    NodeLinks best = grown_tree(topology, terminals);
    if (topology.size() > kImproveNodes) return best;
    std::uint32_t best_price = price_of(topology, best);
    Nodes wanted = terminals;
    for (bool better = true; better;) {
        better = false;
        for (std::uint32_t v = 0; v < topology.size(); ++v) {
            if (std::find(wanted.begin(), wanted.end(), v) != wanted.end()) continue;
            wanted.push_back(v);
            NodeLinks links = grown_tree(topology, wanted);
            prune(links, terminals, topology.size());
            const std::uint32_t price = price_of(topology, links);
            if (price < best_price) {
                best = std::move(links);
                best_price = price;
                better = true;
            } else {
                wanted.pop_back();
            }
        }
    }
    return best;
}

/// Turns links into (parent, child) pairs from `root` outwards.
std::vector<std::pair<QpuId, QpuId>> oriented(const NodeLinks& links, std::uint32_t root) {
    NodeLinks both = links;
    for (const auto& [a, b] : links) both.emplace_back(b, a);
    std::sort(both.begin(), both.end());
    std::vector<std::pair<QpuId, QpuId>> result;
    result.reserve(links.size());
    NodeLinks stack{{kNoNode, root}};
    while (!stack.empty()) {
        const auto [parent, node] = stack.back();
        stack.pop_back();
        if (parent != kNoNode) result.emplace_back(QpuId{parent}, QpuId{node});
        auto edge = std::lower_bound(both.begin(), both.end(), std::pair{node, 0u});
        for (; edge != both.end() && edge->first == node; ++edge) {
            if (edge->second != parent) stack.emplace_back(node, edge->second);
        }
    }
    return result;
}

}  // namespace

std::vector<std::pair<QpuId, QpuId>> steiner_tree(const Topology& topology,
                                                  std::span<const QpuId> terminals) {
    if (terminals.empty()) return {};
    const std::uint32_t root = terminals[0].value;
    Nodes nodes;
    for (QpuId t : terminals) nodes.push_back(t.value);
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());

    for (std::uint32_t t : nodes) {
        if (topology.distance(terminals[0], QpuId{t}) != Topology::kUnreachable) continue;
        throw InputError("no path of quantum links joins nodes " + std::to_string(root) + " and " +
                         std::to_string(t) + " of the network");
    }
    if (nodes.size() == 1) return {};
    NodeLinks links;
    if (topology.complete()) {
        for (std::uint32_t t : nodes) {
            if (t != root) links.emplace_back(root, t);
        }
    } else if (exact_is_cheap(topology.size(), nodes.size())) {
        links = ExactTree(topology, nodes).run();
    } else {
        links = heuristic_tree(topology, nodes);
    }
    return oriented(links, root);
}

std::uint32_t tree_cost(const Topology& topology, std::span<const std::pair<QpuId, QpuId>> links) {
    std::uint32_t sum = 0;
    for (const auto& [a, b] : links) sum += topology.crossing(a, b)->steps;
    return sum;
}

SteinerCost::SteinerCost(const Topology& topology, Precision precision)
    : topology_(&topology),
      complete_(topology.complete()),
      estimate_(precision == Precision::kEstimate && topology.size() > kEstimateNodes) {
    const std::size_t n = topology.size();
    if (complete_ || n > kDistanceTableNodes) return;
    const auto fill = [&](auto& table, std::uint32_t most) {
        for (std::uint32_t a = 0; a < n; ++a) {
            for (std::uint32_t b = 0; b < n; ++b) {
                table[a * n + b] = static_cast<std::remove_reference_t<decltype(table[0])>>(
                    std::min(path_cost(topology, a, b), most));
            }
        }
    };
    if (topology.prices().uniform()) {
        std::vector<std::uint16_t> table(n * n);
        fill(table, 0xffff);
        distances_ = std::move(table);
    } else {
        prices_.resize(n * n);
        fill(prices_, kFar);
    }
    if (n <= kTableNodes) fill_table();
}

std::size_t SteinerCost::SetHash::operator()(std::span<const std::uint32_t> s) const {
    std::uint64_t h = 0x9E3779B97F4A7C15;
    for (std::uint32_t v : s) h = (h ^ (v + 1)) * 0xD6E8FEB86659FD93, h ^= h >> 32;
    return static_cast<std::size_t>(h);
}

/// Dreyfus-Wagner over all sets of nodes at once.
void SteinerCost::fill_table() {
    const std::size_t n = topology_->size(), sets = std::size_t{1} << n;
    std::vector<std::uint32_t> tree(sets * n, kFar);
    table_.assign(sets, 0);
    Nodes joined(n);
    for (std::size_t set = 1; set < sets; ++set) {
        std::uint32_t* here = tree.data() + set * n;
        const auto first = static_cast<std::uint32_t>(std::countr_zero(set));
        if (std::has_single_bit(set)) {
            for (std::uint32_t v = 0; v < n; ++v) here[v] = distance(first, v);
            continue;
        }
        std::fill(joined.begin(), joined.end(), 2 * kFar);
        for (std::size_t part = (set - 1) & set; part > (set ^ part); part = (part - 1) & set) {
            const std::uint32_t *a = tree.data() + part * n, *b = tree.data() + (set ^ part) * n;
            for (std::size_t v = 0; v < n; ++v) joined[v] = std::min(joined[v], a[v] + b[v]);
        }
        for (std::uint32_t v = 0; v < n; ++v) {
            for (std::uint32_t u = 0; u < n; ++u) {
                here[v] = std::min(here[v], joined[u] + distance(u, v));
            }
        }
        table_[set] = here[first];
    }
}

std::uint32_t SteinerCost::far_distance(std::uint32_t a, std::uint32_t b) const {
    if (!prices_.empty()) return prices_[a * topology_->size() + b];
    return path_cost(*topology_, a, b);
}

/// Half the way round for three nodes, a spanning tree of the distances for more (Prim).
std::uint32_t SteinerCost::estimate(std::span<const std::uint32_t> nodes) {
    if (nodes.size() == 3) {
        const std::uint32_t round = distance(nodes[0], nodes[1]) + distance(nodes[0], nodes[2]) +
                                    distance(nodes[1], nodes[2]);
        return round >= kFar ? kFar : (round + 1) / 2;
    }
    steps_ += nodes.size() * nodes.size() / 4;
    nearest_.assign(nodes.size(), 2 * kFar);  // to the tree so far; 0 for its nodes
    std::uint32_t sum = 0;
    std::size_t last = 0;
    for (std::size_t joined = 1; joined < nodes.size(); ++joined) {
        nearest_[last] = 0;
        std::size_t next = last;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (nearest_[i] == 0) continue;
            nearest_[i] = std::min(nearest_[i], distance(nodes[last], nodes[i]));
            if (nearest_[next] == 0 || nearest_[i] < nearest_[next]) next = i;
        }
        sum += nearest_[next];
        last = next;
    }
    return sum;
}

std::uint32_t SteinerCost::operator()(std::span<const std::uint32_t> nodes) {
    if (nodes.size() <= 1) return 0;
    if (complete_) return static_cast<std::uint32_t>(nodes.size()) - 1;
    if (!table_.empty()) {
        std::size_t set = 0;
        for (std::uint32_t v : nodes) set |= std::size_t{1} << v;
        return table_[set];
    }
    if (nodes.size() == 2) return distance(nodes[0], nodes[1]);
    if (estimate_ && nodes.size() <= kEstimateTerminals) return estimate(nodes);

    sorted_.assign(nodes.begin(), nodes.end());
    std::sort(sorted_.begin(), sorted_.end());
    const std::span<const std::uint32_t> key(sorted_);
    if (const auto found = cache_.find(key); found != cache_.end()) return found->second;
    std::uint32_t cost = 0;
    std::vector<QpuId> terminals;
    for (std::uint32_t v : sorted_) {
        if (distance(sorted_[0], v) >= kFar) {
            cost += kFar;
        } else {
            terminals.push_back(QpuId{v});
        }
    }
    cost += tree_cost(*topology_, steiner_tree(*topology_, terminals));
    const std::size_t n = topology_->size(), t = terminals.size();
    steps_ += exact_is_cheap(n, t) ? static_cast<std::uint64_t>(exact_steps(n, t)) : n * t;
    if (cache_.size() >= kCacheEntries) cache_.clear();
    cache_.emplace(sorted_, cost);
    return cost;
}

}  // namespace carillon
