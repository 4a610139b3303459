// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/workload/partition/hypergraph.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// A placement while it is searched: homes per qubit and time slice, a site per gate, and the exact
/// cost in Bell pairs, kept up to date by every change.
///
/// Time is cut into slices by rising positions `cuts`: slice t has the homes after all moves at
/// cuts[t - 1], slice 0 those at the start. Without cuts the placement is static.
class Assignment {
  public:
    using Node = std::uint32_t;

    /// Args:
    ///     capacity: by node, qubits that may live there; 0 for a node that hosts nothing.
    ///     homes: by slice and qubit; they must fit.
    /// Sites start at the home of each gate's first operand.
    Assignment(const Hypergraph& graph, SteinerCost& steiner, std::vector<std::uint32_t> capacity,
               std::vector<std::uint32_t> cuts, std::vector<Node> homes);

    const Hypergraph& graph() const { return *graph_; }
    SteinerCost& steiner() const { return *steiner_; }
    std::size_t num_nodes() const { return capacity_.size(); }
    std::size_t num_slices() const { return cuts_.size() + 1; }
    const std::vector<std::uint32_t>& cuts() const { return cuts_; }
    std::int64_t cost() const { return cost_; }

    Node home(std::size_t slice, std::uint32_t qubit) const {
        return homes_[slice * graph_->num_qubits + qubit];
    }
    std::uint32_t room(std::size_t slice, Node node) const {
        return capacity_[node] - used_[slice * capacity_.size() + node];
    }
    Node site(std::uint32_t gate) const { return sites_[gate]; }
    const std::vector<Node>& homes() const { return homes_; }
    const std::vector<Node>& sites() const { return sites_; }
    const std::vector<std::uint32_t>& capacity() const { return capacity_; }

    /// First and last slice whose home is part of the net.
    std::uint32_t first_slice(std::uint32_t net) const { return slices_[net].first; }
    std::uint32_t last_slice(std::uint32_t net) const { return slices_[net].second; }
    /// Whether the net needs a copy (or the qubit itself) on `node`.
    bool present(std::uint32_t net, Node node) const { return find(net, node) != kAbsent; }
    /// Distinct nodes the net needs, in no particular order.
    struct Entry {
        Node node;
        std::uint32_t count;  ///< gates and homes there
    };
    std::span<const Entry> entries(std::uint32_t net) const {
        return {entries_.data() + first_entry_[net], num_entries_[net]};
    }

    /// Capacity may be exceeded on the way; the caller sees to it that it holds in the end.
    void set_home(std::size_t slice, std::uint32_t qubit, Node node);
    void set_site(std::uint32_t gate, Node node);
    /// Many at once: {gate, node}. Not journalled.
    void set_sites(std::span<const std::pair<std::uint32_t, Node>> sites);
    /// Puts the gate where it costs least given all others, but not on `banned`; equal costs are
    /// drawn by lot.
    void improve_site(std::uint32_t gate, Random& random, Node banned = Hypergraph::kNone);
    /// Takes back all changes since `mark` (a value of journal_size()).
    void roll_back(std::size_t mark);
    std::size_t journal_size() const { return journal_.size(); }
    void forget_journal() { journal_.clear(); }

    /// Homes and sites to come back to.
    struct Snapshot {
        std::vector<Node> homes, sites;
        std::int64_t cost = 0;
    };
    Snapshot snapshot() const { return {homes_, sites_, cost_}; }
    void restore(const Snapshot& snapshot);

    /// Steps of work done so far: what effort is counted in.
    std::uint64_t work() const { return work_ + steiner_->steps() / kSteinerStepsPerWork; }

  private:
    static constexpr std::uint32_t kAbsent = 0xffffffff;
    static constexpr std::uint64_t kSteinerStepsPerWork = 32;

    struct Change {
        bool home;
        std::uint32_t index;
        Node old;
    };

    std::uint32_t find(std::uint32_t net, Node node) const;
    void add(std::uint32_t net, Node node);
    void remove(std::uint32_t net, Node node);
    void recount(std::uint32_t net);
    std::uint32_t cost_with(std::uint32_t net, Node node);
    void change_home(std::uint32_t index, Node node);
    void change_site(std::uint32_t gate, Node node);

    const Hypergraph* graph_;
    SteinerCost* steiner_;
    std::vector<std::uint32_t> capacity_, cuts_;
    std::vector<Node> homes_, sites_;
    std::vector<std::uint32_t> used_;  ///< by slice and node
    std::vector<std::pair<std::uint32_t, std::uint32_t>> slices_;
    std::vector<std::uint64_t> first_entry_;
    std::vector<std::uint32_t> num_entries_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> net_cost_;
    std::int64_t cost_ = 0;
    std::vector<Change> journal_;
    std::uint64_t work_ = 0;
    std::vector<std::uint32_t> nodes_;  ///< scratch
    std::vector<Node> candidates_;      ///< scratch
};

}  // namespace carillon
