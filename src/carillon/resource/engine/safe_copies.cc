// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/safe_copies.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/host/checksum.h"

namespace carillon::engine {

namespace {

constexpr int kCopyTag = 3;

}  // namespace

bool Copies::Kept::sound() const {
    return part >= 0 && host::checksum(bytes) == checksum;
}

int Copies::partner_of(int part) const {
    return holders.size() > 1 ? part ^ static_cast<int>(holders.size() / 2) : part;
}

void Copies::keep(host::Ranks& ranks, std::span<const std::byte> part,
                  const std::function<void(int, std::span<std::byte>)>& after_copy) {
    const auto here = std::ranges::find(holders, ranks.rank());
    if (here == holders.end()) return;
    own.part = static_cast<int>(here - holders.begin());
    own.bytes.assign(part.begin(), part.end());
    own.checksum = host::checksum(own.bytes);
    const int other = partner_of(own.part);
    if (other != own.part) {
        partner.part = other;
        partner.bytes.resize(part.size());
        const int rank = holders[static_cast<std::size_t>(other)];
        // The sum goes with the bytes: what is damaged on the way is found as well.
        std::vector<host::Ticket> tickets;
        tickets.push_back(ranks.start_receive(host::bytes_of(partner.checksum), rank, kCopyTag));
        tickets.push_back(ranks.start_receive(partner.bytes, rank, kCopyTag));
        tickets.push_back(ranks.start_send(host::bytes_of(std::as_const(own.checksum)), rank,
                                           kCopyTag, host::Traffic::kCheckpoint));
        tickets.push_back(ranks.start_send(own.bytes, rank, kCopyTag, host::Traffic::kCheckpoint));
        for (host::Ticket& ticket : tickets) ranks.finish(ticket);
    }
    if (!after_copy) return;
    after_copy(ranks.rank(), own.bytes);
    after_copy(ranks.rank(), partner.bytes);
}

const Copies::Kept* Copies::find(int part) const {
    for (const Kept* kept : {&own, &partner})
        if (kept->part == part && kept->sound()) return kept;
    return nullptr;
}

Placing place_copies(host::Group& group, const Copies& copies) {
    const std::size_t parts = copies.holders.size();
    const auto members = static_cast<std::size_t>(group.size());
    // By part and member: has a sound copy; and damaged ones.
    std::vector<std::uint64_t> has(parts * members + 1);
    const auto me = static_cast<std::size_t>(group.index());
    for (const Copies::Kept* kept : {&copies.own, &copies.partner}) {
        if (kept->part < 0) continue;
        if (kept->sound())
            has[static_cast<std::size_t>(kept->part) * members + me] = kept == &copies.own ? 2 : 1;
        else
            ++has.back();
    }
    group.sum(std::span<std::uint64_t>(has));
    Placing placing;
    placing.mended = has.back();
    for (std::size_t part = 0; part < parts; ++part) {
        int source = -1;
        std::uint64_t best = 0;
        for (std::size_t m = 0; m < members; ++m)
            if (has[part * members + m] > best) {
                best = has[part * members + m];
                source = group.rank_at(static_cast<int>(m));
            }
        if (source < 0)
            throw ResourceError("no sound copy of part " + std::to_string(part) +
                                " of the state is left: the ranks that had it and its partner's "
                                "are dead, or their copies are damaged");
        placing.source.push_back(source);
    }
    const auto alive = [&](int rank) {
        return std::ranges::find(group.members(), rank) != group.members().end();
    };
    std::vector<int> spares;
    for (const int rank : group.members())
        if (std::ranges::find(copies.holders, rank) == copies.holders.end()) spares.push_back(rank);
    const auto dead = static_cast<std::size_t>(
        std::ranges::count_if(copies.holders, [&](int rank) { return !alive(rank); }));
    placing.holders = copies.holders;
    if (dead <= spares.size()) {
        auto spare = spares.begin();
        for (int& rank : placing.holders)
            if (!alive(rank)) rank = *spare++;
        return placing;
    }
    placing.holders.resize(parts / 2);
    for (std::size_t part = 0; part < parts / 2; ++part)
        if (!alive(placing.holders[part])) placing.holders[part] = copies.holders[part + parts / 2];
    return placing;
}

void bring_copies(host::Ranks& ranks, const Copies& copies, const Placing& placing,
                  std::span<std::byte> to) {
    std::vector<host::Ticket> tickets;
    const std::size_t halves = copies.holders.size() / placing.holders.size();
    const std::size_t bytes = to.size() / halves;
    for (std::size_t part = 0; part < copies.holders.size(); ++part) {
        const int target = placing.holders[placing.new_part(part)], source = placing.source[part];
        const std::span<std::byte> place = target == ranks.rank()
                                               ? to.subspan(placing.place(part) * bytes, bytes)
                                               : std::span<std::byte>{};
        if (source != ranks.rank()) {
            if (target == ranks.rank())
                tickets.push_back(ranks.start_receive(place, source, kCopyTag));
            continue;
        }
        const Copies::Kept* kept = copies.find(static_cast<int>(part));
        if (target == ranks.rank())
            std::ranges::copy(kept->bytes, place.begin());
        else
            tickets.push_back(
                ranks.start_send(kept->bytes, target, kCopyTag, host::Traffic::kCheckpoint));
    }
    for (host::Ticket& ticket : tickets) ranks.finish(ticket);
}

}  // namespace carillon::engine
