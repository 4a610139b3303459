// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "carillon/workload/partition/assignment.h"

namespace carillon {

bool Assignment::embedded(std::uint32_t gate) const {
    if (num_kept_ == 0) return false;
    const auto nets = graph_->nets_of(graph_->gates[gate]);
    return std::any_of(nets.begin(), nets.end(), [this](std::uint32_t n) { return is_kept(n); });
}

/// Copies kept through the net right before, which the net begins with.
std::span<const Assignment::Node> Assignment::kept_before(std::uint32_t net) const {
    if (net == 0) return {};
    const std::uint32_t middle = graph_->middle_of[net - 1];
    return middle == Hypergraph::kNone ? std::span<const Node>{} : kept(middle);
}

/// What it costs to join `nodes_` to what the net begins with.
std::uint32_t Assignment::join_cost(std::uint32_t net) {
    const auto before = kept_before(net);
    if (before.empty()) return (*steiner_)(nodes_);
    held_.assign(1, home(slices_[net].first, graph_->nets[net].qubit));
    for (Node node : before) {
        if (node != held_[0]) held_.push_back(node);
    }
    if (steiner_->complete()) return static_cast<std::uint32_t>(nodes_.size() - held_.size());
    return join_(held_, nodes_);
}

Assignment::Node Assignment::middle_home(std::uint32_t middle) const {
    const std::uint32_t net = graph_->middles[middle].net;
    return home(slices_[net].first, graph_->nets[net].qubit);
}

/// Whether the qubit stays at home from the net before to the net after.
bool Assignment::one_home(std::uint32_t middle) const {
    const std::uint32_t net = graph_->middles[middle].net, qubit = graph_->nets[net].qubit;
    for (std::uint32_t t = slices_[net - 1].first; t < slices_[net + 1].second; ++t) {
        if (home(t, qubit) != home(t + 1, qubit)) return false;
    }
    return true;
}

bool Assignment::keep(std::uint32_t middle, Node node) {
    if (!can_keep_ || kept_[middle].size == kMostKept) return false;
    const auto now = kept(middle);
    if (std::find(now.begin(), now.end(), node) != now.end()) return false;
    const std::uint32_t net = graph_->middles[middle].net;
    if (now.empty()) {
        if (is_kept(net - 1) || is_kept(net + 1) || !one_home(middle)) return false;
        for (std::uint32_t g : graph_->gates_of_middle(middle)) {
            if (is_kept(graph_->partner(g, net))) return false;
        }
    }
    journal_.push_back({Change::kKept, middle, node});
    change_keep(middle, node, true);
    return true;
}

void Assignment::release(std::uint32_t middle, Node node) {
    journal_.push_back({Change::kReleased, middle, node});
    change_keep(middle, node, false);
}

void Assignment::release_all(std::uint32_t middle, Random& random) {
    if (kept_[middle].size == 0) return;
    while (kept_[middle].size > 0) release(middle, kept_[middle].nodes[kept_[middle].size - 1]);
    for (std::uint32_t g : graph_->gates_of_middle(middle)) {
        set_site(g, middle_home(middle));
        improve_site(g, random);
    }
}

/// The sites of the middle's gates count no longer, its home does for its partners; or the reverse.
void Assignment::set_aside_sites(std::uint32_t middle, bool aside) {
    const std::uint32_t net = graph_->middles[middle].net;
    const Node home = middle_home(middle);
    for (std::uint32_t g : graph_->gates_of_middle(middle)) {
        const std::uint32_t other = graph_->partner(g, net);
        if (aside) {
            remove(net, sites_[g]);
            remove(other, sites_[g]);
            add(other, home);
        } else {
            remove(other, home);
            add(net, sites_[g]);
            add(other, sites_[g]);
        }
    }
}

void Assignment::change_keep(std::uint32_t middle, Node node, bool on) {
    const std::uint32_t net = graph_->middles[middle].net;
    Kept& kept = kept_[middle];
    const auto gates = graph_->gates_of_middle(middle);
    if (on) {
        if (kept.size == 0) set_aside_sites(middle, true);
        kept.nodes[kept.size++] = node;
        ++num_kept_;
        add(net - 1, node);
        add(net + 1, node);
        for (std::uint32_t g : gates) add(graph_->partner(g, net), node);
    } else {
        *std::find(kept.nodes.begin(), kept.nodes.begin() + kept.size, node) =
            kept.nodes[kept.size - 1];
        --kept.size;
        --num_kept_;
        remove(net - 1, node);
        remove(net + 1, node);
        for (std::uint32_t g : gates) remove(graph_->partner(g, net), node);
        if (kept.size == 0) set_aside_sites(middle, false);
    }
    for (std::uint32_t n = net - 1; n <= net + 1; ++n) recount(n);
    for (std::uint32_t g : gates) recount(graph_->partner(g, net));
    work_ += gates.size() + 3;
}

/// Before a home becomes `node`: a copy kept there trades places with the home; copies around a
/// middle that would see two homes are released.
void Assignment::make_way(std::size_t slice, std::uint32_t qubit, Node node) {
    const auto first = slices_.begin() + graph_->first_net_of[qubit];
    const auto end = slices_.begin() + graph_->first_net_of[qubit + 1];
    auto net =
        std::partition_point(first, end, [slice](const auto& s) { return s.second < slice; });
    if (net != first) --net;  // a middle concerns the net before it and the one after it too
    for (; net != end && (net == first || (net - 1)->first <= slice); ++net) {
        const auto n = static_cast<std::uint32_t>(net - slices_.begin());
        if (!is_kept(n) || slices_[n - 1].first > slice || slices_[n + 1].second < slice) continue;
        const std::uint32_t middle = graph_->middle_of[n];
        if (slices_[n - 1].first < slices_[n + 1].second) {
            while (kept_[middle].size > 0) release(middle, kept_[middle].nodes[0]);
            continue;
        }
        const auto keeps = [&](Node copy) {
            const auto now = kept(middle);
            return std::find(now.begin(), now.end(), copy) != now.end();
        };
        if (!keeps(node)) continue;
        const Node old = home(slice, qubit);
        release(middle, node);
        if (!keeps(old)) {
            journal_.push_back({Change::kKept, middle, old});
            change_keep(middle, old, true);
        }
    }
}

/// Releases one copy that stands at home or that nothing but the middle asks for; whether there was
/// one.
bool Assignment::release_idle(std::uint32_t middle) {
    const Node home = middle_home(middle);
    const std::uint32_t before = graph_->middles[middle].net - 1;
    for (Node node : kept(middle)) {
        const Entry& e = entries_[first_entry_[before] + find(before, node)];
        if (node != home && e.count > 1) continue;
        if (kept_[middle].size == 1) {
            for (std::uint32_t g : graph_->gates_of_middle(middle)) set_site(g, home);
        }
        release(middle, node);
        return true;
    }
    return false;
}

void Assignment::legalise() {
    for (bool changed = num_kept_ > 0; changed;) {
        changed = false;
        for (std::uint32_t m = 0; m < kept_.size(); ++m) {
            while (release_idle(m)) changed = true;
        }
    }
}

}  // namespace carillon
