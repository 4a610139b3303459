// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/distribute/emitter.h"
#include "carillon/workload/distribute/hold_clock.h"
#include "carillon/workload/distribute/route_tree.h"
#include "carillon/workload/distribute/uses.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// How long one copy may serve.
struct CopyLimits {
    std::uint32_t gates = 0;      ///< 0: any number
    std::span<const Time> times;  ///< by node, 0: for ever
    HoldClock* clock = nullptr;   ///< tells the time; none: no copy is too old
};

/// Keeps track of which physical qubit holds which wire, opens and closes cat copies, and hands out
/// communication qubits.
///
/// A wire has one home and any number of copies; all of them have the same Z value. A copy is
/// opened over one link, by the cat-entangler (one Bell pair, one classical bit) or by carrying it
/// over, and closed by the cat-disentangler (one bit back).
class Holders {
  public:
    Holders(const Circuit& lowered, const Network& network, const Topology& topology,
            const Interactions& interactions, const Placement& placement, const Uses& uses,
            ProgramEmitter& emitter, const CopyLimits& limits);

    Location home(QubitId wire) const { return wires_[static_cast<std::size_t>(wire)].home; }
    const std::vector<Location>& copies(QubitId wire) const {
        return wires_[static_cast<std::size_t>(wire)].copies;
    }
    /// The qubit that holds `wire` at `qpu`, if any.
    std::optional<LocalQubit> at(QubitId wire, QpuId qpu) const;

    /// A gate is about to run at `sites` (none: its operands need no copies). Copies of its wires
    /// there must stay, only those of `yielding` may make room for the others; later uses are those
    /// after it.
    void start_gate(std::uint32_t interaction, std::span<const QpuId> sites, QubitId yielding = {});
    /// Whether there is a holder of `wire` at `site`; one that has served all it may is closed.
    bool serve(QubitId wire, QpuId site);
    /// What a new holder of `wire` at `site` would cost now.
    struct Opening {
        std::uint32_t evictions = 0;  ///< copies still needed that would have to go
        std::uint32_t uses = 0;       ///< gates of the segment still to come that it could serve
    };
    Opening opening(std::uint32_t segment, QpuId site);
    /// Makes sure `wire` has a holder at `site` and gives it.
    LocalQubit require(QubitId wire, QpuId site);
    /// Closes the copies of the running gate's wires that would be too old when it ends and they
    /// are closed, unless they have served no gate yet: a new one would be no younger.
    ///
    /// Returns: whether one was closed.
    bool close_expired();
    /// Closes the copies of the running gate's wires that no later gate of their segments needs.
    void finish_gate();

    /// The wire enters segment `segment`; its copies live on where that or a later segment wants
    /// them.
    void enter_with_copies(std::uint32_t segment);

    void close_all(QubitId wire);
    /// A block begins, which needs that many communication qubits at these QPUs. Copies of other
    /// wires that stand there stay, untouched until end_block(), as far as there is room.
    void begin_block(const std::map<QpuId, std::uint32_t>& needs);
    void end_block();

    /// Moves wires to new homes by teledata; all at one point of the program, so that they can
    /// trade places.
    void move(std::span<const Move> moves);

    /// A free communication qubit of `qpu`, closing the copy needed last if none is free.
    ///
    /// Throws: InputError when all are held by the running operation: the QPU has too few.
    LocalQubit take_comm(QpuId qpu);
    std::size_t free_comm(QpuId qpu) const;
    void give_back(QpuId qpu, LocalQubit qubit);
    std::size_t reopened() const { return evictions_; }

  private:
    static constexpr std::uint32_t kFree = 0xffffffff;
    static constexpr std::uint32_t kBusy = 0xfffffffe;  ///< taken for a protocol, no wire yet
    static constexpr std::uint32_t kNever = 0xffffffff;

    struct WireState {
        Location home;
        std::vector<Location> copies;
        std::uint32_t segment = kNever;  ///< segment its copies belong to
        std::vector<QpuId> arriving;     ///< targets of moves later in this segment, last first
        std::uint32_t frozen = 0;        ///< open blocks that its copies have to outlive
    };
    struct SegmentState {
        std::unordered_map<std::uint32_t, std::uint32_t>
            uses;  ///< QPU -> gates of the segment still to come that need a holder there
        std::uint32_t first_open = 0;  ///< no gate before it in the segment is still to come
        RouteTree routes;  ///< sparse networks: from the home to all that the segment needs
    };

    void enter(std::uint32_t segment);
    void enter_segment_of(const Move& move);
    WireState& wire(QubitId id) { return wires_[static_cast<std::size_t>(id)]; }
    std::uint32_t& occupant(Location at) {
        return occupant_[static_cast<std::size_t>(at.qpu)][at.qubit];
    }
    SegmentState& segment_state(std::uint32_t segment);
    void plan_routes(QubitId w, SegmentState& state);
    std::vector<QpuId> route_to(QubitId w, QpuId site);
    void extend(QubitId w, QpuId from, QpuId to, PairPurpose purpose);
    void close(QubitId w, std::size_t copy);
    /// Closes the copy at `qpu` when it has served all the gates it may.
    void retire(QubitId w, QpuId qpu);
    /// Lets go of a holder through H, measurement and a Z correction at the home.
    void disentangle(QubitId w, Location holder);
    bool needed_later(QubitId w, QpuId qpu);
    bool relays(QubitId w, const SegmentState& segment, QpuId qpu) const;
    void close_unneeded(QubitId w);
    std::uint32_t next_use(QubitId w, QpuId qpu);
    bool pinned(std::uint32_t w, QpuId qpu) const;
    void make_room(QpuId qpu, std::uint32_t wanted);
    std::uint32_t find_victim(QpuId qpu);
    void evict(QpuId qpu, LocalQubit victim);
    bool has_spare_comm(QpuId qpu);
    LocalQubit free_data(QpuId qpu) const;
    void relocate(QubitId w, LocalQubit to);
    void arrive(const Move& move);
    bool carry_home(QubitId w, QpuId from, QpuId to);
    void moved(QubitId w);
    void leave(QubitId w, Location old);
    void settle(QubitId w);

    const Network& network_;
    const Topology& topology_;
    const Interactions& interactions_;
    const Uses& uses_;
    ProgramEmitter& emitter_;
    std::vector<std::vector<Move>> moves_;  ///< by wire, in order
    std::vector<WireState> wires_;
    std::vector<std::vector<std::uint32_t>>
        occupant_;  ///< by QPU and local qubit: wire, kFree or kBusy
    /// By QPU: where the search for a free communication qubit starts, so that they take turns and
    /// the next pair can be made while the last one is cleared.
    std::vector<std::uint32_t> next_comm_;
    std::unordered_map<std::uint32_t, SegmentState> segments_;
    std::vector<std::uint32_t> running_;  ///< wires of the running operation
    std::vector<QpuId> sites_;            ///< where it runs
    QubitId yielding_;                    ///< of these, the one whose copies may be closed
    std::uint32_t routed_ = kFree;        ///< wire whose copy is on its way
    std::vector<bool> gate_done_;         ///< by interaction
    std::vector<std::vector<std::uint32_t>> frozen_;  ///< by open block: wires with copies then
    std::size_t evictions_ = 0;
    /// What a copy did so far.
    struct Service {
        std::uint32_t gates = 0;
        Time since;
    };
    void begin_service(QubitId w, Location copy, bool corrected);
    Time gate_start() const;
    bool expired(QubitId w, Location copy, Time start) const;

    CopyLimits limits_;
    bool limited_;                                        ///< by any of them
    std::unordered_map<std::uint64_t, Service> service_;  ///< by wire and QPU, if limited
};

}  // namespace carillon
