// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

/// Puts one table gate where gates go now: into the list being collected, or into the circuit.
void Lowerer::sink(GateKind kind, int controls, std::span<const QubitId> qubits,
                   std::span<const Param> params) {
    if (collecting_) {
        collecting_->push_back(
            {kind, controls, {qubits.begin(), qubits.end()}, {params.begin(), params.end()}, {}});
        return;
    }
    if (kind == GateKind::kGphase) {
        if (controls > 0) {  // a controlled phase is the phase gate on its last control
            circuit_.gate(GateKind::kP, controls - 1, qubits, params, where_);
            stamp();
        } else if (level_ == 0 && params[0].constant()) {
            circuit_.global_phase += params[0].value;
        }
        // Under a run-time condition a global phase cannot be observed.
        return;
    }
    circuit_.gate(kind, controls, qubits, params, where_);
    stamp();
}

void Lowerer::emit(const GateList& list) {
    for (const ListedGate& g : list) {
        if (g.kind != GateKind::kUnitary) {
            sink(g.kind, g.controls, g.qubits, g.params);
        } else if (collecting_) {
            collecting_->push_back(g);
        } else {
            circuit_.unitary(g.matrix, g.controls, g.qubits, where_);
            stamp();
        }
    }
}

void Lowerer::apply(const GateRef& gate, std::span<const Param> params,
                    std::span<const QubitId> qubits, std::span<const KnownModifier> modifiers,
                    Loc loc) {
    count(loc);
    if (!modifiers.empty()) {
        emit(collect(gate, params, qubits, modifiers, loc));
    } else if (gate.row) {
        sink(gate.row->kind, gate.row->controls, qubits, params);
    } else if (gate.composite) {
        emit(expand_composite(*gate.composite, {params.begin(), params.end()},
                              {qubits.begin(), qubits.end()}, circuit_));
    } else {
        inline_gate(*gate.definition, params, qubits, loc);
    }
}

/// The gates of a modified gate; the leftmost modifier is applied last and takes the first qubits.
GateList Lowerer::collect(const GateRef& gate, std::span<const Param> params,
                          std::span<const QubitId> qubits, std::span<const KnownModifier> modifiers,
                          Loc loc) {
    if (modifiers.empty()) {
        GateList list;
        GateList* const outer = std::exchange(collecting_, &list);
        try {
            apply(gate, params, qubits, {}, loc);
        } catch (...) {
            collecting_ = outer;
            throw;
        }
        collecting_ = outer;
        return list;
    }
    const KnownModifier& m = modifiers.front();
    const auto n = static_cast<std::size_t>(m.controls);
    GateList inner = collect(gate, params, qubits.subspan(n), modifiers.subspan(1), loc);
    work_ += inner.size();
    if (m.kind == Tok::kInv) return inverse(std::move(inner), circuit_);
    if (m.kind == Tok::kPow)
        return placed(loc, [&] { return power(std::move(inner), m.exponent, circuit_); });
    const std::vector<QubitId> controls(qubits.begin(), qubits.begin() + static_cast<long>(n));
    inner = controlled(std::move(inner), controls);
    if (m.kind == Tok::kCtrl) return inner;
    GateList result;
    for (const QubitId c : controls) result.push_back({GateKind::kX, 0, {c}, {}, {}});
    result.insert(result.end(), std::make_move_iterator(inner.begin()),
                  std::make_move_iterator(inner.end()));
    for (const QubitId c : controls) result.push_back({GateKind::kX, 0, {c}, {}, {}});
    return result;
}

/// Executes the body of a gate definition on `qubits`.
void Lowerer::inline_gate(const Statement& definition, std::span<const Param> params,
                          std::span<const QubitId> qubits, Loc loc) {
    const DepthGuard depth(*this, loc, kGateDepth);
    const GateFrame frame{&definition, qubits, params, scopes_.size()};
    const FrameGuard guard(*this, &frame);
    const ScopeGuard scope(*this);
    for (const StatementPtr& s : definition.body) {
        if (s->kind == StatementKind::kGateCall)
            gate_call(*s);
        else
            execute(*s);
    }
}

}  // namespace carillon::qasm
