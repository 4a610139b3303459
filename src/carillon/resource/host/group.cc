// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/group.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>

namespace carillon::host {

namespace {

constexpr int kFirstTag = 1 << 16;  ///< below are the tags of everybody else
constexpr int kGroups = 4096;
constexpr int kWorld = kGroups, kNode = kGroups + 1, kWriters = kGroups + 2, kLiving = kGroups + 3;

std::vector<int> every(int ranks) {
    std::vector<int> all(static_cast<std::size_t>(ranks));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

/// Parent and children of place `at` in a binomial tree over `places`.
void binomial(const std::vector<int>& places, std::size_t at, int& parent,
              std::vector<int>& children) {
    for (std::size_t step = 1; step < places.size(); step *= 2) {
        if ((at & step) != 0) {
            parent = places[at - step];
            return;
        }
        if (at + step < places.size()) children.push_back(places[at + step]);
    }
}

}  // namespace

Group::Group(Ranks& ranks, std::vector<int> members, int id)
    : ranks_(&ranks), members_(std::move(members)), tag_(kFirstTag + id) {
    const auto here = std::find(members_.begin(), members_.end(), ranks.rank());
    if (here == members_.end()) return;
    index_ = static_cast<int>(here - members_.begin());
    // Binomial trees within the nodes, and one over their first members.
    std::map<int, std::vector<int>> nodes;
    std::vector<int> first;
    for (const int rank : members_) {
        std::vector<int>& of_node = nodes[ranks.node_of(rank)];
        if (of_node.empty()) first.push_back(rank);
        of_node.push_back(rank);
    }
    const std::vector<int>& mine = nodes[ranks.node_of(ranks.rank())];
    const auto at = std::find(mine.begin(), mine.end(), ranks.rank()) - mine.begin();
    binomial(mine, static_cast<std::size_t>(at), parent_, children_);
    if (at == 0) {
        const auto leader = std::find(first.begin(), first.end(), ranks.rank()) - first.begin();
        binomial(first, static_cast<std::size_t>(leader), parent_, children_);
    }
}

Group Group::world(Ranks& ranks) {
    return {ranks, every(ranks.size()), kWorld};
}

Group Group::living(Ranks& ranks) {
    std::vector<int> members = every(ranks.size());
    std::erase_if(members,
                  [&](int rank) { return std::ranges::binary_search(ranks.agreed_dead(), rank); });
    return {ranks, std::move(members), kLiving};
}

Group Group::node(Ranks& ranks) {
    std::vector<int> members;
    for (const int r : every(ranks.size()))
        if (ranks.node_of(r) == ranks.node_of(ranks.rank())) members.push_back(r);
    return {ranks, members, kNode};
}

Group Group::writers(Ranks& ranks) {
    std::vector<int> members;
    std::vector<int> seen;
    for (const int r : every(ranks.size())) {
        const int node = ranks.node_of(r);
        if (std::find(seen.begin(), seen.end(), node) != seen.end()) continue;
        seen.push_back(node);
        members.push_back(r);
    }
    return {ranks, members, kWriters};
}

/// Takes what the children have, in order, and hands the whole to the parent.
void Group::up(std::span<std::byte> bytes,
               const std::function<void(std::span<const std::byte>)>& add) {
    std::vector<std::byte> room(bytes.size());
    for (const int child : children_) {
        ranks_->receive(room, child, tag_);
        add(room);
    }
    if (parent_ >= 0) ranks_->send(bytes, parent_, tag_, Traffic::kControl);
}

void Group::down(std::span<std::byte> bytes) {
    if (parent_ >= 0) ranks_->receive(bytes, parent_, tag_);
    // The farthest child first: it has the most to hand on.
    std::vector<Ticket> sent;
    for (auto child = children_.rbegin(); child != children_.rend(); ++child)
        sent.push_back(ranks_->start_send(bytes, *child, tag_, Traffic::kControl));
    for (Ticket& ticket : sent) ranks_->finish(ticket);
}

void Group::barrier() {
    up({}, [](std::span<const std::byte>) {});
    down({});
}

void Group::broadcast(std::span<std::byte> bytes, int root) {
    if (root != 0) {  // by way of the tree's root
        if (index_ == root) ranks_->send(bytes, members_[0], tag_, Traffic::kControl);
        if (index_ == 0) ranks_->receive(bytes, rank_at(root), tag_);
    }
    down(bytes);
}

void Group::broadcast(std::vector<std::byte>& bytes, int root) {
    std::uint64_t size = bytes.size();
    broadcast(bytes_of(size), root);
    bytes.resize(size);
    broadcast(std::span<std::byte>(bytes), root);
}

template <class T>
void Group::sum_values(std::span<T> values) {
    up(std::as_writable_bytes(values), [&](std::span<const std::byte> other) {
        for (std::size_t k = 0; k < values.size(); ++k) {
            T value;
            std::memcpy(&value, other.data() + k * sizeof(T), sizeof(T));
            values[k] += value;
        }
    });
    down(std::as_writable_bytes(values));
}

void Group::sum(std::span<double> values) {
    sum_values(values);
}

void Group::sum(std::span<std::uint64_t> values) {
    sum_values(values);
}

double Group::most(double value) {
    up(bytes_of(value), [&](std::span<const std::byte> other) {
        double theirs = 0;
        std::memcpy(&theirs, other.data(), sizeof theirs);
        value = std::max(value, theirs);
    });
    down(bytes_of(value));
    return value;
}

std::vector<std::vector<std::byte>> Group::all_gather(std::span<const std::byte> bytes) {
    std::vector<std::uint64_t> sizes(members_.size());
    sizes[static_cast<std::size_t>(index_)] = bytes.size();
    sum(std::span<std::uint64_t>(sizes));
    std::vector<std::vector<std::byte>> all(members_.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
        all[k].resize(sizes[k]);
        if (static_cast<int>(k) == index_) std::copy(bytes.begin(), bytes.end(), all[k].begin());
        if (sizes[k] != 0) broadcast(std::span<std::byte>(all[k]), static_cast<int>(k));
    }
    return all;
}

void Group::agree(const std::string& error) {
    std::vector<std::uint64_t> wrong(members_.size());
    wrong[static_cast<std::size_t>(index_)] = error.empty() ? 0 : 1;
    sum(std::span<std::uint64_t>(wrong));
    const auto first = std::find(wrong.begin(), wrong.end(), 1U);
    if (first == wrong.end()) return;
    std::vector<std::byte> text;
    for (const char c : error) text.push_back(static_cast<std::byte>(c));
    broadcast(text, static_cast<int>(first - wrong.begin()));
    std::string message;
    for (const std::byte b : text) message += static_cast<char>(b);
    throw ResourceError(message);
}

}  // namespace carillon::host
