// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/holders.h"

#include <algorithm>
#include <string>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/classical_flow.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// Key of a copy in service_.
static std::uint64_t copy_key(QubitId w, QpuId qpu) {
    return std::uint64_t{w.value} << 32 | qpu.value;
}

Holders::Holders(const Circuit& lowered, const Network& network, const Topology& topology,
                 const Interactions& interactions, const Placement& placement, const Uses& uses,
                 ProgramEmitter& emitter, const CopyLimits& limits)
    : network_(network),
      topology_(topology),
      interactions_(interactions),
      uses_(uses),
      emitter_(emitter),
      moves_(lowered.num_qubits),
      wires_(lowered.num_qubits),
      next_comm_(network.nodes.size()),
      limits_(limits),
      limited_(limits.gates > 0 || limits.clock) {
    for (const Node& node : network.nodes)
        occupant_.emplace_back(node.data_qubits + node.comm_qubits, kFree);
    gate_done_.resize(interactions.gates.size());
    for (const Move& m : placement.moves) moves_[static_cast<std::size_t>(m.qubit)].push_back(m);
    for (std::size_t w = 0; w < wires_.size(); ++w) {
        const QpuId qpu = placement.home[w];
        const LocalQubit slot = free_data(qpu);
        if (slot == kFree)
            throw InternalError("placement puts more qubits on " + network.node(qpu).name +
                                " than it has");
        wires_[w].home = {qpu, slot};
        occupant(wires_[w].home) = static_cast<std::uint32_t>(w);
    }
}

std::optional<LocalQubit> Holders::at(QubitId w, QpuId qpu) const {
    const WireState& state = wires_[static_cast<std::size_t>(w)];
    if (state.home.qpu == qpu) return state.home.qubit;
    for (const Location& copy : state.copies)
        if (copy.qpu == qpu) return copy.qubit;
    return std::nullopt;
}

// --- later uses
// ------------------------------------------------------------------------------------------------------

Holders::SegmentState& Holders::segment_state(std::uint32_t segment) {
    const auto [it, fresh] = segments_.try_emplace(segment);
    if (fresh) {
        for (const std::uint32_t gate : interactions_.segments[segment].gates)
            if (!gate_done_[gate])
                uses_.visit_sites(gate, segment, [&](QpuId qpu) { ++it->second.uses[qpu.value]; });
    }
    return it->second;
}

void Holders::start_gate(std::uint32_t interaction, std::span<const QpuId> sites,
                         QubitId yielding) {
    running_.clear();
    sites_.assign(sites.begin(), sites.end());
    yielding_ = yielding;
    for (const std::uint32_t s : interactions_.gates[interaction].segments) {
        enter(s);
        SegmentState& state = segment_state(s);
        uses_.visit_sites(interaction, s, [&](QpuId qpu) { --state.uses[qpu.value]; });
        running_.push_back(interactions_.segments[s].qubit.value);
    }
    gate_done_[interaction] = true;
}

/// From now on the wire is in segment `s`.
void Holders::enter(std::uint32_t s) {
    const Segment& segment = interactions_.segments[s];
    WireState& state = wire(segment.qubit);
    if (state.segment == s) return;
    if (state.segment != kNever) segments_.erase(state.segment);
    state.segment = s;
    state.arriving.clear();
    if (segment.block != BlockId{0}) return;
    const auto& own = moves_[static_cast<std::size_t>(segment.qubit)];
    const auto first = std::partition_point(
        own.begin(), own.end(), [&](const Move& m) { return m.position < segment.begin; });
    for (auto it = first; it != own.end() && it->position <= segment.end; ++it)
        state.arriving.push_back(it->to);
    std::ranges::reverse(state.arriving);
}

void Holders::enter_with_copies(std::uint32_t s) {
    enter(s);
    const QubitId w = interactions_.segments[s].qubit;
    if (!topology_.complete() && !wire(w).copies.empty()) plan_routes(w, segment_state(s));
    close_unneeded(w);
}

/// The segment of the program's own block that a move falls into: its gates may still want the
/// wire at the home that it leaves.
void Holders::enter_segment_of(const Move& move) {
    const auto& own = interactions_.of_qubit[static_cast<std::size_t>(move.qubit)];
    const auto after = std::partition_point(own.begin(), own.end(), [&](std::uint32_t s) {
        return interactions_.segments[s].begin <= move.position;
    });
    enter(*std::prev(after));
}

void Holders::finish_gate() {
    if (limited_)
        for (const std::uint32_t w : running_)
            for (const QpuId site : sites_) ++service_[copy_key(QubitId{w}, site)].gates;
    for (const std::uint32_t w : running_) close_unneeded(QubitId{w});
    running_.clear();
    sites_.clear();
    yielding_ = {};
}

void Holders::close_unneeded(QubitId w) {
    auto& copies = wire(w).copies;
    for (std::size_t c = copies.size(); c-- > 0;)
        if (!needed_later(w, copies[c].qpu)) close(w, c);
}

bool Holders::needed_later(QubitId w, QpuId qpu) {
    const WireState& state = wire(w);
    if (state.segment == kNever) return false;
    if (std::ranges::find(state.arriving, qpu) != state.arriving.end()) return true;
    const SegmentState& segment = segment_state(state.segment);
    const auto own = segment.uses.find(qpu.value);
    if (own != segment.uses.end() && own->second > 0) return true;
    if (uses_.any_kept()) {
        if (uses_.keeps(state.segment, qpu)) return true;
        const std::uint32_t next = uses_.after(state.segment);
        if (next != Uses::kNone && uses_.keeps(next, qpu)) return true;
    }
    return !segment.routes.empty() && relays(w, segment, qpu);
}

/// Whether some place that wants the wire later is to be reached from its holder at `qpu`.
bool Holders::relays(QubitId w, const SegmentState& segment, QpuId qpu) const {
    const auto hangs_here = [&](QpuId site) {
        if (at(w, site)) return false;
        for (QpuId node = segment.routes.parent(site); node.valid();
             node = segment.routes.parent(node))
            if (node == qpu || at(w, node)) return node == qpu;
        return false;
    };
    for (const auto& [site, count] : segment.uses)
        if (count > 0 && hangs_here(QpuId{site})) return true;
    return std::ranges::any_of(wires_[static_cast<std::size_t>(w)].arriving, hangs_here);
}

/// The operation that needs the copy of `w` at `qpu` next, kNever if none does.
std::uint32_t Holders::next_use(QubitId w, QpuId qpu) {
    const WireState& state = wire(w);
    if (state.segment == kNever) return kNever;
    std::uint32_t s = state.segment;
    std::uint32_t& first = segment_state(s).first_open;
    const auto& own = interactions_.segments[s].gates;
    while (first < own.size() && gate_done_[own[first]]) ++first;
    for (std::size_t from = first;;) {
        for (const std::uint32_t gate : std::span(interactions_.segments[s].gates).subspan(from)) {
            if (gate_done_[gate]) continue;
            bool here = false;
            uses_.visit_sites(gate, s, [&](QpuId site) { here |= site == qpu; });
            if (here) return interactions_.gates[gate].operation;
        }
        if (!uses_.any_kept()) return kNever;
        const std::uint32_t next = uses_.after(s);
        if (next == Uses::kNone || !(uses_.keeps(s, qpu) || uses_.keeps(next, qpu))) return kNever;
        s = next;
        from = 0;
    }
}

// --- communication qubits
// ----------------------------------------------------------------------------------------------

bool Holders::pinned(std::uint32_t w, QpuId qpu) const {
    if (w == kBusy || w == routed_ || wires_[w].frozen > 0) return true;
    return w != yielding_.value && std::ranges::find(sites_, qpu) != sites_.end() &&
           std::ranges::find(running_, w) != running_.end();
}

/// The communication qubit of `qpu` whose copy may be closed and is needed last, or kFree.
std::uint32_t Holders::find_victim(QpuId qpu) {
    const Node& node = network_.node(qpu);
    const auto& held = occupant_[static_cast<std::size_t>(qpu)];
    const std::uint32_t next = next_comm_[static_cast<std::size_t>(qpu)];
    std::uint32_t victim = kFree, latest = 0;
    for (std::uint32_t k = 0; k < node.comm_qubits; ++k) {
        const std::uint32_t c = node.data_qubits + (next + k) % node.comm_qubits;
        if (held[c] == kFree || pinned(held[c], qpu) || wires_[held[c]].home == Location{qpu, c})
            continue;
        const std::uint32_t use = held[c] == yielding_.value ? 0 : next_use(QubitId{held[c]}, qpu);
        if (victim == kFree || use > latest) victim = c, latest = use;
    }
    return victim;
}

/// Closes the copy in communication qubit `victim`.
void Holders::evict(QpuId qpu, LocalQubit victim) {
    const QubitId w{occupant({qpu, victim})};
    auto& copies = wire(w).copies;
    for (std::size_t c = 0; c < copies.size(); ++c)
        if (copies[c] == Location{qpu, victim}) {
            if (needed_later(w, qpu)) ++evictions_;
            return close(w, c);
        }
}

LocalQubit Holders::take_comm(QpuId qpu) {
    const Node& node = network_.node(qpu);
    auto& held = occupant_[static_cast<std::size_t>(qpu)];
    std::uint32_t& next = next_comm_[static_cast<std::size_t>(qpu)];
    for (std::uint32_t k = 0; k < node.comm_qubits; ++k) {
        const std::uint32_t c = node.data_qubits + (next + k) % node.comm_qubits;
        if (held[c] != kFree) continue;
        held[c] = kBusy;
        next = c - node.data_qubits + 1;
        return c;
    }
    const std::uint32_t victim = find_victim(qpu);
    if (victim == kFree)
        throw InputError(
            "QPU " + node.name + " has " + std::to_string(node.comm_qubits) +
            " communication qubit(s), all needed at once by one operation; give it more (comm=" +
            std::to_string(node.comm_qubits + 1) + ")");
    evict(qpu, victim);
    held[victim] = kBusy;
    return victim;
}

std::size_t Holders::free_comm(QpuId qpu) const {
    const auto& held = occupant_[static_cast<std::size_t>(qpu)];
    return static_cast<std::size_t>(
        std::count(held.begin() + network_.node(qpu).data_qubits, held.end(), kFree));
}

void Holders::give_back(QpuId qpu, LocalQubit qubit) {
    occupant({qpu, qubit}) = kFree;
}

// --- cat copies
// ----------------------------------------------------------------------------------------------------------

/// A copy begins with the X that corrects it, or when it was carried or swapped there.
void Holders::begin_service(QubitId w, Location copy, bool corrected) {
    if (!limited_) return;
    Time since;
    if (limits_.clock) since = limits_.clock->ready(copy);
    if (corrected) since = since - Time::from_ns(network_.node(copy.qpu).durations.one_qubit_ns);
    service_[copy_key(w, copy.qpu)] = {0, since};
}

/// When the running gate can start, as far as its operands have holders at its sites.
Time Holders::gate_start() const {
    Time start;
    for (const std::uint32_t w : running_) {
        start = std::max(start, limits_.clock->ready(wires_[w].home));
        for (const Location& copy : wires_[w].copies)
            if (std::ranges::find(sites_, copy.qpu) != sites_.end())
                start = std::max(start, limits_.clock->ready(copy));
    }
    return start;
}

/// Whether a gate that starts then, and the H before the measurement that closes the copy, end too
/// late for it.
bool Holders::expired(QubitId w, Location copy, Time start) const {
    const Time most = limits_.times[static_cast<std::size_t>(copy.qpu)];
    if (most.ps <= 0) return false;
    const auto service = service_.find(copy_key(w, copy.qpu));
    if (service == service_.end() || service->second.gates == 0) return false;
    const Durations& d = network_.node(copy.qpu).durations;
    const Time end = start + Time::from_ns(d.two_qubit_ns) + Time::from_ns(d.one_qubit_ns);
    return end - service->second.since > most;
}

bool Holders::close_expired() {
    if (!limits_.clock) return false;
    const Time start = gate_start();
    bool any = false;
    for (const std::uint32_t w : running_) {
        if (wires_[w].frozen > 0) continue;
        const auto& copies = wires_[w].copies;
        for (std::size_t c = copies.size(); c-- > 0;) {
            if (!expired(QubitId{w}, copies[c], start)) continue;
            if (needed_later(QubitId{w}, copies[c].qpu) ||
                std::ranges::find(sites_, copies[c].qpu) != sites_.end())
                ++evictions_;
            close(QubitId{w}, c);
            any = true;
        }
    }
    return any;
}

void Holders::retire(QubitId w, QpuId qpu) {
    if (limits_.gates == 0 || service_[copy_key(w, qpu)].gates < limits_.gates) return;
    auto& copies = wire(w).copies;
    for (std::size_t c = copies.size(); c-- > 0;)
        if (copies[c].qpu == qpu) {
            close(w, c);
            ++evictions_;
        }
}

/// Whether a communication qubit is free or holds a copy that nothing needs any more.
bool Holders::has_spare_comm(QpuId qpu) {
    const auto& held = occupant_[static_cast<std::size_t>(qpu)];
    for (std::uint32_t c = network_.node(qpu).data_qubits; c < held.size(); ++c) {
        if (held[c] == kFree) return true;
        if (held[c] != kBusy && wires_[held[c]].home != Location{qpu, c} &&
            !needed_later(QubitId{held[c]}, qpu))
            return true;
    }
    return false;
}

Holders::Opening Holders::opening(std::uint32_t segment, QpuId site) {
    const QubitId w = interactions_.segments[segment].qubit;
    if (at(w, site)) return {};
    Opening result;
    result.evictions = (has_spare_comm(site) ? 0 : 1) + (has_spare_comm(home(w).qpu) ? 0 : 1);
    enter(segment);
    result.uses = segment_state(segment).uses[site.value];
    return result;
}

bool Holders::serve(QubitId w, QpuId site) {
    retire(w, site);
    return at(w, site).has_value();
}

LocalQubit Holders::require(QubitId w, QpuId site) {
    retire(w, site);
    if (!at(w, site)) {
        const std::vector<QpuId> route = route_to(w, site);
        for (std::size_t i = 0; i + 1 < route.size(); ++i)
            if (!at(w, route[i + 1])) extend(w, route[i], route[i + 1], PairPurpose::kTelegate);
        routed_ = kFree;
    }
    return *at(w, site);
}

void Holders::plan_routes(QubitId w, SegmentState& state) {
    std::vector<QpuId> held = {wire(w).home.qpu};
    for (const Location& copy : wire(w).copies) held.push_back(copy.qpu);
    std::vector<QpuId> terminals = wire(w).arriving;
    if (std::ranges::find(running_, w.value) != running_.end())
        terminals.insert(terminals.end(), sites_.begin(), sites_.end());
    for (const auto& [site, count] : state.uses)
        if (count > 0) terminals.emplace_back(site);
    state.routes = RouteTree(topology_, held, terminals);
}

/// Nodes from a holder to `site`: along the segment's tree, or else a shortest path from the
/// nearest holder.
std::vector<QpuId> Holders::route_to(QubitId w, QpuId site) {
    const WireState& state = wire(w);
    if (topology_.complete()) return {state.home.qpu, site};
    if (state.segment == kNever) return copy_route(topology_, state.home.qpu, site);
    SegmentState& segment = segment_state(state.segment);
    if (segment.routes.empty()) plan_routes(w, segment);
    std::vector<QpuId> route = {site};
    while (!at(w, route.back())) {
        const QpuId up = segment.routes.parent(route.back());
        if (!up.valid()) break;
        route.push_back(up);
    }
    if (at(w, route.back())) {
        std::reverse(route.begin(), route.end());
        return route;
    }
    if (interactions_.segments[state.segment].block != BlockId{0})  // all of it is in the block
        return copy_route(topology_, state.home.qpu, site);
    QpuId nearest = state.home.qpu;
    for (const Location& copy : state.copies)
        if (topology_.cost(copy.qpu, site) < topology_.cost(nearest, site)) nearest = copy.qpu;
    return copy_route(topology_, nearest, site);
}

/// A new copy at `to` from the holder at `from`, over one link by its cheaper carrier: by the
/// cat-entangler through a Bell pair, or made at `from` and carried over.
void Holders::extend(QubitId w, QpuId from, QpuId to, PairPurpose purpose) {
    routed_ = w.value;
    const Topology::Edge& way = *topology_.crossing(from, to);
    const LocalQubit here = take_comm(from);
    const LocalQubit there = take_comm(to);
    if (way.carrier == Carrier::kTransfer) {
        emitter_.gate(from, GateKind::kX, 1, {*at(w, from), here});
        emitter_.transfer(from, here, to, there, way.link, TransferPurpose::kCopy, w);
        give_back(from, here);
    } else {
        emitter_.pair(from, here, to, there, way.link, purpose, w);
        emitter_.gate(from, GateKind::kX, 1, {*at(w, from), here});
        const BitId outcome = emitter_.measure_out(from, here);
        give_back(from, here);
        const BitId received = emitter_.new_bit(to);
        emitter_.send(from, outcome, to, received);
        emitter_.gate(to, GateKind::kX, 0, {there}, {received});
    }
    occupant({to, there}) = w.value;
    wire(w).copies.push_back({to, there});
    begin_service(w, {to, there}, way.carrier != Carrier::kTransfer);
}

void Holders::disentangle(QubitId w, Location holder) {
    const Location home = wire(w).home;
    emitter_.gate(holder.qpu, GateKind::kH, 0, {holder.qubit});
    BitId outcome = emitter_.measure_out(holder.qpu, holder.qubit);
    give_back(holder.qpu, holder.qubit);
    if (holder.qpu != home.qpu) {
        const BitId received = emitter_.new_bit(home.qpu);
        emitter_.send(holder.qpu, outcome, home.qpu, received);
        outcome = received;
    }
    emitter_.gate(home.qpu, GateKind::kZ, 0, {home.qubit}, {outcome});
}

void Holders::close(QubitId w, std::size_t copy) {
    auto& copies = wire(w).copies;
    const Location holder = copies[copy];
    copies.erase(copies.begin() + static_cast<std::ptrdiff_t>(copy));
    disentangle(w, holder);
}

void Holders::close_all(QubitId w) {
    while (!wire(w).copies.empty()) close(w, wire(w).copies.size() - 1);
}

void Holders::begin_block(const std::map<QpuId, std::uint32_t>& needs) {
    for (const auto& [qpu, wanted] : needs) make_room(qpu, wanted);
    std::vector<std::uint32_t>& wires = frozen_.emplace_back();
    for (const auto& [qpu, wanted] : needs) {
        const auto& held = occupant_[static_cast<std::size_t>(qpu)];
        for (std::size_t c = network_.node(qpu).data_qubits; c < held.size(); ++c)
            if (held[c] != kFree && held[c] != kBusy) wires.push_back(held[c]);
    }
    for (const std::uint32_t w : wires) ++wires_[w].frozen;
}

void Holders::end_block() {
    for (const std::uint32_t w : frozen_.back()) --wires_[w].frozen;
    frozen_.pop_back();
}

/// Closes copies at `qpu`, those needed last first, until so many communication qubits are free.
void Holders::make_room(QpuId qpu, std::uint32_t wanted) {
    while (free_comm(qpu) < wanted) {
        const std::uint32_t victim = find_victim(qpu);
        if (victim == kFree) return;
        evict(qpu, victim);
    }
}

// --- teledata
// ------------------------------------------------------------------------------------------------------------

LocalQubit Holders::free_data(QpuId qpu) const {
    const auto& held = occupant_[static_cast<std::size_t>(qpu)];
    for (std::uint32_t d = 0; d < network_.node(qpu).data_qubits; ++d)
        if (held[d] == kFree) return d;
    return kFree;
}

/// Swaps the home of a wire into another qubit of the same QPU.
void Holders::relocate(QubitId w, LocalQubit to) {
    Location& home = wire(w).home;
    emitter_.gate(home.qpu, GateKind::kSwap, 0, {home.qubit, to});
    occupant(home) = kFree;
    home.qubit = to;
    occupant(home) = w.value;
}

/// Makes the holder at the target the home; the old home is let go, or kept as a copy while later
/// gates want it. Over links that carry qubits the home travels itself where nothing is left
/// behind.
void Holders::arrive(const Move& move) {
    const QubitId w = move.qubit;
    WireState& state = wire(w);
    const auto arrived = [&] {
        if (!state.arriving.empty()) state.arriving.pop_back();
    };
    if (state.home.qpu == move.to) return arrived();
    running_ = {w.value};
    sites_ = {move.to};
    const auto route = at(w, move.to) ? std::vector<QpuId>{} : route_to(w, move.to);
    arrived();
    for (std::size_t i = 0; i + 1 < route.size(); ++i)
        if (!at(w, route[i + 1]) && !carry_home(w, route[i], route[i + 1]))
            extend(w, route[i], route[i + 1], PairPurpose::kTeledata);
    routed_ = kFree;
    if (state.home.qpu == move.to) return moved(w);  // carried all the way
    const auto target = std::find_if(state.copies.begin(), state.copies.end(),
                                     [&](const Location& c) { return c.qpu == move.to; });
    const Location old = state.home;
    state.home = *target;
    state.copies.erase(target);
    if (state.segment != kNever) segment_state(state.segment).routes.reroot(move.to);
    leave(w, old);
    moved(w);
}

void Holders::moved(QubitId w) {
    close_unneeded(w);
    running_.clear();
    sites_.clear();
}

/// Carries the home itself over one link, into a data qubit if there is room; false where a pair is
/// cheaper, or `from` is not the home, or it is wanted there later.
bool Holders::carry_home(QubitId w, QpuId from, QpuId to) {
    const Topology::Edge& way = *topology_.crossing(from, to);
    WireState& state = wire(w);
    const Location old = state.home;
    if (way.carrier != Carrier::kTransfer || old.qpu != from) return false;
    const auto root_at = [&](QpuId qpu) {
        state.home.qpu = qpu;
        if (state.segment != kNever) segment_state(state.segment).routes.reroot(qpu);
    };
    root_at(to);
    const bool stays = needed_later(w, from);
    if (stays) root_at(from);
    state.home = old;
    if (stays) return false;
    routed_ = w.value;
    LocalQubit there = free_data(to);
    if (there == kFree) there = take_comm(to);
    emitter_.transfer(from, old.qubit, to, there, way.link, TransferPurpose::kMove, w);
    occupant(old) = kFree;
    state.home = {to, there};
    occupant(state.home) = w.value;
    return true;
}

/// Lets go of a former home; while later gates want the wire there, it stays as a copy in a
/// communication qubit.
void Holders::leave(QubitId w, Location old) {
    if (needed_later(w, old.qpu)) {
        const auto& held = occupant_[static_cast<std::size_t>(old.qpu)];
        const std::uint32_t first = network_.node(old.qpu).data_qubits;
        const auto room = std::find(held.begin() + first, held.end(), kFree);
        if (room != held.end()) {
            const auto comm = static_cast<LocalQubit>(room - held.begin());
            emitter_.gate(old.qpu, GateKind::kSwap, 0, {old.qubit, comm});
            occupant(old) = kFree;
            occupant({old.qpu, comm}) = w.value;
            wire(w).copies.push_back({old.qpu, comm});
            begin_service(w, {old.qpu, comm}, false);
            return;
        }
    }
    disentangle(w, old);
}

void Holders::settle(QubitId w) {
    const Location home = wire(w).home;
    if (home.qubit < network_.node(home.qpu).data_qubits) return;
    const LocalQubit slot = free_data(home.qpu);
    if (slot != kFree) relocate(w, slot);
}

void Holders::move(std::span<const Move> moves) {
    // A qubit whose target has room goes first; in a cycle of full QPUs one waits in a
    // communication qubit.
    for (const Move& move : moves) enter_segment_of(move);
    std::vector<Move> waiting(moves.begin(), moves.end());
    while (!waiting.empty()) {
        auto next = std::find_if(waiting.begin(), waiting.end(),
                                 [&](const Move& m) { return free_data(m.to) != kFree; });
        if (next == waiting.end()) next = waiting.begin();
        const Move move = *next;
        waiting.erase(next);
        arrive(move);
        for (const Move& m : moves) settle(m.qubit);
    }
    for (const Move& m : moves)
        if (home(m.qubit).qubit >= network_.node(home(m.qubit).qpu).data_qubits)
            throw InternalError("placement moves more qubits to " + network_.node(m.to).name +
                                " than it has");
}

}  // namespace carillon
