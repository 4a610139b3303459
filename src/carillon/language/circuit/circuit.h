// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "carillon/base/ids.h"
#include "carillon/language/circuit/classical.h"
#include "carillon/language/circuit/gate.h"

namespace carillon {

/// A gate parameter: a number known now, or an expression evaluated when the gate runs.
struct Param {
    double value = 0;
    ExprId expr;

    Param() = default;
    Param(double v) : value(v) {}  // NOLINT(google-explicit-constructor): numbers are parameters
    explicit Param(ExprId e) : expr(e) {}
    bool constant() const { return !expr.valid(); }
};

enum class OpKind : std::uint8_t {
    kGate,
    kMeasure,
    kReset,
    kBarrier,
    kDelay,
    kAssign,
    kIf,
    kWhile
};

/// One operation of a block. Operands and parameters live in the circuit's arenas
/// (Circuit::operands, ::params).
struct Operation {
    OpKind kind = OpKind::kGate;
    GateKind gate = GateKind::kId;  ///< kGate: base gate
    std::uint16_t controls = 0;  ///< kGate: the first `controls` operands are controls (all on |1>)
    std::uint32_t first_operand = 0, num_operands = 0;
    std::uint32_t first_param = 0, num_params = 0;  ///< kGate: angles; kDelay: one duration in ns
    std::uint32_t matrix = 0;  ///< kGate/kUnitary: index into Circuit::matrices
    BitId bit;  ///< kMeasure: where the outcome goes; may be none. kAssign: first target bit
    VariableId variable;  ///< kAssign: target when it is a variable
    std::uint32_t bit_count =
        0;             ///< kAssign: number of target bits when it is bits (bit = least significant)
    ExprId condition;  ///< kIf, kWhile: condition; kAssign: the value
    BlockId body, otherwise;  ///< kIf: then and else (may be none); kWhile: body
    std::uint32_t line = 0;   ///< line in the source file, 0 when unknown
    std::uint32_t origin =
        kNoOrigin;  ///< in a rewritten circuit: number of the source operation this came from

    static constexpr std::uint32_t kNoOrigin = 0xffffffff;
};

using Block = std::vector<Operation>;

struct QubitRegister {
    std::string name;
    QubitId first;
    std::uint32_t size = 1;
};

struct BitRegister {
    std::string name;
    BitId first;
    std::uint32_t size = 1;
    bool output = true;  ///< belongs to the program's result
};

/// A run-time classical variable that is not a bit.
struct Variable {
    std::string name;
    Value initial;        ///< type, width and value at start
    bool output = false;  ///< belongs to the program's result
};

/// A quantum program: operations over qubits and classical memory; if and while keep their blocks.
///
/// Everything known when the program is read (constants, loops with known bounds, gate definitions,
/// subroutines) is already expanded; what depends on measurement stays as expressions. Memory is
/// linear in the number of operations.
struct Circuit {
    std::string name;
    std::vector<QubitRegister> qubit_registers;  ///< in declaration order; they cover all qubits
    std::vector<BitRegister> bit_registers;      ///< in declaration order; they cover all bits
    std::vector<Variable> variables;
    double global_phase = 0;  ///< radians

    std::vector<Block> blocks{
        1};  ///< blocks[0] is the program; others are bodies of kIf and kWhile
    std::vector<QubitId> operands;
    std::vector<Param> params;
    std::vector<Matrix> matrices;
    ExprArena exprs;

    std::uint32_t num_qubits = 0;
    std::uint32_t num_bits = 0;

    Block& body() { return blocks[0]; }
    const Block& body() const { return blocks[0]; }
    Block& block(BlockId id) { return blocks[static_cast<std::size_t>(id)]; }
    const Block& block(BlockId id) const { return blocks[static_cast<std::size_t>(id)]; }

    std::span<const QubitId> qubits(const Operation& op) const {
        return {operands.data() + op.first_operand, op.num_operands};
    }
    std::span<const Param> parameters(const Operation& op) const {
        return {params.data() + op.first_param, op.num_params};
    }

    // Builders. Each appends to `where` (default: the program) and returns nothing that can dangle.
    QubitId add_qubits(std::string register_name, std::uint32_t size);
    BitId add_bits(std::string register_name, std::uint32_t size, bool output = true);
    VariableId add_variable(std::string variable_name, Value initial, bool output = false);
    BlockId add_block();
    ExprId add_expr(Expr expr);
    ExprId constant(Value value);
    ExprId bits_expr(BitId first, std::uint32_t count);
    ExprId variable_expr(VariableId variable);
    ExprId unary(ExprOp op, ExprId a);
    ExprId binary(ExprOp op, ExprId a, ExprId b);
    ExprId cast_expr(ExprId a, ScalarType type, int width);
    ExprId select(ExprId condition, ExprId then, ExprId otherwise);

    void gate(GateKind kind, int controls, std::span<const QubitId> qubits,
              std::span<const Param> angles = {}, BlockId where = BlockId{0});
    void gate(GateKind kind, int controls, std::initializer_list<QubitId> qubits,
              std::initializer_list<Param> angles = {}, BlockId where = BlockId{0});
    void unitary(Matrix matrix, int controls, std::span<const QubitId> qubits,
                 BlockId where = BlockId{0});
    void measure(QubitId qubit, BitId bit, BlockId where = BlockId{0});
    void reset(QubitId qubit, BlockId where = BlockId{0});
    void barrier(std::span<const QubitId> qubits, BlockId where = BlockId{0});
    void delay(std::span<const QubitId> qubits, double ns, BlockId where = BlockId{0});
    void assign_variable(VariableId target, ExprId value, BlockId where = BlockId{0});
    void assign_bits(BitId first, std::uint32_t count, ExprId value, BlockId where = BlockId{0});
    void if_else(ExprId condition, BlockId then, BlockId otherwise = {},
                 BlockId where = BlockId{0});
    void while_loop(ExprId condition, BlockId loop_body, BlockId where = BlockId{0});

    /// "q[3]" for a qubit, "c[0]" for a bit: the register's name and the index in it.
    std::string qubit_name(QubitId qubit) const;
    std::string bit_name(BitId bit) const;
    /// Classical memory at the start of a run.
    ClassicalState initial_state() const;
};

/// Counts over all blocks.
struct CircuitSummary {
    std::size_t operations = 0;  ///< all kinds
    std::size_t gates = 0;
    std::size_t two_qubit_gates = 0;
    std::size_t wide_gates = 0;  ///< on three or more qubits
    std::size_t measurements = 0;
    std::size_t resets = 0;
    std::size_t depth =
        0;  ///< longest chain of gates, measurements and resets in the program's own block
    bool conditional = false;  ///< has kIf, kWhile, kAssign or a run-time parameter
    bool mid_circuit =
        false;  ///< something acts on a qubit after its measurement, or a reset occurs
};
CircuitSummary summarize(const Circuit& circuit);

/// Qubits that a block touches, nested blocks included, sorted and without repetition.
std::vector<QubitId> touched_qubits(const Circuit& circuit, const Operation& op);

/// Calls visit(op, block, index) for every operation in program order, nested blocks (then, else)
/// after their owner. The number of an operation is its position in this order, from 0.
template <class Visit>
void visit_operations(const Circuit& circuit, Visit&& visit, BlockId where = BlockId{0}) {
    const Block& block = circuit.block(where);
    for (std::size_t i = 0; i < block.size(); ++i) {
        visit(block[i], where, i);
        if (block[i].body.valid()) visit_operations(circuit, visit, block[i].body);
        if (block[i].otherwise.valid()) visit_operations(circuit, visit, block[i].otherwise);
    }
}

/// Matrix of a gate operation, controls included, with every parameter evaluated in `state`.
Matrix operation_matrix(const Circuit& circuit, const Operation& op, const ClassicalState& state);

}  // namespace carillon
