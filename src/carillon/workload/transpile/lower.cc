// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/lower.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <string>
#include <unordered_map>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/transpile/decompose.h"
#include "carillon/workload/transpile/one_qubit.h"
#include "carillon/workload/transpile/parity_phases.h"
#include "carillon/workload/transpile/segment_writer.h"

namespace carillon {

namespace {

using std::numbers::pi;
using Wires = std::vector<QubitId>;

/// Walks the source once; see lower() for what comes out.
class Lowering {
  public:
    Lowering(const Circuit& source, const LowerOptions& options)
        : source_(source),
          options_(options),
          out_{empty_like(source), {}, {}},
          writer_(out_.circuit) {
        for (std::size_t q = 0; q < source.num_qubits; ++q) wire_.emplace_back(q);
        if (options.parity_phases) find_rewrites();
    }

    LoweredCircuit run() && {
        block(BlockId{0}, BlockId{0});
        writer_.finish();
        out_.final_wire = wire_;
        return std::move(out_);
    }

  private:
    struct FoundRewrite {
        Rewrite rewrite;
        std::uint32_t left = 0;  ///< operations still to come
    };

    /// Registers, bits and variables of the source, no operations.
    static Circuit empty_like(const Circuit& source) {
        Circuit c;
        c.name = source.name;
        c.qubit_registers = source.qubit_registers;
        c.bit_registers = source.bit_registers;
        c.variables = source.variables;
        c.num_qubits = source.num_qubits;
        c.num_bits = source.num_bits;
        c.exprs = source.exprs;
        c.global_phase = source.global_phase;
        return c;
    }

    void find_rewrites() {
        for (Rewrite& r : find_parity_phases(source_, options_.two_qubit_gates ? 2 : 3)) {
            const auto index = static_cast<std::uint32_t>(found_.size());
            for (std::uint32_t k = 0; k < r.count; ++k)
                rewrite_of_.emplace(r.operations.empty() ? r.first + k : r.operations[k], index);
            const std::uint32_t count = r.count;
            found_.push_back({std::move(r), count});
        }
    }

    void block(BlockId from, BlockId to) {
        const BlockId outer = writer_.block();
        writer_.set_block(to);
        for (const Operation& op : source_.block(from)) {
            origin_ = next_number_++;
            writer_.set_origin(origin_);
            if (const auto it = rewrite_of_.find(origin_); it != rewrite_of_.end())
                rewritten(it->second);
            else
                operation(op);
        }
        if (to == BlockId{0}) writer_.flush();
        writer_.set_block(outer);
    }

    /// An operation of a rewrite that was found beforehand: written at its last one.
    void rewritten(std::uint32_t index) {
        FoundRewrite& found = found_[index];
        if (--found.left > 0) return;
        write(found.rewrite.replacement, found.rewrite.qubits);
        out_.rewrites.push_back(std::move(found.rewrite));
    }

    void operation(const Operation& op) {
        const Wires wires = wires_of(source_.qubits(op));
        switch (op.kind) {
            case OpKind::kGate:
                gate(op, wires);
                return;
            case OpKind::kIf:
            case OpKind::kWhile:
                nested(op);
                return;
            case OpKind::kAssign:
                copy(op, {});
                return;
            case OpKind::kMeasure:
            case OpKind::kReset:
            case OpKind::kBarrier:
            case OpKind::kDelay:
                copy(op, wires);
                return;
        }
    }

    void nested(const Operation& op) {
        const std::uint32_t number = origin_;
        Wires touched = wires_of(touched_qubits(source_, op));
        std::sort(touched.begin(), touched.end());
        writer_.separate(touched);
        Operation lowered = op;
        lowered.origin = number;
        for (BlockId* body : {&lowered.body, &lowered.otherwise}) {
            if (!body->valid()) continue;
            const BlockId from = *body;
            *body = out_.circuit.add_block();
            block(from, *body);
            const BlockId outer = writer_.block();
            writer_.set_block(*body);
            writer_.separate(touched);
            writer_.set_block(outer);
        }
        keep_touched(touched, lowered);
        out_.circuit.block(writer_.block()).push_back(lowered);
    }

    /// A block whose gates on a wire cancelled still belongs to the wire: a barrier says so.
    void keep_touched(const Wires& touched, const Operation& nested) {
        const Wires left = touched_qubits(out_.circuit, nested);
        Wires lost;
        std::set_difference(touched.begin(), touched.end(), left.begin(), left.end(),
                            std::back_inserter(lost));
        if (!lost.empty()) out_.circuit.barrier(lost, nested.body);
    }

    // --- gates
    // -----------------------------------------------------------------------------------------------------

    void gate(const Operation& op, const Wires& wires) {
        if (std::any_of(source_.parameters(op).begin(), source_.parameters(op).end(),
                        [](const Param& p) { return !p.constant(); })) {
            run_time_gate(op, wires);
            return;
        }
        const bool split = options_.split_three_qubit_gates && wires.size() == 3;
        if (split || (options_.two_qubit_gates && wires.size() > 2)) {
            rewrite(op, narrowed(op));
            return;
        }
        std::vector<double> angles;
        for (const Param& p : source_.parameters(op)) angles.push_back(p.value);
        const auto controls = static_cast<std::size_t>(op.controls);
        const Wires control_wires(wires.begin(),
                                  wires.begin() + static_cast<std::ptrdiff_t>(controls));
        const Wires targets(wires.begin() + static_cast<std::ptrdiff_t>(controls), wires.end());
        using enum GateKind;
        switch (op.gate) {
            case kGphase:
                phase(control_wires, angles[0]);
                return;
            case kRxx:
            case kRyy:
            case kRzz:
            case kRzx:
                pauli_rotation(op.gate, control_wires, targets, angles[0]);
                return;
            case kSwap:
            case kIswap:
                if (controls == 0 && writer_.block() == BlockId{0}) {
                    relabelled_swap(op, targets);
                    return;
                }
                [[fallthrough]];
            case kEcr:
                rewrite(op, decompose_two_qubit(op.gate, op.controls));
                return;
            case kUnitary:
                if (targets.size() == 1) {
                    controlled_one_qubit(source_.matrices[op.matrix], control_wires, targets[0]);
                } else {
                    rewrite(op, with_controls(decompose_unitary(source_.matrices[op.matrix]),
                                              op.controls));
                }
                return;
            default:
                controlled_one_qubit(gate_matrix(op.gate, angles), control_wires, targets[0]);
        }
    }

    void controlled_one_qubit(const Matrix& m, const Wires& controls, QubitId target) {
        if (controls.empty()) {
            one_qubit(target, m);
            return;
        }
        const Eigen2 eigen = eigen_decompose(m);
        Wires all = controls;
        all.push_back(target);
        one_qubit(target, adjoint(eigen.v));
        phase(controls, eigen.phase[0]);
        phase(all, eigen.phase[1] - eigen.phase[0]);
        one_qubit(target, eigen.v);
    }

    /// exp(-i t/2 P P') = basis change, exp(-i t/2 Z Z), basis change back. Z Z = 1 - 2a - 2b + 4ab
    /// on bits a, b.
    void pauli_rotation(GateKind kind, const Wires& controls, const Wires& targets,
                        const Param& angle) {
        using enum GateKind;
        const Matrix h = gate_matrix(kH, {});
        const Matrix sh = multiply(gate_matrix(kS, {}), h);
        const Matrix one = Matrix::identity(1);
        const Matrix& first = kind == kRxx ? h : kind == kRyy ? sh : one;
        const Matrix& second = kind == kRxx || kind == kRzx ? h : kind == kRyy ? sh : one;
        one_qubit(targets[0], adjoint(first));
        one_qubit(targets[1], adjoint(second));
        const auto add = [&](std::initializer_list<QubitId> more, double factor) {
            Wires all = controls;
            all.insert(all.end(), more);
            phase(all, angle, factor);
        };
        add({}, -0.5);
        add({targets[0]}, 1);
        add({targets[1]}, 1);
        add({targets[0], targets[1]}, -2);
        one_qubit(targets[0], first);
        one_qubit(targets[1], second);
    }

    void relabelled_swap(const Operation& op, const Wires& targets) {
        if (op.gate == GateKind::kIswap) {
            phase(targets, pi);
            for (const QubitId w : targets) one_qubit(w, gate_matrix(GateKind::kS, {}));
        }
        const auto qubits = source_.qubits(op);
        std::swap(wire_[static_cast<std::size_t>(qubits[0])],
                  wire_[static_cast<std::size_t>(qubits[1])]);
    }

    /// A source gate replaced by a small circuit over its operands, with a certificate.
    void rewrite(const Operation& op, Circuit replacement) {
        const auto qubits = source_.qubits(op);
        write(replacement, qubits);
        out_.rewrites.push_back(
            {origin_, 1, {}, std::move(replacement), {qubits.begin(), qubits.end()}});
    }

    /// A replacement whose qubit i is qubits[i].
    void write(const Circuit& replacement, std::span<const QubitId> qubits) {
        for (const Operation& part : replacement.body()) {
            Wires wires;
            for (const QubitId q : replacement.qubits(part))
                wires.push_back(wire_of(qubits[static_cast<std::size_t>(q)]));
            const auto controls = static_cast<std::ptrdiff_t>(part.controls);
            const Wires control_wires(wires.begin(), wires.begin() + controls);
            const Wires targets(wires.begin() + controls, wires.end());
            if (part.gate == GateKind::kRzx) {
                pauli_rotation(part.gate, control_wires, targets,
                               replacement.parameters(part)[0].value);
                continue;
            }
            std::vector<double> angles;
            for (const Param& p : replacement.parameters(part)) angles.push_back(p.value);
            const Matrix m = part.gate == GateKind::kUnitary ? replacement.matrices[part.matrix]
                                                             : gate_matrix(part.gate, angles);
            controlled_one_qubit(m, control_wires, targets[0]);
        }
    }

    /// A gate on many qubits as a circuit of one- and two-qubit gates over its operands.
    Circuit narrowed(const Operation& op) const {
        if (op.num_operands > 8)
            throw InputError(
                {source_.name, static_cast<int>(op.line), 1},
                "a gate on " + std::to_string(op.num_operands) +
                    " qubits cannot be written with two-qubit gates for a QPU with a coupling map; "
                    "eight is the most: decompose it in the program, or use QPUs without a "
                    "coupling map");
        Circuit alone;
        alone.add_qubits("q", op.num_operands);
        std::vector<QubitId> all;
        for (std::size_t q = 0; q < op.num_operands; ++q) all.emplace_back(q);
        if (op.gate == GateKind::kUnitary)
            alone.unitary(source_.matrices[op.matrix], op.controls, all);
        else
            alone.gate(op.gate, op.controls, all, source_.parameters(op));
        const Circuit wide = lower(alone).circuit;
        Circuit narrow;
        narrow.add_qubits("q", op.num_operands);
        for (const Operation& part : wide.body()) {
            const auto qubits = wide.qubits(part);
            if (qubits.size() <= 2)
                narrow.gate(part.gate, part.controls, qubits, wide.parameters(part));
            else
                append_phase_by_parities(
                    narrow, qubits,
                    part.gate == GateKind::kZ ? pi : wide.parameters(part)[0].value);
        }
        return narrow;
    }

    static Circuit with_controls(const Circuit& base, int controls) {
        if (controls == 0) return base;
        Circuit c;
        c.add_qubits("q", base.num_qubits + static_cast<std::uint32_t>(controls));
        for (const Operation& op : base.body()) {
            Wires operands;
            for (int k = 0; k < controls; ++k) operands.emplace_back(static_cast<std::size_t>(k));
            for (const QubitId q : base.qubits(op))
                operands.emplace_back(q.value + static_cast<std::size_t>(controls));
            if (op.gate == GateKind::kUnitary)
                c.unitary(base.matrices[op.matrix], op.controls + controls, operands);
            else
                c.gate(op.gate, op.controls + controls, operands, base.parameters(op));
        }
        return c;
    }

    // --- gates whose angle is known only at run time
    // -----------------------------------------------------------------

    void run_time_gate(const Operation& op, const Wires& wires) {
        using enum GateKind;
        if (op.controls == 0 && wires.size() == 1) {
            copy(op, wires);
            return;
        }
        const auto angles = source_.parameters(op);
        const Wires controls(wires.begin(), wires.begin() + op.controls);
        const Wires targets(wires.begin() + op.controls, wires.end());
        const auto rotation = [&](const Matrix& v) {
            one_qubit(targets[0], adjoint(v));
            phase(controls, angles[0], -0.5);
            phase(wires, angles[0], 1);
            one_qubit(targets[0], v);
        };
        const Matrix h = gate_matrix(kH, {});
        const Matrix sh = multiply(gate_matrix(kS, {}), h);
        switch (op.gate) {
            case kGphase:
            case kP:
                return phase(wires, angles[0], 1);
            case kRz:
                return rotation(Matrix::identity(1));
            case kRx:
                return rotation(h);
            case kRy:
                return rotation(sh);
            case kRxx:
            case kRyy:
            case kRzz:
            case kRzx:
                return pauli_rotation(op.gate, controls, targets, angles[0]);
            case kU:
            case kU3:  // P(phi) Ry(theta) P(lambda), and for U a phase of theta/2
                phase(wires, angles[2], 1);
                rotation(sh);
                phase(wires, angles[1], 1);
                if (op.gate == kU) phase(controls, angles[0], 0.5);
                return;
            default:
                throw InternalError("lower: no rule for a run-time angle of " +
                                    std::string(gate_info(op.gate).name));
        }
    }

    /// e^{i factor angle} where all wires are 1.
    void phase(const Wires& wires, const Param& angle, double factor) {
        if (angle.constant()) return phase(wires, factor * angle.value);
        if (wires.empty()) return;
        Circuit& c = out_.circuit;
        Param scaled = angle;
        if (factor != 1) {
            const ExprId real = c.cast_expr(angle.expr, ScalarType::kFloat, 64);
            scaled = Param{c.binary(ExprOp::kMul, real, c.constant(Value::floating(factor)))};
        }
        writer_.phase(wires, scaled);
    }

    // --- the output
    // --------------------------------------------------------------------------------------------------

    void phase(const Wires& wires, double angle) { writer_.phase(wires, angle); }
    void one_qubit(QubitId wire, const Matrix& m) { writer_.one_qubit(wire, m); }
    void copy(const Operation& op, const Wires& wires) {
        writer_.copy(op, wires, source_.parameters(op));
    }

    QubitId wire_of(QubitId qubit) const { return wire_[static_cast<std::size_t>(qubit)]; }
    Wires wires_of(std::span<const QubitId> qubits) const {
        Wires wires;
        for (const QubitId q : qubits) wires.push_back(wire_of(q));
        return wires;
    }

    const Circuit& source_;
    const LowerOptions options_;
    LoweredCircuit out_;
    Wires wire_;  ///< by source qubit
    SegmentWriter writer_;
    std::vector<FoundRewrite> found_;
    std::unordered_map<std::uint32_t, std::uint32_t> rewrite_of_;  ///< by operation: in found_
    std::uint32_t origin_ = 0;
    std::uint32_t next_number_ = 0;
};

}  // namespace

LoweredCircuit lower(const Circuit& source, const LowerOptions& options) {
    return Lowering(source, options).run();
}

}  // namespace carillon
