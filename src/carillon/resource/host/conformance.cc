// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/conformance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "carillon/resource/host/group.h"

namespace carillon::host {

namespace {

using Bytes = std::vector<std::byte>;

void require(bool fact, const std::string& rule) {
    if (!fact) throw InternalError("ranks do not conform: " + rule);
}

/// Bytes that tell sender, receiver and place.
Bytes pattern(std::size_t size, int from, int to, int number) {
    Bytes bytes(size);
    std::uint32_t state = static_cast<std::uint32_t>(from * 7919 + to * 104729 + number * 31 + 1);
    for (std::byte& b : bytes) {
        state = state * 1664525U + 1013904223U;
        b = static_cast<std::byte>(state >> 24);
    }
    return bytes;
}

void check_order(Ranks& ranks) {
    constexpr int kMessages = 20, kTag = 3;
    std::vector<int> values(kMessages);
    std::iota(values.begin(), values.end(), ranks.rank() * 1000);
    std::vector<Ticket> tickets;
    for (int to = 0; to < ranks.size(); ++to)
        for (const int& value : values)
            tickets.push_back(ranks.start_send(bytes_of(value), to, kTag, Traffic::kControl));
    for (int from = 0; from < ranks.size(); ++from)
        for (int k = 0; k < kMessages; ++k) {
            int value = -1;
            ranks.receive(bytes_of(value), from, kTag);
            require(value == from * 1000 + k, "messages with one tag come in order");
        }
    for (Ticket& ticket : tickets) ranks.finish(ticket);
}

/// Two tags may be received in another order than sent, and all pairs may send at once.
void check_tags_and_sizes(Ranks& ranks, std::size_t large) {
    const std::vector<std::size_t> sizes{0, 1, 7, 4096, 65537, large - 1, large, large + 1};
    const int left = (ranks.rank() + ranks.size() - 1) % ranks.size();
    const int right = (ranks.rank() + 1) % ranks.size();
    for (const std::size_t size : sizes) {
        const Bytes first = pattern(size, ranks.rank(), right, 1);
        const Bytes second = pattern(size / 2, ranks.rank(), right, 2);
        Ticket a = ranks.start_send(first, right, 11, Traffic::kState);
        Ticket b = ranks.start_send(second, right, 12, Traffic::kState);
        Bytes other(size / 2), one(size);
        ranks.receive(other, left, 12);
        ranks.receive(one, left, 11);
        ranks.finish(a);
        ranks.finish(b);
        require(one == pattern(size, left, ranks.rank(), 1) &&
                    other == pattern(size / 2, left, ranks.rank(), 2),
                "messages arrive as they were sent, whatever their size and order");
    }
}

void check_poll(Ranks& ranks, std::size_t large) {
    constexpr int kTag = 21, kOther = 22;
    require(!ranks.poll(kTag), "poll finds nothing when nothing was sent");
    Group::world(ranks).barrier();
    std::vector<Bytes> sent;
    std::vector<Ticket> tickets;
    for (int to = 0; to < ranks.size(); ++to)
        for (const std::size_t size : {std::size_t{5}, large, std::size_t{0}})
            sent.push_back(pattern(size, ranks.rank(), to, static_cast<int>(size)));
    for (std::size_t k = 0; k < sent.size(); ++k)
        tickets.push_back(ranks.start_send(sent[k], static_cast<int>(k / 3), kTag, Traffic::kWork));
    std::vector<int> seen(static_cast<std::size_t>(ranks.size()));
    for (int k = 0; k < 3 * ranks.size(); ++k) {
        const Arrival arrival = ranks.next(kTag);
        const int turn = seen[static_cast<std::size_t>(arrival.from)]++;
        const std::size_t size = turn == 0 ? 5 : turn == 1 ? large : 0;
        require(arrival.bytes == pattern(size, arrival.from, ranks.rank(), static_cast<int>(size)),
                "poll takes messages of unknown size in order");
    }
    for (Ticket& ticket : tickets) ranks.finish(ticket);
    require(!ranks.poll(kOther) && !ranks.poll(kTag), "poll leaves nothing behind");
}

void check_wrong_size(Ranks& ranks) {
    constexpr int kTag = 31;
    Group::world(ranks).barrier();
    for (const std::size_t size : {9, 7}) {
        const Bytes sent(8);
        Ticket ticket = ranks.start_send(sent, ranks.rank(), kTag, Traffic::kControl);
        Bytes room(size);
        bool refused = false;
        try {
            ranks.receive(room, ranks.rank(), kTag);
        } catch (const InternalError&) {
            refused = true;
        }
        ranks.finish(ticket);
        require(refused, "a message of another size than expected is an error");
    }
}

/// Values of member `index` for the sums below: their sum depends on the order of the additions.
double summand(int rank, std::size_t place) {
    return std::sin(1.0 + rank) * std::pow(10.0, rank % 5) + static_cast<double>(place);
}

void check_collectives(Group& group, std::size_t large) {
    const int root = group.size() - 1;
    Bytes bytes(large);
    if (group.index() == root) bytes = pattern(large, root, 0, 7);
    group.broadcast(std::span<std::byte>(bytes), root);
    require(bytes == pattern(large, root, 0, 7), "broadcast brings the root's bytes to all");

    std::vector<double> values(100);
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = summand(group.ranks().rank(), k);
    group.sum(std::span<double>(values));
    double expected = 0;
    for (const int rank : group.members()) expected += summand(rank, 42);
    require(std::abs(values[42] - expected) <= 1e-9 * (1 + std::abs(expected)), "sum adds");

    const auto all = group.all_gather(std::as_bytes(std::span<double>(values)));
    require(
        std::all_of(all.begin(), all.end(), [&](const Bytes& other) { return other == all[0]; }),
        "a sum has the same bits on all members");

    const auto mine = static_cast<std::size_t>(group.ranks().rank());
    const auto gathered = group.all_gather(pattern(mine * 3, group.ranks().rank(), 0, 9));
    for (int k = 0; k < group.size(); ++k) {
        const int rank = group.rank_at(k);
        require(gathered[static_cast<std::size_t>(k)] ==
                    pattern(static_cast<std::size_t>(rank) * 3, rank, 0, 9),
                "all_gather brings the bytes of all, whatever their sizes");
    }
    const int highest = *std::max_element(group.members().begin(), group.members().end());
    require(group.most(group.ranks().rank()) == highest, "most is the largest value");
    const int lowest = *std::min_element(group.members().begin(), group.members().end());
    require(group.most(-1.0 - group.ranks().rank()) == -1.0 - lowest,
            "most is the largest of negative values too");
}

void check_agree(Group& group) {
    group.agree("");
    const int bad = group.size() / 2;
    std::string caught;
    try {
        group.agree(group.index() >= bad ? "wrong at " + std::to_string(group.index()) : "");
    } catch (const ResourceError& error) {
        caught = error.what();
    }
    require(caught == "wrong at " + std::to_string(bad), "all throw the first member's error");
}

void check_groups(Ranks& ranks, std::size_t large) {
    Group world = Group::world(ranks);
    check_collectives(world, large);
    check_agree(world);
    Group node = Group::node(ranks);
    check_collectives(node, 1000);
    Group writers = Group::writers(ranks);
    if (writers.index() >= 0) check_collectives(writers, 1000);
    std::vector<int> odd;
    for (int r = ranks.size() - 1; r >= 0; --r)
        if (r % 2 == 1 || ranks.size() < 3) odd.push_back(r);
    Group some(ranks, odd, 5);
    if (some.index() >= 0) check_collectives(some, 77);
    require(ranks.node_of(0) == 0, "the node of rank 0 is node 0");
}

void check_window(Ranks& ranks) {
    constexpr std::size_t kPerRank = 1 << 16;
    const std::size_t own = kPerRank * static_cast<std::size_t>(1 + ranks.rank() % 3);
    const auto window = ranks.open_window(own);
    Group node = Group::node(ranks);
    require(window->own().size() == own, "a window has the size that was asked for");
    require(std::all_of(window->own().begin(), window->own().end(),
                        [](std::byte b) { return b == std::byte{0}; }),
            "a window is zero at first");
    node.barrier();
    for (int r = 0; r < ranks.size(); ++r) {
        const auto part = window->of(r);
        if (ranks.node_of(r) != ranks.node_of(ranks.rank()))
            require(part.empty(), "windows end at the node's bounds");
        else
            part[static_cast<std::size_t>(ranks.rank())] = static_cast<std::byte>(ranks.rank() + 1);
    }
    node.barrier();
    for (const int r : node.members())
        require(window->own()[static_cast<std::size_t>(r)] == static_cast<std::byte>(r + 1),
                "what another rank of the node wrote is there");
    node.barrier();
}

void check_window_pages(Ranks& ranks) {
    constexpr std::size_t kHuge = std::size_t{1} << 36;  // more than a machine that tests has
    const auto window = ranks.open_window(kHuge);
    Group node = Group::node(ranks);
    window->own()[kHuge - 1] = std::byte{7};
    node.barrier();
    for (const int r : node.members())
        require(window->of(r)[kHuge - 1] == std::byte{7}, "pages are only taken when touched");
    node.barrier();
}

void check_counter(Ranks& ranks) {
    constexpr int kTurns = 50;
    const auto counter = ranks.open_counter();
    Bytes drawn;
    for (int k = 0; k < kTurns; ++k) {
        const std::int64_t value = counter->fetch_add(2);
        drawn.insert(drawn.end(), bytes_of(value).begin(), bytes_of(value).end());
    }
    std::set<std::int64_t> all;
    for (const Bytes& bytes : Group::world(ranks).all_gather(drawn))
        for (int k = 0; k < kTurns; ++k) {
            std::int64_t value = 0;
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(k * sizeof value), sizeof value,
                        bytes_of(value).begin());
            all.insert(value);
        }
    require(all.size() == static_cast<std::size_t>(kTurns * ranks.size()) && *all.begin() == 0 &&
                *all.rbegin() == 2 * (kTurns * ranks.size() - 1),
            "no two ranks draw the same number from a counter");
    Group::world(ranks).barrier();
}

void check_traffic(Ranks& ranks) {
    const auto state = [&] { return ranks.traffic()[static_cast<std::size_t>(Traffic::kState)]; };
    const TrafficCount before = state();
    const Bytes bytes(1000);
    Bytes room(1000);
    Ticket ticket = ranks.start_send(bytes, ranks.rank(), 41, Traffic::kState);
    ranks.receive(room, ranks.rank(), 41);
    ranks.finish(ticket);
    require(state().messages == before.messages + 1 && state().bytes == before.bytes + 1000,
            "what is sent is counted by kind");
}

}  // namespace

void check_conformance(Ranks& ranks, std::size_t large) {
    check_order(ranks);
    check_tags_and_sizes(ranks, large);
    check_poll(ranks, large);
    check_wrong_size(ranks);
    check_groups(ranks, large);
    check_window(ranks);
    check_window_pages(ranks);
    check_counter(ranks);
    check_traffic(ranks);
    Group::world(ranks).barrier();
}

}  // namespace carillon::host
