// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/distribute.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/block_needs.h"
#include "carillon/workload/distribute/classical_flow.h"
#include "carillon/workload/distribute/commuting_order.h"
#include "carillon/workload/distribute/emitter.h"
#include "carillon/workload/distribute/hold_clock.h"
#include "carillon/workload/distribute/holders.h"
#include "carillon/workload/distribute/spending.h"
#include "carillon/workload/distribute/uses.h"
#include "carillon/workload/distribute/wide_gate.h"
#include "carillon/workload/placement/folding.h"
#include "carillon/workload/transpile/one_qubit.h"

namespace carillon {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;
/// Larger programs (operations) are written in their own order only.
constexpr std::size_t kMostForBursts = 200000;
/// How many of the gates that could be next are looked at.
constexpr std::size_t kBurstWindow = 256;

/// What the circuit and the network say, whatever the placement.
struct Groundwork {
    Groundwork(const LoweredCircuit& circuit, const Network& net, const DistributeLimits& most)
        : lowered(circuit),
          network(net),
          limits(most),
          topology(net),
          copy_times(most_copy_times(net, most)),
          timed(std::ranges::any_of(copy_times, [](Time t) { return t.ps > 0; })),
          interactions(find_interactions(circuit.circuit)),
          interaction_of(interactions.num_operations, kNone) {
        for (std::uint32_t g = 0; g < interactions.gates.size(); ++g) {
            interaction_of[interactions.gates[g].operation] = g;
            wide = wide || interactions.gates[g].segments.size() > 2;
        }
        visit_operations(lowered.circuit, [&](const Operation& op, BlockId, std::size_t) {
            const bool one = op.kind == OpKind::kGate && op.num_operands == 1;
            actions.push_back(one ? one_qubit_action(lowered.circuit, op) : OneQubitAction::kOther);
            const auto params = lowered.circuit.parameters(op);
            dynamic = dynamic || op.kind == OpKind::kIf || op.kind == OpKind::kWhile ||
                      op.kind == OpKind::kAssign ||
                      std::any_of(params.begin(), params.end(),
                                  [](const Param& p) { return !p.constant(); });
        });
    }

    const LoweredCircuit& lowered;
    const Network& network;
    DistributeLimits limits;
    Topology topology;
    std::vector<Time> copy_times;  ///< by node: how long a copy may be held
    bool timed;                    ///< somewhere they may not be held for ever
    Interactions interactions;
    std::vector<std::uint32_t> interaction_of;  ///< by operation number
    std::vector<OneQubitAction> actions;        ///< by operation number
    bool dynamic = false;                       ///< classical values steer it
    bool wide = false;                          ///< has gates on three or more qubits
};

/// A circuit that classical values do not steer sends only its protocols' bits and outcomes, which
/// a mere count of pairs does not ask about.
ClassicalFlow flow_of(const Groundwork& g, const Placement& placement, bool record) {
    const Circuit& circuit = g.lowered.circuit;
    if (record || g.dynamic)
        return plan_classical_flow(circuit, g.interactions, placement, g.topology);
    ClassicalFlow none;
    none.bit_readers.resize(circuit.num_bits);
    return none;
}

/// What is not said by the placement.
struct Policy {
    Folding folding;              ///< of gates on three and more qubits
    bool greedy_folding = false;  ///< without a plan: what is cheaper there and then
    bool bursts = false;          ///< gates that commute are done while their copies are open
};

class Distributor {
  public:
    Distributor(const Groundwork& ground, const Placement& placement, const Policy& policy,
                bool record)
        : lowered_(ground.lowered),
          circuit_(lowered_.circuit),
          placement_(placement),
          network_(ground.network),
          topology_(ground.topology),
          interactions_(ground.interactions),
          policy_(policy),
          uses_(interactions_, placement, policy.folding.folded),
          flow_(flow_of(ground, placement, record)),
          clock_(ground.timed ? std::make_optional<HoldClock>(network_) : std::nullopt),
          emitter_(circuit_, network_, record, clock_ ? &*clock_ : nullptr),
          holders_(circuit_, network_, topology_, interactions_, placement, uses_, emitter_,
                   {ground.limits.copy_gates, ground.copy_times, clock_ ? &*clock_ : nullptr}),
          wide_(topology_, network_, holders_, emitter_),
          interaction_of_(ground.interaction_of),
          actions_(ground.actions) {}

    DistributeResult run() && {
        std::vector<Location> start;
        for (std::size_t w = 0; w < circuit_.num_qubits; ++w)
            start.push_back(holders_.home(QubitId{w}));
        if (policy_.bursts)
            bursts();
        else
            block(BlockId{0});
        DistributedProgram& program = emitter_.program();
        program.initial_layout = std::move(start);
        for (const QubitId w : lowered_.final_wire) {
            holders_.close_all(w);
            program.final_layout.push_back(holders_.home(w));
        }
        program.bit_owner = flow_.bit_owner;
        program.variable_owner = flow_.variable_owner;
        program.rewrites = lowered_.rewrites;
        std::sort(program.rewrites.begin(), program.rewrites.end(),
                  [](const Rewrite& a, const Rewrite& b) { return a.first < b.first; });
        return {std::move(program), holders_.reopened()};
    }

  private:
    void block(BlockId id) {
        const Block& operations = circuit_.block(id);
        for (std::uint32_t position = 0; position < operations.size(); ++position) {
            if (id == BlockId{0}) moves_before(position);
            const std::uint32_t number = number_++;
            position_ = position;
            block_ = id;
            operation(operations[position], number);
        }
        if (id == BlockId{0}) moves_before(kNone);
    }

    /// The program's own block, in an order in which what needs no new copy goes first.
    void bursts() {
        CommutingOrder order(circuit_, placement_, actions_);
        block_ = BlockId{0};
        while (!order.ready().empty()) {
            const std::uint32_t next = best_of(order);
            const CommutingOrder::Item& item = order.item(next);
            if (item.moves) {
                moves_before(item.position);
            } else {
                block_ = BlockId{0};
                position_ = item.position;
                number_ = item.number + 1;
                operation(circuit_.body()[item.position], item.number);
            }
            order.done(next);
        }
    }

    /// The first item that needs no new copy; else the gate whose copies push out the fewest others
    /// that are still needed, of these the one whose copies are nearest to being used up by gates
    /// that are ready.
    std::uint32_t best_of(const CommutingOrder& order) {
        std::vector<std::uint32_t> candidates;
        std::map<std::pair<std::uint32_t, QpuId>, std::uint32_t> ready;  // by segment and site
        for (const std::uint32_t index : order.ready()) {
            bool free = true;
            visit_missing(order.item(index), [&](std::uint32_t segment, QpuId site) {
                free = false;
                ++ready[{segment, site}];
            });
            if (free && !is_block(order.item(index))) return index;
            candidates.push_back(index);
            if (candidates.size() == kBurstWindow) break;
        }
        std::uint32_t best = kNone;
        std::pair<std::uint32_t, std::uint32_t> least;
        for (const std::uint32_t index : candidates) {
            std::pair<std::uint32_t, std::uint32_t> burden;
            visit_missing(order.item(index), [&](std::uint32_t segment, QpuId site) {
                const Holders::Opening opening = holders_.opening(segment, site);
                burden.first += opening.evictions;
                burden.second += opening.uses - ready[{segment, site}];
            });
            if (best == kNone || burden < least) best = index, least = burden;
        }
        return best;
    }

    bool is_block(const CommutingOrder::Item& item) const {
        return !item.moves && circuit_.body()[item.position].body.valid();
    }

    /// Calls visit(segment, site) for every holder that a gate lacks.
    template <class Visit>
    void visit_missing(const CommutingOrder::Item& item, Visit&& visit) const {
        if (item.moves || interaction_of_[item.number] == kNone) return;
        const std::uint32_t gate = interaction_of_[item.number];
        for (const std::uint32_t s : interactions_.gates[gate].segments)
            uses_.visit_sites(gate, s, [&](QpuId site) {
                if (!holders_.at(interactions_.segments[s].qubit, site)) visit(s, site);
            });
    }

    void moves_before(std::uint32_t position) {
        while (next_move_ < placement_.moves.size() &&
               placement_.moves[next_move_].position <= position) {
            std::size_t end = next_move_;
            while (end < placement_.moves.size() &&
                   placement_.moves[end].position == placement_.moves[next_move_].position)
                ++end;
            holders_.move(std::span(placement_.moves).subspan(next_move_, end - next_move_));
            next_move_ = end;
        }
    }

    void operation(const Operation& op, std::uint32_t number) {
        const auto wires = circuit_.qubits(op);
        switch (op.kind) {
            case OpKind::kGate:
                if (wires.size() == 1) one_qubit_gate(op, wires[0], number);
                if (wires.size() > 1) phase_gate(op, wires, number);
                return;
            case OpKind::kMeasure:
                measure(op, wires[0]);
                return;
            case OpKind::kReset: {
                holders_.close_all(wires[0]);
                const Location at = holders_.home(wires[0]);
                emitter_.reset(at.qpu, at.qubit, op.origin);
                return;
            }
            case OpKind::kBarrier:
            case OpKind::kDelay:
                waiting(op, wires);
                return;
            case OpKind::kAssign:
                assign(op);
                return;
            case OpKind::kIf:
            case OpKind::kWhile:
                nested(op, number);
                return;
        }
    }

    // --- gates
    // -------------------------------------------------------------------------------------------------------

    void one_qubit_gate(const Operation& op, QubitId w, std::uint32_t number) {
        if (op.gate == GateKind::kUnitary)
            throw InternalError("distribute: the circuit was not lowered");
        const OneQubitAction action = actions_[number];
        if (uses_.any_kept() && block_ == BlockId{0} && in_kept_segment(op, w, action)) return;
        if (action == OneQubitAction::kOther) holders_.close_all(w);
        const Location home = holders_.home(w);
        emitter_.gate(home.qpu, op.gate, 0, std::span(&home.qubit, 1), circuit_.parameters(op));
        if (action == OneQubitAction::kAntidiagonal)
            for (const Location& copy : holders_.copies(w))
                emitter_.gate(copy.qpu, GateKind::kX, 0, {copy.qubit});
    }

    /// The last segment of `w` that starts at or before `position` of the program's own block.
    std::uint32_t segment_at(QubitId w, std::uint32_t position) const {
        const auto& own = interactions_.of_qubit[static_cast<std::size_t>(w)];
        const auto after = std::partition_point(own.begin(), own.end(), [&](std::uint32_t s) {
            return interactions_.segments[s].begin <= position;
        });
        return *std::prev(after);
    }

    /// Between U1 = P(b) H P(a) and U2 = P(d) H P(c), which stand around a segment with kept
    /// copies, a Z on the qubit is an X in the bases outside: nothing of the two is left but P(a),
    /// P(d) and, if the phases in between add up to pi, an X. False when the gate is not part of
    /// such a segment.
    bool in_kept_segment(const Operation& op, QubitId w, OneQubitAction action) {
        if (action != OneQubitAction::kOther) return !uses_.kept(segment_at(w, position_)).empty();
        const std::uint32_t next = segment_at(w, position_ + 1);
        const std::uint32_t ended = segment_at(w, position_);
        const Location home = holders_.home(w);
        if (!uses_.kept(next).empty()) {
            holders_.enter_with_copies(next);
            phase(home, hadamard_type(circuit_, op)->before);
            return true;
        }
        if (uses_.kept(ended).empty()) return false;
        if (interactions_.segments[ended].flips) {
            emitter_.gate(home.qpu, GateKind::kX, 0, {home.qubit});
            for (const Location& copy : holders_.copies(w))
                emitter_.gate(copy.qpu, GateKind::kX, 0, {copy.qubit});
        }
        phase(home, hadamard_type(circuit_, op)->after);
        holders_.enter_with_copies(next);
        return true;
    }

    void phase(Location at, double angle) {
        const NamedGate gate = name_one_qubit_gate({1, {1, 0, 0, std::polar(1.0, angle)}});
        if (gate.kind == GateKind::kId) return;
        const std::vector<Param> params(gate.params.begin(), gate.params.end());
        emitter_.gate(at.qpu, gate.kind, 0, std::span(&at.qubit, 1), params);
    }

    void phase_gate(const Operation& op, std::span<const QubitId> wires, std::uint32_t number) {
        const std::uint32_t gate = interaction_of_[number];
        const std::uint32_t target = uses_.kept_operand(gate);
        if (target != Uses::kNone) return change_copies(gate, wires[target], wires[1 - target]);
        const QpuId site = workable_site(placement_.site[number], wires);
        const bool folded = wires.size() > 2 && fold(gate, wires, site);
        holders_.start_gate(gate, std::span(&site, folded ? 0 : 1));
        if (folded) {
            wide_.run(op.gate, circuit_.parameters(op), wires, wide_.stops(wires, site));
        } else {
            std::vector<LocalQubit> operands;
            do {
                operands.clear();
                for (const QubitId w : wires) operands.push_back(holders_.require(w, site));
            } while (holders_.close_expired());
            emitter_.gate(site, op.gate, op.controls, operands, circuit_.parameters(op));
        }
        holders_.finish_gate();
    }

    /// The site, or an operand's home when both operands of a gate would need copies at a QPU that
    /// has but one communication qubit.
    QpuId workable_site(QpuId site, std::span<const QubitId> wires) const {
        const QpuId home = holders_.home(wires[0]).qpu;
        const bool away = home != site && holders_.home(wires[1]).qpu != site;
        return wires.size() == 2 && away && network_.node(site).comm_qubits < 2 ? home : site;
    }

    /// A gate of a segment with kept copies: a CX on its qubit and on every copy of it. Copies that
    /// stand where there is no room for the other qubit are closed first.
    void change_copies(std::uint32_t gate, QubitId target, QubitId control) {
        std::vector<QpuId> sites = {holders_.home(target).qpu};
        for (const Location& copy : holders_.copies(target)) sites.push_back(copy.qpu);
        holders_.start_gate(gate, sites, target);
        holders_.close_expired();
        for (const QpuId site : sites)
            if (holders_.serve(target, site)) holders_.require(control, site);
        for (const QpuId site : sites)
            if (const auto holder = holders_.at(target, site))
                emitter_.gate(site, GateKind::kX, 1, {*holders_.at(control, site), *holder});
        holders_.finish_gate();
    }

    /// Whether a gate on three and more qubits is folded: as planned, or because its site has too
    /// few communication qubits for copies of all operands. Without a plan, when that costs less
    /// there and then than copies of those that have no holder at the site.
    bool fold(std::uint32_t gate, std::span<const QubitId> wires, QpuId site) const {
        std::size_t copies = 0, price = 0;
        for (const QubitId w : wires) copies += holders_.home(w).qpu != site;
        if (copies > network_.node(site).comm_qubits) return true;
        if (!policy_.folding.folded.empty()) return policy_.folding.folded[gate];
        if (!policy_.greedy_folding) return false;
        for (const QubitId w : wires)
            if (!holders_.at(w, site)) price += topology_.cost(holders_.home(w).qpu, site);
        return wide_.price(wide_.stops(wires, site)) < price;
    }

    // --- the rest
    // ----------------------------------------------------------------------------------------------------

    void measure(const Operation& op, QubitId w) {
        holders_.close_all(w);
        const Location at = holders_.home(w);
        emitter_.measure(at.qpu, at.qubit, op.bit, op.origin);
        if (!op.bit.valid()) return;
        for (const QpuId qpu : flow_.bit_readers[static_cast<std::size_t>(op.bit)])
            if (qpu != at.qpu) emitter_.send(at.qpu, op.bit, qpu, op.bit);
    }

    void assign(const Operation& op) {
        for (const QpuId qpu : flow_.assigners(op)) emitter_.assign(qpu, op);
    }

    void waiting(const Operation& op, std::span<const QubitId> wires) {
        std::map<QpuId, std::vector<LocalQubit>> by_qpu;
        for (const QubitId w : wires) {
            const Location at = holders_.home(w);
            by_qpu[at.qpu].push_back(at.qubit);
        }
        for (const auto& [qpu, qubits] : by_qpu) {
            if (op.kind == OpKind::kDelay)
                emitter_.delay(qpu, qubits, circuit_.parameters(op)[0].value, op.origin);
            else
                emitter_.barrier(qpu, qubits, op.origin);
        }
    }

    void nested(const Operation& op, std::uint32_t number) {
        const auto touched = touched_qubits(circuit_, op);
        const auto& participants = flow_.participants.at(number);
        for (const QubitId w : touched) holders_.close_all(w);
        holders_.begin_block(needs_of(op, number, participants));
        const bool loop = op.kind == OpKind::kWhile;
        emitter_.open_block(loop ? InstructionKind::kWhile : InstructionKind::kIf, op.condition,
                            op.origin, participants);
        block(op.body);
        for (const QubitId w : touched) holders_.close_all(w);
        if (op.otherwise.valid()) {
            emitter_.open_otherwise();
            block(op.otherwise);
            for (const QubitId w : touched) holders_.close_all(w);
        }
        emitter_.close_block();
        holders_.end_block();
    }

    /// Communication qubits that a block needs at the QPUs that take part in it.
    std::map<QpuId, std::uint32_t> needs_of(const Operation& op, std::uint32_t number,
                                            const std::vector<QpuId>& participants) const {
        std::uint32_t last = number + 1;
        for (const BlockId body : {op.body, op.otherwise})
            if (body.valid())
                visit_operations(
                    circuit_, [&](const Operation&, BlockId, std::size_t) { ++last; }, body);
        auto needs = communication_needs(topology_, interactions_, placement_, number + 1, last,
                                         [&](QubitId w) { return holders_.home(w).qpu; });
        for (const QpuId qpu : participants) needs.try_emplace(qpu, 0);
        return needs;
    }

    const LoweredCircuit& lowered_;
    const Circuit& circuit_;
    const Placement& placement_;
    const Network& network_;
    const Topology& topology_;
    const Interactions& interactions_;
    const Policy& policy_;
    Uses uses_;
    ClassicalFlow flow_;
    std::optional<HoldClock> clock_;  ///< when copies may be held for some time only
    ProgramEmitter emitter_;
    Holders holders_;
    WideGate wide_;
    const std::vector<std::uint32_t>& interaction_of_;  ///< by operation number
    const std::vector<OneQubitAction>& actions_;        ///< by operation number
    std::size_t next_move_ = 0;
    std::uint32_t number_ = 0;
    std::uint32_t position_ = 0;  ///< of the operation that runs, in its block
    BlockId block_;
};

/// As the program is written; where communication qubits are too few for that, in other ways too.
DistributeResult best_result(const Groundwork& ground, const Placement& placement, bool record) {
    Policy policy;
    if (ground.wide) {
        SteinerCost steiner(ground.topology);
        policy.folding = choose_folding(ground.interactions, placement,
                                        SegmentNeeds(ground.interactions, placement), steiner);
    }
    DistributeResult best = Distributor(ground, placement, policy, record).run();
    if (best.reopened_copies == 0) return best;
    const auto price = [&](const DistributeResult& result) {
        return price_in_steps(result.program, ground.topology.prices());
    };
    const auto attempt = [&] {
        DistributeResult other = Distributor(ground, placement, policy, record).run();
        if (price(other) < price(best)) best = std::move(other);
    };
    policy.bursts = true;
    if (ground.actions.size() <= kMostForBursts) attempt();
    if (!ground.wide) return best;
    policy.folding = {};
    policy.greedy_folding = true;
    if (ground.actions.size() <= kMostForBursts) attempt();
    policy.bursts = false;
    attempt();
    return best;
}

}  // namespace

std::vector<Time> most_copy_times(const Network& network, const DistributeLimits& limits) {
    const auto& given = limits.copy_time_ns;
    constexpr double kLongest = 1e15;  // ns: 11 days
    if (given && !(*given >= 0 && *given <= kLongest))
        throw InputError("copies can be held for 0 (for ever) to 1e15 ns, not " +
                         std::to_string(*given) + " ns");
    std::vector<Time> times;
    for (const Node& node : network.nodes)
        times.push_back(Time::from_ns(given ? *given : node.memory_cutoff_ns));
    return times;
}

DistributeResult distribute(const LoweredCircuit& lowered, const Placement& placement,
                            const Network& network, const DistributeLimits& limits) {
    const Groundwork ground(lowered, network, limits);
    return best_result(ground, placement, true);
}

struct PairCounter::State {
    Groundwork ground;
};

PairCounter::PairCounter(const LoweredCircuit& lowered, const Network& network,
                         const DistributeLimits& limits)
    : state_(new State{{lowered, network, limits}}) {}
PairCounter::~PairCounter() = default;
PairCounter::PairCounter(PairCounter&&) noexcept = default;
PairCounter& PairCounter::operator=(PairCounter&&) noexcept = default;

std::optional<PairCounter::Count> PairCounter::operator()(const Placement& placement) const {
    try {
        const DistributeResult result = best_result(state_->ground, placement, false);
        return Count{result.program.pairs.size(), result.program.transfers.size(),
                     price_in_steps(result.program, state_->ground.topology.prices()),
                     result.reopened_copies};
    } catch (const InputError&) {
        return std::nullopt;  // an operation needs more communication qubits than there are
    }
}

}  // namespace carillon
