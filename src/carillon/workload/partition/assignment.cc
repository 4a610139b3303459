// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/assignment.h"

#include <algorithm>

namespace carillon {

Assignment::Assignment(const Hypergraph& graph, SteinerCost& steiner,
                       std::vector<std::uint32_t> capacity, std::vector<std::uint32_t> cuts,
                       std::vector<Node> homes)
    : graph_(&graph),
      steiner_(&steiner),
      capacity_(std::move(capacity)),
      cuts_(std::move(cuts)),
      homes_(std::move(homes)),
      sites_(graph.gates.size()),
      used_(num_slices() * capacity_.size()),
      num_entries_(graph.nets.size()),
      net_cost_(graph.nets.size()),
      kept_(graph.middles.size()),
      join_(steiner) {
    for (std::size_t slice = 0; slice < num_slices(); ++slice) {
        for (std::uint32_t q = 0; q < graph.num_qubits; ++q) {
            ++used_[slice * capacity_.size() + home(slice, q)];
        }
    }
    for (const Hypergraph::Net& net : graph.nets) {
        const auto first = std::lower_bound(cuts_.begin(), cuts_.end(), net.from) - cuts_.begin();
        const auto last = std::upper_bound(cuts_.begin(), cuts_.end(), net.to) - cuts_.begin();
        slices_.emplace_back(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last));
    }
    size_entries();
    for (std::uint32_t n = 0; n < graph.nets.size(); ++n) {
        for (std::uint32_t t = slices_[n].first; t <= slices_[n].second; ++t) {
            add(n, home(t, graph.nets[n].qubit));
        }
    }
    for (std::uint32_t g = 0; g < graph.gates.size(); ++g) {
        const auto nets = graph.nets_of(graph.gates[g]);
        sites_[g] = home(slices_[nets[0]].first, graph.nets[nets[0]].qubit);
        for (std::uint32_t n : nets) add(n, sites_[g]);
    }
    for (std::uint32_t n = 0; n < graph.nets.size(); ++n) recount(n);
}

/// Room for the distinct nodes of each net: one per pin, or every node where copies may be kept.
void Assignment::size_entries() {
    constexpr std::uint64_t kMostForKeeping = 1u << 25;
    std::vector<bool> wide(graph_->nets.size());
    for (std::uint32_t m = 0; m < graph_->middles.size(); ++m) {
        const std::uint32_t net = graph_->middles[m].net;
        wide[net - 1] = wide[net + 1] = true;
        for (std::uint32_t g : graph_->gates_of_middle(m)) wide[graph_->partner(g, net)] = true;
    }
    const auto wide_nets = static_cast<std::uint64_t>(std::count(wide.begin(), wide.end(), true));
    can_keep_ = wide_nets > 0 && wide_nets * capacity_.size() <= kMostForKeeping;
    std::uint64_t total = 0;
    for (std::uint32_t n = 0; n < graph_->nets.size(); ++n) {
        first_entry_.push_back(total);
        const std::uint64_t pins =
            std::uint64_t{graph_->nets[n].num_gates} + slices_[n].second - slices_[n].first + 1;
        const bool full = can_keep_ && wide[n];
        total += full ? capacity_.size() : std::min<std::uint64_t>(pins, capacity_.size());
    }
    entries_.resize(total);
}

std::uint32_t Assignment::find(std::uint32_t net, Node node) const {
    const Entry* first = entries_.data() + first_entry_[net];
    for (std::uint32_t i = 0; i < num_entries_[net]; ++i) {
        if (first[i].node == node) return i;
    }
    return kAbsent;
}

/// Returns: whether the node is new.
bool Assignment::add(std::uint32_t net, Node node, std::uint32_t count) {
    Entry* first = entries_.data() + first_entry_[net];
    const std::uint32_t at = find(net, node);
    if (at != kAbsent) {
        first[at].count += count;
        return false;
    }
    first[num_entries_[net]++] = {node, count};
    return true;
}

/// Returns: whether the node is gone.
bool Assignment::remove(std::uint32_t net, Node node, std::uint32_t count) {
    Entry* first = entries_.data() + first_entry_[net];
    const std::uint32_t at = find(net, node);
    first[at].count -= count;
    if (first[at].count > 0) return false;
    first[at] = first[--num_entries_[net]];
    return true;
}

/// Brings the net's cost up to date.
void Assignment::recount(std::uint32_t net) {
    std::uint32_t now;
    if (num_kept_ > 0 && is_kept(net)) {
        now = 0;
    } else if (num_kept_ > 0 && !kept_before(net).empty()) {
        nodes_.clear();
        for (const Entry& e : entries(net)) nodes_.push_back(e.node);
        now = join_cost(net);
    } else if (num_entries_[net] <= 1) {
        now = 0;
    } else if (steiner_->complete()) {
        now = num_entries_[net] - 1;
    } else {
        nodes_.clear();
        for (const Entry& e : entries(net)) nodes_.push_back(e.node);
        now = (*steiner_)(nodes_);
    }
    cost_ += static_cast<std::int64_t>(now) - net_cost_[net];
    net_cost_[net] = now;
}

/// What the net would cost with one more node, which is absent.
std::uint32_t Assignment::cost_with(std::uint32_t net, Node node) {
    if (steiner_->complete()) return net_cost_[net] + 1;
    nodes_.clear();
    for (const Entry& e : entries(net)) nodes_.push_back(e.node);
    nodes_.push_back(node);
    return num_kept_ > 0 ? join_cost(net) : (*steiner_)(nodes_);
}

void Assignment::change_home(std::uint32_t index, Node node) {
    const std::uint32_t slice = index / graph_->num_qubits, qubit = index % graph_->num_qubits;
    const Node old = homes_[index];
    --used_[slice * capacity_.size() + old];
    ++used_[slice * capacity_.size() + node];
    homes_[index] = node;
    // Nets of one qubit stand in time order, so those that contain the slice are neighbours.
    const auto first = slices_.begin() + graph_->first_net_of[qubit];
    const auto end = slices_.begin() + graph_->first_net_of[qubit + 1];
    auto net =
        std::partition_point(first, end, [slice](const auto& s) { return s.second < slice; });
    for (; net != end && net->first <= slice; ++net) {
        const auto n = static_cast<std::uint32_t>(net - slices_.begin());
        pin(n, old, node);
    }
    if (num_kept_ == 0) return;
    net = std::partition_point(first, end, [slice](const auto& s) { return s.second < slice; });
    for (; net != end && net->first <= slice; ++net) {
        const auto n = static_cast<std::uint32_t>(net - slices_.begin());
        if (!is_kept(n)) continue;
        for (std::uint32_t g : graph_->gates_of(graph_->nets[n])) {
            pin(graph_->partner(g, n), old, node);
        }
    }
}

/// Homes of the qubit in slices [begin, end), all the same until now; no copies are kept.
void Assignment::change_homes(std::uint32_t begin, std::uint32_t end, std::uint32_t qubit,
                              Node node) {
    const Node old = home(begin, qubit);
    for (std::size_t slice = begin; slice < end; ++slice) {
        --used_[slice * capacity_.size() + old];
        ++used_[slice * capacity_.size() + node];
        homes_[slice * graph_->num_qubits + qubit] = node;
    }
    const auto first = slices_.begin() + graph_->first_net_of[qubit];
    const auto last = slices_.begin() + graph_->first_net_of[qubit + 1];
    auto net =
        std::partition_point(first, last, [begin](const auto& s) { return s.second < begin; });
    for (; net != last && net->first < end; ++net) {
        const std::uint32_t common = std::min(net->second + 1, end) - std::max(net->first, begin);
        pin(static_cast<std::uint32_t>(net - slices_.begin()), old, node, common);
    }
}

/// What stood at `from` stands at `to`.
void Assignment::pin(std::uint32_t net, Node from, Node to, std::uint32_t count) {
    const bool left = remove(net, from, count), came = add(net, to, count);
    if (left || came || num_kept_ > 0) recount(net);
    ++work_;
}

void Assignment::change_site(std::uint32_t gate, Node node) {
    if (embedded(gate)) {
        sites_[gate] = node;
        return;
    }
    for (std::uint32_t n : graph_->nets_of(graph_->gates[gate])) pin(n, sites_[gate], node);
    sites_[gate] = node;
}

void Assignment::set_home(std::size_t slice, std::uint32_t qubit, Node node) {
    const auto index = static_cast<std::uint32_t>(slice * graph_->num_qubits + qubit);
    if (homes_[index] == node) return;
    if (num_kept_ > 0) make_way(slice, qubit, node);
    journal_.push_back({Change::kHome, index, homes_[index]});
    change_home(index, node);
}

void Assignment::set_homes(std::uint32_t begin, std::uint32_t end, std::uint32_t qubit, Node node) {
    if (num_kept_ > 0) {
        for (std::size_t slice = begin; slice < end; ++slice) set_home(slice, qubit, node);
        return;
    }
    while (begin < end) {
        const Node old = home(begin, qubit);
        std::uint32_t run = begin + 1;
        while (run < end && home(run, qubit) == old) ++run;
        if (old != node) {
            journal_.push_back(
                {Change::kHome, begin * graph_->num_qubits + qubit, old, run - begin});
            change_homes(begin, run, qubit, node);
        }
        begin = run;
    }
}

void Assignment::set_site(std::uint32_t gate, Node node) {
    if (sites_[gate] == node) return;
    journal_.push_back({Change::kSite, gate, sites_[gate]});
    change_site(gate, node);
}

void Assignment::set_sites(std::span<const std::pair<std::uint32_t, Node>> sites) {
    std::vector<std::uint32_t> touched;
    for (const auto& [gate, node] : sites) {
        if (sites_[gate] == node) continue;
        if (embedded(gate)) {
            sites_[gate] = node;
            continue;
        }
        for (std::uint32_t n : graph_->nets_of(graph_->gates[gate])) {
            remove(n, sites_[gate]);
            add(n, node);
            touched.push_back(n);
        }
        sites_[gate] = node;
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (std::uint32_t n : touched) recount(n);
    work_ += sites.size();
}

bool Assignment::may_host(std::uint32_t gate, Node node) const {
    if (graph_->detached) return true;
    for (std::uint32_t n : graph_->nets_of(graph_->gates[gate])) {
        for (std::uint32_t t = slices_[n].first; t <= slices_[n].second; ++t) {
            if (home(t, graph_->nets[n].qubit) == node) return true;
        }
    }
    return false;
}

void Assignment::improve_site(std::uint32_t gate, Random& random, Node banned) {
    if (embedded(gate)) return;
    const auto nets = graph_->nets_of(graph_->gates[gate]);
    const Node current = sites_[gate];
    bool free_of_charge = current != banned && may_host(gate, current);
    for (std::uint32_t n : nets) {
        const Entry& e = entries_[first_entry_[n] + find(n, current)];
        free_of_charge = free_of_charge && e.count > 1;
        ++work_;
    }
    if (free_of_charge) return;

    candidates_.clear();
    for (std::uint32_t n : nets) {
        if (remove(n, current) || num_kept_ > 0) recount(n);
    }
    Node best = current;
    std::int64_t best_cost = 0;
    std::uint64_t ties = 0;
    for (std::uint32_t n : nets) {
        for (std::uint32_t i = 0; i < num_entries_[n]; ++i) {
            const Node node = entries_[first_entry_[n] + i].node;
            if (node == banned || !may_host(gate, node)) continue;
            if (std::find(candidates_.begin(), candidates_.end(), node) != candidates_.end()) {
                continue;
            }
            candidates_.push_back(node);
            std::int64_t extra = 0;
            for (std::uint32_t m : nets) {
                if (!present(m, node)) extra += cost_with(m, node) - net_cost_[m];
            }
            ++work_;
            if (ties == 0 || extra < best_cost) {
                best = node;
                best_cost = extra;
                ties = 1;
            } else if (extra == best_cost && random.below(++ties) == 0) {
                best = node;
            }
        }
    }
    for (std::uint32_t n : nets) {
        if (add(n, best) || num_kept_ > 0) recount(n);
    }
    if (best != current) journal_.push_back({Change::kSite, gate, current});
    sites_[gate] = best;
}

void Assignment::roll_back(std::size_t mark) {
    while (journal_.size() > mark) {
        const Change change = journal_.back();
        journal_.pop_back();
        switch (change.kind) {
            case Change::kHome:
                if (change.count > 1) {
                    const std::uint32_t begin = change.index / graph_->num_qubits;
                    change_homes(begin, begin + change.count, change.index % graph_->num_qubits,
                                 change.node);
                } else {
                    change_home(change.index, change.node);
                }
                break;
            case Change::kSite:
                change_site(change.index, change.node);
                break;
            case Change::kKept:
                change_keep(change.index, change.node, false);
                break;
            case Change::kReleased:
                change_keep(change.index, change.node, true);
                break;
        }
    }
}

Assignment::Snapshot Assignment::snapshot() const {
    Snapshot result{homes_, sites_, cost_, {}};
    for (std::uint32_t m = 0; num_kept_ > 0 && m < kept_.size(); ++m) {
        for (Node node : kept(m)) result.kept.emplace_back(m, node);
    }
    return result;
}

void Assignment::restore(const Snapshot& snapshot) {
    for (std::uint32_t m = 0; num_kept_ > 0 && m < kept_.size(); ++m) {
        while (kept_[m].size > 0) change_keep(m, kept_[m].nodes[0], false);
    }
    for (std::uint32_t i = 0; i < homes_.size(); ++i) {
        if (homes_[i] != snapshot.homes[i]) change_home(i, snapshot.homes[i]);
    }
    std::vector<std::pair<std::uint32_t, Node>> sites;
    for (std::uint32_t g = 0; g < sites_.size(); ++g) sites.emplace_back(g, snapshot.sites[g]);
    set_sites(sites);
    for (const auto& [middle, node] : snapshot.kept) change_keep(middle, node, true);
    journal_.clear();
}

}  // namespace carillon
