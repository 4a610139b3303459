// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/distribute.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/block_needs.h"
#include "carillon/workload/distribute/classical_flow.h"
#include "carillon/workload/distribute/emitter.h"
#include "carillon/workload/distribute/holders.h"
#include "carillon/workload/distribute/spending.h"
#include "carillon/workload/distribute/uses.h"
#include "carillon/workload/distribute/wide_gate.h"
#include "carillon/workload/transpile/one_qubit.h"

namespace carillon {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;

/// What the circuit and the network say, whatever the placement.
struct Groundwork {
    Groundwork(const LoweredCircuit& circuit, const Network& net, const DistributeLimits& most)
        : lowered(circuit),
          network(net),
          limits(most),
          topology(net),
          interactions(find_interactions(circuit.circuit)),
          interaction_of(interactions.num_operations, kNone) {
        for (std::uint32_t g = 0; g < interactions.gates.size(); ++g)
            interaction_of[interactions.gates[g].operation] = g;
        visit_operations(lowered.circuit, [&](const Operation& op, BlockId, std::size_t) {
            const bool one = op.kind == OpKind::kGate && op.num_operands == 1;
            actions.push_back(one ? one_qubit_action(lowered.circuit, op) : OneQubitAction::kOther);
            wide = wide || (op.kind == OpKind::kGate && op.num_operands > 2);
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
    Interactions interactions;
    std::vector<std::uint32_t> interaction_of;  ///< by operation number
    std::vector<OneQubitAction> actions;        ///< by operation number
    bool dynamic = false;                       ///< classical values steer it
    bool wide = false;                          ///< some gate has more than two operands
};

/// When a gate on more than two qubits is folded along a chain of QPUs instead of being done where
/// copies of its operands meet. Folding saves pairs of the gate at hand, copies serve later ones.
enum class Folding : std::uint8_t {
    kWhereCheaper,
    kWhereNeeded,  ///< for want of communication qubits
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

class Distributor {
  public:
    Distributor(const Groundwork& ground, const Placement& placement, bool record, Folding folding)
        : lowered_(ground.lowered),
          folding_(folding),
          circuit_(lowered_.circuit),
          placement_(placement),
          network_(ground.network),
          topology_(ground.topology),
          interactions_(ground.interactions),
          uses_(interactions_, placement),
          flow_(flow_of(ground, placement, record)),
          emitter_(circuit_, network_, record),
          holders_(circuit_, network_, topology_, interactions_, placement, uses_, emitter_,
                   ground.limits.copy_gates),
          wide_(topology_, holders_, emitter_),
          interaction_of_(ground.interaction_of),
          actions_(ground.actions) {}

    DistributeResult run() && {
        std::vector<Location> start;
        for (std::size_t w = 0; w < circuit_.num_qubits; ++w)
            start.push_back(holders_.home(QubitId{w}));
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
        const QpuId site = placement_.site[number];
        const bool fold = wires.size() > 2 && fold_pays(wires, site);
        holders_.start_gate(gate, std::span(&site, fold ? 0 : 1));
        if (fold) {
            wide_.run(op.gate, circuit_.parameters(op), wires, wide_.chain(wires, site));
        } else {
            std::vector<LocalQubit> operands;
            for (const QubitId w : wires) operands.push_back(holders_.require(w, site));
            emitter_.gate(site, op.gate, op.controls, operands, circuit_.parameters(op));
        }
        holders_.finish_gate();
    }

    /// A gate of a segment with kept copies: a CX on its qubit and on every copy of it. Copies that
    /// stand where there is no room for the other qubit are closed first.
    void change_copies(std::uint32_t gate, QubitId target, QubitId control) {
        std::vector<QpuId> sites = {holders_.home(target).qpu};
        for (const Location& copy : holders_.copies(target)) sites.push_back(copy.qpu);
        holders_.start_gate(gate, sites, target);
        for (const QpuId site : sites)
            if (holders_.serve(target, site)) holders_.require(control, site);
        for (const QpuId site : sites)
            if (const auto holder = holders_.at(target, site))
                emitter_.gate(site, GateKind::kX, 1, {*holders_.at(control, site), *holder});
        holders_.finish_gate();
    }

    /// Folding along a chain costs its links; copies cost one route for each operand without a
    /// holder at the site, and a communication qubit there each.
    bool fold_pays(std::span<const QubitId> wires, QpuId site) const {
        std::size_t copies = 0, price = 0;
        std::set<QpuId> homes;
        for (const QubitId w : wires) {
            homes.insert(holders_.home(w).qpu);
            copies += holders_.home(w).qpu != site;
            if (holders_.at(w, site)) continue;
            price += topology_.cost(holders_.home(w).qpu, site);
        }
        if (homes.size() < 2) return true;  // one QPU: the chain is a local gate there
        if (copies > network_.node(site).comm_qubits) return true;
        if (folding_ == Folding::kWhereNeeded) return false;
        return wide_.price(wide_.chain(wires, site)) < price;
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
    const Folding folding_;
    const Circuit& circuit_;
    const Placement& placement_;
    const Network& network_;
    const Topology& topology_;
    const Interactions& interactions_;
    Uses uses_;
    ClassicalFlow flow_;
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

/// The program with gates on many qubits folded in the way that costs less in all.
DistributeResult cheaper_folding(const Groundwork& ground, const Placement& placement,
                                 bool record) {
    const auto run = [&](Folding folding) {
        return Distributor(ground, placement, record, folding).run();
    };
    DistributeResult result = run(Folding::kWhereCheaper);
    if (!ground.wide) return result;
    const LinkPrices& prices = ground.topology.prices();
    try {
        DistributeResult other = run(Folding::kWhereNeeded);
        if (price_in_steps(other.program, prices) < price_in_steps(result.program, prices))
            return other;
    } catch (const InputError&) {  // too few communication qubits for so many copies
    }
    return result;
}

}  // namespace

DistributeResult distribute(const LoweredCircuit& lowered, const Placement& placement,
                            const Network& network, const DistributeLimits& limits) {
    const Groundwork ground(lowered, network, limits);
    return cheaper_folding(ground, placement, true);
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
        const DistributeResult result = cheaper_folding(state_->ground, placement, false);
        return Count{result.program.pairs.size(), result.program.transfers.size(),
                     price_in_steps(result.program, state_->ground.topology.prices()),
                     result.reopened_copies};
    } catch (const InputError&) {
        return std::nullopt;  // an operation needs more communication qubits than there are
    }
}

}  // namespace carillon
