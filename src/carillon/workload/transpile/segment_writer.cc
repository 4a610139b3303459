// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/segment_writer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "carillon/workload/transpile/one_qubit.h"

namespace carillon {

namespace {

using std::numbers::pi;

double reduced(double angle) {
    const double r = std::remainder(angle, 2 * pi);
    return std::abs(r) < 1e-14 ? 0 : r;
}

Matrix matrix_of(const std::array<Complex, 4>& m) {
    return {1, {m[0], m[1], m[2], m[3]}};
}

std::string key_of(std::vector<QubitId> wires) {
    std::sort(wires.begin(), wires.end());
    return {reinterpret_cast<const char*>(wires.data()), wires.size() * sizeof(QubitId)};
}

}  // namespace

void SegmentWriter::one_qubit(QubitId wire, const Matrix& m) {
    Pending& p = pending_[static_cast<std::size_t>(wire)];
    const Matrix product = p.active ? multiply(m, matrix_of(p.m)) : m;
    std::copy(product.data.begin(), product.data.end(), p.m.begin());
    p.active = true;
    p.origin = origin_;
}

bool SegmentWriter::pending_diagonal(QubitId wire) const {
    const Pending& p = pending_[static_cast<std::size_t>(wire)];
    return !p.active || (std::abs(p.m[1]) < 1e-12 && std::abs(p.m[2]) < 1e-12);
}

/// A waiting gate that is not diagonal ends the segment. If no phase stands in it, the gate that
/// began it is taken back and multiplied in; the product may be diagonal, and waits on.
void SegmentWriter::turn(QubitId wire) {
    Pending& p = pending_[static_cast<std::size_t>(wire)];
    auto& stack = segments_[static_cast<std::size_t>(wire)];
    while (!pending_diagonal(wire) && stack.back().phases == 0 && stack.back().opened != kNone) {
        const Matrix product = multiply(matrix_of(p.m), matrix_of(stack.back().m));
        std::copy(product.data.begin(), product.data.end(), p.m.begin());
        vanish(where_, stack.back().opened);
        stack.pop_back();
    }
    if (pending_diagonal(wire)) return;
    Segment next = new_segment();
    next.m = p.m;
    write_pending(wire);
    next.opened = last();
    stack.push_back(next);
}

void SegmentWriter::write_pending(QubitId wire) {
    Pending& p = pending_[static_cast<std::size_t>(wire)];
    if (!p.active) return;
    p.active = false;
    const NamedGate gate = name_one_qubit_gate(matrix_of(p.m));
    if (gate.kind == GateKind::kId) return;
    const std::vector<Param> params(gate.params.begin(), gate.params.end());
    circuit_.gate(gate.kind, 0, std::span(&wire, 1), params, where_);
    circuit_.block(where_).back().origin = p.origin;
}

void SegmentWriter::phase(std::span<const QubitId> wires, double angle) {
    angle = reduced(angle);
    if (angle == 0) return;
    if (wires.empty()) {
        circuit_.global_phase += angle;
        return;
    }
    if (wires.size() == 1) {
        one_qubit(wires[0], {1, {1, 0, 0, std::polar(1.0, angle)}});
        return;
    }
    for (const QubitId w : wires) turn(w);
    std::vector<std::uint32_t> segments;
    std::vector<QubitId> sorted(wires.begin(), wires.end());
    std::sort(sorted.begin(), sorted.end());
    for (const QubitId w : sorted) segments.push_back(segment(w).id);
    Standing& earlier = standing_[key_of(std::move(sorted))];
    if (earlier.segments == segments) {
        earlier.angle = reduced(earlier.angle + angle);
        if (earlier.angle != 0) {
            set_phase(circuit_.block(earlier.block)[earlier.position], earlier.angle);
            return;
        }
        vanish(earlier.block, earlier.position);
        earlier.segments.clear();
        for (const QubitId w : wires) --segment(w).phases;
        return;
    }
    circuit_.gate(GateKind::kZ, static_cast<int>(wires.size()) - 1, wires, {}, where_);
    set_phase(circuit_.block(where_).back(), angle);
    circuit_.block(where_).back().origin = origin_;
    for (const QubitId w : wires) ++segment(w).phases;
    earlier = {where_, last(), angle, std::move(segments)};
}

void SegmentWriter::set_phase(Operation& op, double angle) {
    if (std::abs(std::abs(angle) - pi) < 1e-14) {
        op.gate = GateKind::kZ;
        op.num_params = 0;
        return;
    }
    op.gate = GateKind::kP;
    if (op.num_params == 0) {
        op.first_param = static_cast<std::uint32_t>(circuit_.params.size());
        op.num_params = 1;
        circuit_.params.emplace_back(angle);
    } else {
        circuit_.params[op.first_param] = Param{angle};
    }
}

void SegmentWriter::phase(std::span<const QubitId> wires, const Param& angle) {
    for (const QubitId w : wires) {
        turn(w);
        write_pending(w);
    }
    circuit_.gate(GateKind::kP, static_cast<int>(wires.size()) - 1, wires, std::span(&angle, 1),
                  where_);
    circuit_.block(where_).back().origin = origin_;
    for (const QubitId w : wires) ++segment(w).phases;
}

void SegmentWriter::separate(std::span<const QubitId> wires) {
    for (const QubitId w : wires) {
        turn(w);
        write_pending(w);
        segments_[static_cast<std::size_t>(w)].assign(1, new_segment());
    }
}

void SegmentWriter::flush() {
    for (std::size_t w = 0; w < pending_.size(); ++w) {
        turn(QubitId{w});
        write_pending(QubitId{w});
    }
}

void SegmentWriter::copy(Operation op, std::span<const QubitId> wires,
                         std::span<const Param> params) {
    separate(wires);
    op.first_operand = static_cast<std::uint32_t>(circuit_.operands.size());
    circuit_.operands.insert(circuit_.operands.end(), wires.begin(), wires.end());
    op.first_param = static_cast<std::uint32_t>(circuit_.params.size());
    circuit_.params.insert(circuit_.params.end(), params.begin(), params.end());
    op.origin = origin_;
    circuit_.block(where_).push_back(op);
}

/// A gate on nothing stands where a gate vanished, so that positions stay.
void SegmentWriter::vanish(BlockId block, std::uint32_t position) {
    Operation& op = circuit_.block(block)[position];
    op = {};
    op.gate = GateKind::kId;
}

void SegmentWriter::finish() {
    for (Block& block : circuit_.blocks)
        std::erase_if(block, [](const Operation& op) {
            return op.kind == OpKind::kGate && op.gate == GateKind::kId && op.num_operands == 0;
        });
}

}  // namespace carillon
