// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>

#include "carillon/workload/program/json.h"

namespace carillon {

namespace {

/// Equal, with NaN equal to itself and 0 told from -0 left aside.
bool same_number(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

bool same_value(const Value& a, const Value& b) {
    return a.type == b.type && a.width == b.width && a.bits == b.bits &&
           same_number(a.real, b.real);
}

template <class A, class B, class Same>
bool all_same(const A& a, const B& b, Same&& same) {
    return std::equal(std::begin(a), std::end(a), std::begin(b), std::end(b), same);
}

bool same_expr(const Expr& a, const Expr& b) {
    return a.kind == b.kind && a.op == b.op && a.type == b.type && a.width == b.width &&
           a.a == b.a && a.b == b.b && a.c == b.c && same_value(a.value, b.value) &&
           a.variable == b.variable && a.first_bit == b.first_bit && a.bit_count == b.bit_count;
}

bool same_matrix(const Matrix& a, const Matrix& b) {
    return a.qubits == b.qubits && a.data == b.data;
}

bool same_param(const Param& a, const Param& b) {
    return a.expr == b.expr && (a.expr.valid() || same_number(a.value, b.value));
}

bool same_instruction(const QpuProgram& p, const Instruction& a, const QpuProgram& q,
                      const Instruction& b) {
    const auto head = [](const Instruction& i) {
        const bool unitary = i.kind == InstructionKind::kGate && i.gate == GateKind::kUnitary;
        return std::tuple(i.kind, i.gate, i.controls, unitary ? i.matrix : 0, i.bit, i.variable,
                          i.bit_count, i.condition, i.body, i.otherwise, i.peer, i.pair, i.message,
                          i.transfer, i.source, i.order);
    };
    return head(a) == head(b) && all_same(p.qubits(a), q.qubits(b), std::equal_to<>()) &&
           all_same(p.conditions(a), q.conditions(b), std::equal_to<>()) &&
           all_same(p.parameters(a), q.parameters(b), same_param);
}

bool same_qpu(const QpuProgram& a, const QpuProgram& b) {
    return a.name == b.name && a.data_qubits == b.data_qubits && a.comm_qubits == b.comm_qubits &&
           a.num_bits == b.num_bits &&
           all_same(a.blocks, b.blocks, [&](const InstructionBlock& x, const InstructionBlock& y) {
               return all_same(x, y, [&](const Instruction& i, const Instruction& j) {
                   return same_instruction(a, i, b, j);
               });
           });
}

bool same_rewrite(const Rewrite& a, const Rewrite& b) {
    const Circuit &p = a.replacement, &q = b.replacement;
    const auto same_operation = [&](const Operation& x, const Operation& y) {
        return x.kind == y.kind && x.gate == y.gate && x.controls == y.controls &&
               (x.gate != GateKind::kUnitary || x.matrix == y.matrix) &&
               all_same(p.qubits(x), q.qubits(y), std::equal_to<>()) &&
               all_same(p.parameters(x), q.parameters(y), same_param);
    };
    return a.first == b.first && a.count == b.count && a.operations == b.operations &&
           a.qubits == b.qubits && p.num_qubits == q.num_qubits &&
           same_number(p.global_phase, q.global_phase) &&
           all_same(p.body(), q.body(), same_operation) && all_same(p.exprs, q.exprs, same_expr) &&
           all_same(p.matrices, q.matrices, same_matrix);
}

bool same_pair(const BellPair& a, const BellPair& b) {
    return a.a == b.a && a.b == b.b && a.link == b.link && a.purpose == b.purpose &&
           a.serves == b.serves;
}

bool same_transfer(const QubitTransfer& a, const QubitTransfer& b) {
    return a.from == b.from && a.to == b.to && a.link == b.link && a.purpose == b.purpose &&
           a.serves == b.serves;
}

bool same_register(const BitRegister& a, const BitRegister& b) {
    return a.name == b.name && a.first == b.first && a.size == b.size && a.output == b.output;
}

bool same_variable(const Variable& a, const Variable& b) {
    return a.name == b.name && same_value(a.initial, b.initial) && a.output == b.output;
}

}  // namespace

bool same_program(const DistributedProgram& a, const DistributedProgram& b) {
    return a.name == b.name && a.num_qubits == b.num_qubits && a.num_bits == b.num_bits &&
           a.num_messages == b.num_messages &&
           all_same(a.bit_registers, b.bit_registers, same_register) &&
           all_same(a.variables, b.variables, same_variable) &&
           all_same(a.exprs, b.exprs, same_expr) && all_same(a.matrices, b.matrices, same_matrix) &&
           all_same(a.qpus, b.qpus, same_qpu) && all_same(a.pairs, b.pairs, same_pair) &&
           all_same(a.transfers, b.transfers, same_transfer) &&
           a.initial_layout == b.initial_layout && a.final_layout == b.final_layout &&
           a.bit_owner == b.bit_owner && a.variable_owner == b.variable_owner &&
           all_same(a.rewrites, b.rewrites, same_rewrite) &&
           all_same(a.windows, b.windows, [&](const LocalWindow& x, const LocalWindow& y) {
               return x.qpu == y.qpu && x.block == y.block && x.first == y.first &&
                      x.count == y.count &&
                      same_instruction(a.qpu(x.qpu), x.meaning, b.qpu(y.qpu), y.meaning);
           });
}

}  // namespace carillon
