// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/circuit.h"

#include <algorithm>
#include <utility>

#include "carillon/base/error.h"

namespace carillon {

namespace {

/// Adds an operation of `kind` whose operands and parameters are appended to the arenas.
Operation& append(Circuit& circuit, BlockId where, OpKind kind, std::span<const QubitId> qubits,
                  std::span<const Param> params) {
    Operation op;
    op.kind = kind;
    op.first_operand = static_cast<std::uint32_t>(circuit.operands.size());
    op.num_operands = static_cast<std::uint32_t>(qubits.size());
    op.first_param = static_cast<std::uint32_t>(circuit.params.size());
    op.num_params = static_cast<std::uint32_t>(params.size());
    circuit.operands.insert(circuit.operands.end(), qubits.begin(), qubits.end());
    circuit.params.insert(circuit.params.end(), params.begin(), params.end());
    Block& block = circuit.block(where);
    block.push_back(op);
    return block.back();
}

template <class Registers, class Index>
std::string register_element(const Registers& registers, Index index, const char* fallback) {
    auto it = std::upper_bound(registers.begin(), registers.end(), index,
                               [](Index i, const auto& r) { return i < r.first; });
    if (it == registers.begin()) return fallback + std::to_string(index.value);
    --it;
    return it->name + "[" + std::to_string(index.value - it->first.value) + "]";
}

ScalarType wider_type(const Expr& a, const Expr& b) {
    const auto has = [&](ScalarType t) { return a.type == t || b.type == t; };
    if (has(ScalarType::kAngle)) return ScalarType::kAngle;
    if (has(ScalarType::kFloat)) return ScalarType::kFloat;
    if (has(ScalarType::kUint)) return ScalarType::kUint;
    return ScalarType::kInt;
}

}  // namespace

QubitId Circuit::add_qubits(std::string register_name, std::uint32_t size) {
    const QubitId first{num_qubits};
    qubit_registers.push_back({std::move(register_name), first, size});
    num_qubits += size;
    return first;
}

BitId Circuit::add_bits(std::string register_name, std::uint32_t size, bool output) {
    const BitId first{num_bits};
    bit_registers.push_back({std::move(register_name), first, size, output});
    num_bits += size;
    return first;
}

VariableId Circuit::add_variable(std::string variable_name, Value initial, bool output) {
    variables.push_back({std::move(variable_name), initial, output});
    return VariableId{variables.size() - 1};
}

BlockId Circuit::add_block() {
    blocks.emplace_back();
    return BlockId{blocks.size() - 1};
}

ExprId Circuit::add_expr(Expr expr) {
    exprs.push_back(expr);
    return ExprId{exprs.size() - 1};
}

ExprId Circuit::constant(Value value) {
    Expr e;
    e.value = value;
    e.type = value.type;
    e.width = value.width;
    return add_expr(e);
}

ExprId Circuit::bits_expr(BitId first, std::uint32_t count) {
    Expr e;
    e.kind = ExprKind::kBits;
    e.type = ScalarType::kUint;
    e.width = static_cast<std::uint8_t>(count);
    e.first_bit = first;
    e.bit_count = count;
    return add_expr(e);
}

ExprId Circuit::variable_expr(VariableId variable) {
    const Value& v = variables[static_cast<std::size_t>(variable)].initial;
    Expr e;
    e.kind = ExprKind::kVariable;
    e.type = v.type;
    e.width = v.width;
    e.variable = variable;
    return add_expr(e);
}

ExprId Circuit::unary(ExprOp op, ExprId a) {
    const Expr& operand = exprs[static_cast<std::size_t>(a)];
    Expr e;
    e.kind = ExprKind::kUnary;
    e.op = op;
    e.a = a;
    e.type = operand.type;
    e.width = operand.width;
    if (op == ExprOp::kNot) e.type = ScalarType::kBool, e.width = 1;
    if (op >= ExprOp::kSin && op <= ExprOp::kCeil) e.type = ScalarType::kFloat, e.width = 64;
    if (op == ExprOp::kPopcount) e.type = ScalarType::kUint, e.width = 64;
    return add_expr(e);
}

ExprId Circuit::binary(ExprOp op, ExprId a, ExprId b) {
    const Expr& x = exprs[static_cast<std::size_t>(a)];
    const Expr& y = exprs[static_cast<std::size_t>(b)];
    Expr e;
    e.kind = ExprKind::kBinary;
    e.op = op;
    e.a = a;
    e.b = b;
    e.type = wider_type(x, y);
    e.width = std::max(x.width, y.width);
    if ((op >= ExprOp::kAnd && op <= ExprOp::kGe)) e.type = ScalarType::kBool, e.width = 1;
    const bool keeps_left =
        op == ExprOp::kShl || op == ExprOp::kShr || op == ExprOp::kRotl || op == ExprOp::kRotr;
    if (keeps_left) e.type = x.type, e.width = x.width;
    return add_expr(e);
}

ExprId Circuit::cast_expr(ExprId a, ScalarType type, int width) {
    Expr e;
    e.kind = ExprKind::kCast;
    e.a = a;
    e.type = type;
    e.width = static_cast<std::uint8_t>(width);
    return add_expr(e);
}

ExprId Circuit::select(ExprId condition, ExprId then, ExprId otherwise) {
    const Expr& t = exprs[static_cast<std::size_t>(then)];
    Expr e;
    e.kind = ExprKind::kSelect;
    e.a = condition;
    e.b = then;
    e.c = otherwise;
    e.type = t.type;
    e.width = t.width;
    return add_expr(e);
}

void Circuit::gate(GateKind kind, int controls, std::span<const QubitId> qubits,
                   std::span<const Param> angles, BlockId where) {
    const GateInfo& info = gate_info(kind);
    if (kind == GateKind::kUnitary)
        throw InternalError("Circuit::gate: use unitary() for an explicit matrix");
    if (static_cast<int>(qubits.size()) != info.targets + controls ||
        static_cast<int>(angles.size()) != info.params)
        throw InternalError("Circuit::gate: wrong number of operands or parameters for " +
                            std::string(info.name));
    Operation& op = append(*this, where, OpKind::kGate, qubits, angles);
    op.gate = kind;
    op.controls = static_cast<std::uint16_t>(controls);
}

void Circuit::gate(GateKind kind, int controls, std::initializer_list<QubitId> qubits,
                   std::initializer_list<Param> angles, BlockId where) {
    gate(kind, controls, std::span<const QubitId>(qubits.begin(), qubits.size()),
         std::span<const Param>(angles.begin(), angles.size()), where);
}

void Circuit::unitary(Matrix matrix, int controls, std::span<const QubitId> qubits, BlockId where) {
    if (static_cast<int>(qubits.size()) != matrix.qubits + controls)
        throw InternalError("Circuit::unitary: the matrix does not fit the operands");
    matrices.push_back(std::move(matrix));
    Operation& op = append(*this, where, OpKind::kGate, qubits, {});
    op.gate = GateKind::kUnitary;
    op.controls = static_cast<std::uint16_t>(controls);
    op.matrix = static_cast<std::uint32_t>(matrices.size() - 1);
}

void Circuit::measure(QubitId qubit, BitId bit, BlockId where) {
    append(*this, where, OpKind::kMeasure, std::span(&qubit, 1), {}).bit = bit;
}

void Circuit::reset(QubitId qubit, BlockId where) {
    append(*this, where, OpKind::kReset, std::span(&qubit, 1), {});
}

void Circuit::barrier(std::span<const QubitId> qubits, BlockId where) {
    append(*this, where, OpKind::kBarrier, qubits, {});
}

void Circuit::delay(std::span<const QubitId> qubits, double ns, BlockId where) {
    const Param duration{ns};
    append(*this, where, OpKind::kDelay, qubits, std::span(&duration, 1));
}

void Circuit::assign_variable(VariableId target, ExprId value, BlockId where) {
    Operation& op = append(*this, where, OpKind::kAssign, {}, {});
    op.variable = target;
    op.condition = value;
}

void Circuit::assign_bits(BitId first, std::uint32_t count, ExprId value, BlockId where) {
    Operation& op = append(*this, where, OpKind::kAssign, {}, {});
    op.bit = first;
    op.bit_count = count;
    op.condition = value;
}

void Circuit::if_else(ExprId condition, BlockId then, BlockId otherwise, BlockId where) {
    Operation& op = append(*this, where, OpKind::kIf, {}, {});
    op.condition = condition;
    op.body = then;
    op.otherwise = otherwise;
}

void Circuit::while_loop(ExprId condition, BlockId loop_body, BlockId where) {
    Operation& op = append(*this, where, OpKind::kWhile, {}, {});
    op.condition = condition;
    op.body = loop_body;
}

std::string Circuit::qubit_name(QubitId qubit) const {
    return register_element(qubit_registers, qubit, "$");
}
std::string Circuit::bit_name(BitId bit) const {
    return register_element(bit_registers, bit, "bit");
}

ClassicalState Circuit::initial_state() const {
    ClassicalState state;
    state.bits.assign(num_bits, 0);
    state.variables.reserve(variables.size());
    for (const Variable& v : variables) state.variables.push_back(v.initial);
    return state;
}

CircuitSummary summarize(const Circuit& circuit) {
    CircuitSummary summary;
    std::vector<bool> measured(circuit.num_qubits);
    std::vector<std::uint32_t> level(circuit.num_qubits);
    const auto advance = [&](std::span<const QubitId> qubits) {
        std::uint32_t top = 0;
        for (const QubitId q : qubits) top = std::max(top, level[q.value]);
        for (const QubitId q : qubits) level[q.value] = top + 1;
        summary.depth = std::max<std::size_t>(summary.depth, top + 1);
    };
    visit_operations(circuit, [&](const Operation& op, BlockId, std::size_t) {
        ++summary.operations;
        const auto qubits = circuit.qubits(op);
        switch (op.kind) {
            case OpKind::kGate:
                ++summary.gates;
                summary.two_qubit_gates += qubits.size() == 2;
                summary.wide_gates += qubits.size() > 2;
                for (const QubitId q : qubits) summary.mid_circuit |= measured[q.value];
                for (const Param& p : circuit.parameters(op)) summary.conditional |= !p.constant();
                advance(qubits);
                break;
            case OpKind::kMeasure:
                ++summary.measurements;
                summary.mid_circuit |= measured[qubits[0].value];
                measured[qubits[0].value] = true;
                advance(qubits);
                break;
            case OpKind::kReset:
                ++summary.resets;
                summary.mid_circuit = true;
                advance(qubits);
                break;
            case OpKind::kAssign:
            case OpKind::kIf:
            case OpKind::kWhile:
                summary.conditional = true;
                break;
            case OpKind::kBarrier:
            case OpKind::kDelay:
                break;
        }
    });
    return summary;
}

std::vector<QubitId> touched_qubits(const Circuit& circuit, const Operation& op) {
    const auto own = circuit.qubits(op);
    std::vector<QubitId> touched(own.begin(), own.end());
    const auto add = [&](const Operation& inner, BlockId, std::size_t) {
        const auto qubits = circuit.qubits(inner);
        touched.insert(touched.end(), qubits.begin(), qubits.end());
    };
    if (op.body.valid()) visit_operations(circuit, add, op.body);
    if (op.otherwise.valid()) visit_operations(circuit, add, op.otherwise);
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
}

Matrix operation_matrix(const Circuit& circuit, const Operation& op, const ClassicalState& state) {
    if (op.gate == GateKind::kUnitary)
        return add_controls(circuit.matrices[op.matrix], op.controls);
    std::vector<double> angles;
    for (const Param& p : circuit.parameters(op))
        angles.push_back(p.constant() ? p.value
                                      : evaluate(circuit.exprs, p.expr, state).as_double());
    return add_controls(gate_matrix(op.gate, angles), op.controls);
}

}  // namespace carillon
