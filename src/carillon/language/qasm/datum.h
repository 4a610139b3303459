// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/language/qasm/ast.h"

namespace carillon::qasm {

enum class Base : std::uint8_t {
    kVoid,
    kBool,
    kBit,
    kInt,
    kUint,
    kFloat,
    kAngle,
    kComplex,
    kDuration,
    kQubit
};

/// A type whose sizes are known.
struct Type {
    Base base = Base::kVoid;
    std::uint32_t width = 64;          ///< of a scalar; of bits and qubits: how many
    bool is_register = false;          ///< bit[n], qubit[n], also with n = 1
    std::vector<std::uint32_t> sizes;  ///< of an array; empty: a scalar

    bool is_array() const { return !sizes.empty(); }
    bool is_number() const { return base >= Base::kBool && base <= Base::kAngle; }
};

/// "int[8]", "bit", "array[float[64], 2, 3]".
std::string to_string(const Type& type);
/// Type of the circuit's run-time scalar that holds a `base` (bits become unsigned integers).
ScalarType scalar_type_of(Base base);

/// A scalar known now, or an expression for later. A duration keeps nanoseconds in value.real, a
/// complex number its parts in value.real and imag.
struct Scalar {
    Value value;
    double imag = 0;
    ExprId expr;

    bool known() const { return !expr.valid(); }
    friend bool operator==(const Scalar&, const Scalar&) = default;
};

/// One classical bit of a value: known, or somewhere in the circuit's memory, or computed.
struct BitAtom {
    std::int8_t known = -1;  ///< 0 or 1 when known
    BitId bit;               ///< where it stands in memory, if it does
    ExprId expr;             ///< how it is computed, when neither of the others holds
};

/// Result of an expression.
struct Datum {
    Type type;
    Scalar scalar;
    std::vector<BitAtom> bits;     ///< base kBit, not an array; [0] is the least significant
    std::vector<Scalar> elements;  ///< an array, row major

    static Datum of(Value value);
    static Datum complex(double real, double imag);
    static Datum duration(double ns);
    static Datum later(ExprId expr, const Expr& node);
};

/// Storage of one classical scalar: what is known about it now, and its run-time variable if it
/// has one. When `var` is valid the circuit's memory holds the value too.
struct Cell {
    Scalar now;
    bool known = true;
    VariableId var;
    VariableId
        reserved;  ///< of an output: the variable it becomes, so that outputs keep their order
};

enum class SymbolKind : std::uint8_t {
    kScalar,
    kBits,
    kArray,
    kQubits,
    kGate,
    kOpaque,
    kSubroutine,
    kExtern
};

/// What a name stands for.
struct Symbol {
    SymbolKind kind = SymbolKind::kScalar;
    std::string_view name;
    Loc loc;
    Type type;
    bool constant = false;  ///< const, readonly or a loop variable known by value
    bool output = false;
    int level = 0;                        ///< how many run-time blocks surround the declaration
    Cell cell;                            ///< kScalar
    std::vector<BitId> bits;              ///< kBits with memory
    std::shared_ptr<const Datum> frozen;  ///< kBits, kScalar: a value without memory of its own
    std::vector<QubitId> qubits;          ///< kQubits
    std::shared_ptr<std::vector<Cell>> cells;  ///< kArray: the whole storage
    std::vector<std::uint32_t> view;           ///< kArray: positions of the elements in it
    const Statement* definition = nullptr;     ///< kGate, kOpaque, kSubroutine, kExtern
};

using SymbolPtr = std::shared_ptr<Symbol>;

/// "a gate", "a qubit register", "an int[8] variable": in messages.
std::string describe(const Symbol& symbol);

}  // namespace carillon::qasm
