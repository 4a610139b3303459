// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// Some ranks and what they do together. All members call the same collectives in the same order;
/// data goes between the members of a node first, then between one member of each node.
///
/// Collectives are made of messages between two ranks, so that a group of survivors can go on where
/// others died: a death ends them with PeerLost on every member.
class Group {
  public:
    /// Args:
    ///     members: ranks, the same list on each of them; a member's index is its place.
    ///     id: tells groups apart whose messages could be taken for each other's, 0 to 4095; one
    ///         made after a failure needs a new one.
    Group(Ranks& ranks, std::vector<int> members, int id);

    static Group world(Ranks& ranks);
    /// All but those that the survivors agreed are dead.
    static Group living(Ranks& ranks);
    /// The ranks of this rank's node.
    static Group node(Ranks& ranks);
    /// The lowest rank of every node, which writes files.
    static Group writers(Ranks& ranks);

    Ranks& ranks() const { return *ranks_; }
    const std::vector<int>& members() const { return members_; }
    int size() const { return static_cast<int>(members_.size()); }
    /// This rank's place among the members, -1 when it is none.
    int index() const { return index_; }
    int rank_at(int index) const { return members_[static_cast<std::size_t>(index)]; }

    void barrier();
    /// From the member at `root` to all.
    void broadcast(std::span<std::byte> bytes, int root = 0);
    /// A text or anything of a size only the root knows.
    void broadcast(std::vector<std::byte>& bytes, int root = 0);
    /// Sums by place, the same bits on all members: members are added in a fixed order.
    void sum(std::span<double> values);
    void sum(std::span<std::uint64_t> values);
    /// Largest value of all.
    double most(double value);
    /// Bytes of every member by index, on all; sizes may differ.
    std::vector<std::vector<std::byte>> all_gather(std::span<const std::byte> bytes);
    /// All throw the error of the first member that has one: empty text means none. Ranks that
    /// checked something call it before they rely on each other.
    void agree(const std::string& error);

  private:
    template <class T>
    void sum_values(std::span<T> values);
    void up(std::span<std::byte> bytes, const std::function<void(std::span<const std::byte>)>& add);
    void down(std::span<std::byte> bytes);

    Ranks* ranks_;
    std::vector<int> members_;
    int index_ = -1;
    int tag_ = 0;
    int parent_ = -1;            ///< a rank; -1 for the root of the tree
    std::vector<int> children_;  ///< ranks, in the order they are added
};

}  // namespace carillon::host
