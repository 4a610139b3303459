// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/workload/partition/hypergraph.h"
#include "carillon/workload/placement/steiner.h"
#include "carillon/workload/placement/steiner_forest.h"

namespace carillon {

/// A placement while it is searched: homes per qubit and time slice, a site per gate, copies kept
/// through middles, and the exact cost in Bell pairs, kept up to date by every change.
///
/// A copy may be kept at a node although nothing else needs it there before the middle, or at the
/// home itself; the cost counts what that takes. legalise() turns such copies away.
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
    /// Whether the gate may be done there: anywhere, or only where an operand lives.
    bool may_host(std::uint32_t gate, Node node) const;
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
    /// In slices [begin, end).
    void set_homes(std::uint32_t begin, std::uint32_t end, std::uint32_t qubit, Node node);
    void set_site(std::uint32_t gate, Node node);
    /// Many at once: {gate, node}. Not journalled. The site of a gate with an embedded operand
    /// (a kept middle's) takes effect when no copies are kept through it any more.
    void set_sites(std::span<const std::pair<std::uint32_t, Node>> sites);
    /// Puts the gate where it costs least given all others, but not on `banned`; equal costs are
    /// drawn by lot.
    void improve_site(std::uint32_t gate, Random& random, Node banned = Hypergraph::kNone);

    /// Copies kept through a middle of the graph (an index), in no particular order.
    std::span<const Node> kept(std::uint32_t middle) const {
        return {kept_[middle].nodes.data(), kept_[middle].size};
    }
    /// Whether copies may be kept at all: there are middles, and memory for what they may need.
    bool can_keep() const { return can_keep_; }
    std::uint32_t num_kept() const { return num_kept_; }
    /// Whether copies are kept through the net, so that it needs none itself.
    bool is_kept(std::uint32_t net) const {
        if (!can_keep_) return false;
        const std::uint32_t middle = graph_->middle_of[net];
        return middle != Hypergraph::kNone && kept_[middle].size > 0;
    }
    /// Whether the gate is done at an operand's home and its kept copies, not at its site.
    bool embedded(std::uint32_t gate) const;
    /// Keeps a copy at `node` through a middle.
    /// Returns: whether that is possible: no middle next to it and no partner's net is kept, the
    ///     qubit has one home all the while, and not too many are kept already.
    bool keep(std::uint32_t middle, Node node);
    /// Keeps it no longer.
    void release(std::uint32_t middle, Node node);
    /// Releases all; the middle's gates are then done wherever they cost least.
    void release_all(std::uint32_t middle, Random& random);
    /// Releases copies at homes and copies that only the middle itself needs. On complete networks
    /// that never costs.
    void legalise();

    /// Takes back all changes since `mark` (a value of journal_size()).
    void roll_back(std::size_t mark);
    std::size_t journal_size() const { return journal_.size(); }
    void forget_journal() { journal_.clear(); }

    /// Homes, sites and kept copies to come back to.
    struct Snapshot {
        std::vector<Node> homes, sites;
        std::int64_t cost = 0;
        std::vector<std::pair<std::uint32_t, Node>> kept;  ///< {middle, node}, rising by middle
    };
    Snapshot snapshot() const;
    void restore(const Snapshot& snapshot);

    /// Steps of work done so far: what effort is counted in.
    std::uint64_t work() const { return work_ + steiner_->steps() / kSteinerStepsPerWork; }

  private:
    static constexpr std::uint32_t kAbsent = 0xffffffff;
    static constexpr std::uint64_t kSteinerStepsPerWork = 32;

    static constexpr std::size_t kMostKept = 8;  ///< copies kept through one middle

    struct Change {
        enum Kind : std::uint8_t { kHome, kSite, kKept, kReleased } kind;
        std::uint32_t index;
        Node node;                ///< the old one, or that of the copy
        std::uint32_t count = 1;  ///< kHome: slices from the index on
    };
    struct Kept {
        std::array<Node, kMostKept> nodes;
        std::uint32_t size = 0;
    };

    std::uint32_t find(std::uint32_t net, Node node) const;
    bool add(std::uint32_t net, Node node, std::uint32_t count = 1);
    bool remove(std::uint32_t net, Node node, std::uint32_t count = 1);
    void recount(std::uint32_t net);
    std::uint32_t cost_with(std::uint32_t net, Node node);
    void change_home(std::uint32_t index, Node node);
    void change_site(std::uint32_t gate, Node node);
    void change_homes(std::uint32_t begin, std::uint32_t end, std::uint32_t qubit, Node node);
    void pin(std::uint32_t net, Node from, Node to, std::uint32_t count = 1);
    std::span<const Node> kept_before(std::uint32_t net) const;
    std::uint32_t join_cost(std::uint32_t net);
    Node middle_home(std::uint32_t middle) const;
    void size_entries();
    void change_keep(std::uint32_t middle, Node node, bool on);
    void set_aside_sites(std::uint32_t middle, bool aside);
    bool one_home(std::uint32_t middle) const;
    void make_way(std::size_t slice, std::uint32_t qubit, Node node);
    bool release_idle(std::uint32_t middle);

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
    bool can_keep_ = false;
    std::uint32_t num_kept_ = 0;
    std::vector<Kept> kept_;  ///< by middle
    JoinCost join_;
    std::uint64_t work_ = 0;
    std::vector<std::uint32_t> nodes_;  ///< scratch
    std::vector<Node> candidates_;      ///< scratch
    std::vector<Node> held_;            ///< scratch
};

}  // namespace carillon
