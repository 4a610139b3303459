// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/base/ids.h"

namespace carillon {

/// Type of a run-time scalar.
enum class ScalarType : std::uint8_t { kBool, kInt, kUint, kFloat, kAngle };

/// A scalar at run time. kBool, kInt, kUint live in `bits` (two's complement, already wrapped to
/// the width of their variable); kFloat and kAngle in `real` (angles in radians, reduced to [0, 2
/// pi)).
struct Value {
    ScalarType type = ScalarType::kInt;
    std::uint8_t width = 64;  ///< 1..64; floats are kept as doubles (width 32 rounds to float)
    std::int64_t bits = 0;
    double real = 0;

    static Value boolean(bool b);
    static Value integer(std::int64_t v, int width = 64);
    static Value unsigned_integer(std::uint64_t v, int width = 64);
    static Value floating(double v, int width = 64);
    static Value angle(double radians, int width = 64);

    bool truthy() const;
    double as_double() const;     ///< numbers as they are, angles in radians
    std::int64_t as_int() const;  ///< floats truncate toward zero; an angle gives its raw bits
    std::uint64_t as_uint() const;
    friend bool operator==(const Value&, const Value&) = default;
};

/// `value` converted to `type` and `width` as an OpenQASM 3 cast does. An angle of width n is the
/// unsigned integer round(radians / 2 pi * 2^n) when cast to bits, and casting a float to an angle
/// reduces it modulo 2 pi.
Value cast(const Value& value, ScalarType type, int width);

enum class ExprKind : std::uint8_t {
    kConstant,  ///< value
    kVariable,  ///< variable
    kBits,      ///< `count` bits from `first` as an unsigned integer, bit `first` least significant
                ///< (count <= 64)
    kUnary,     ///< op a
    kBinary,    ///< a op b
    kCast,      ///< a converted to (type, width)
    kSelect,    ///< a ? b : c
};

enum class ExprOp : std::uint8_t {
    kNone,
    // unary
    kNeg,
    kNot,
    kBitNot,
    kSin,
    kCos,
    kTan,
    kAsin,
    kAcos,
    kAtan,
    kExp,
    kLog,
    kSqrt,
    kFloor,
    kCeil,
    kPopcount,
    // binary
    kAdd,
    kSub,
    kMul,
    kDiv,
    kMod,
    kPow,
    kBitAnd,
    kBitOr,
    kBitXor,
    kShl,
    kShr,
    kAnd,
    kOr,
    kEq,
    kNe,
    kLt,
    kLe,
    kGt,
    kGe,
    kRotl,
    kRotr,
};

/// One node of a classical expression; nodes live in an arena (ExprArena) and refer to each other
/// by index.
struct Expr {
    ExprKind kind = ExprKind::kConstant;
    ExprOp op = ExprOp::kNone;
    ScalarType type = ScalarType::kInt;  ///< result type
    std::uint8_t width = 64;             ///< result width
    ExprId a, b, c;                      ///< operands
    Value value;                         ///< kConstant
    VariableId variable;                 ///< kVariable
    BitId first_bit;                     ///< kBits
    std::uint32_t bit_count = 0;         ///< kBits
};

using ExprArena = std::vector<Expr>;

/// The run-time classical memory of one program.
struct ClassicalState {
    std::vector<std::uint8_t> bits;  ///< one 0/1 per classical bit
    std::vector<Value> variables;
};

/// Value of an expression in a state.
///
/// Throws: InputError on integer division by zero and on a shift by a negative amount.
Value evaluate(const ExprArena& arena, ExprId root, const ClassicalState& state);

/// Result of one operator on values (the same rules as evaluate()).
Value apply_unary(ExprOp op, const Value& a);
Value apply_binary(ExprOp op, const Value& a, const Value& b);

/// Bits and variables an expression reads, appended to the two lists (with repetitions).
void collect_reads(const ExprArena& arena, ExprId root, std::vector<BitId>& bits,
                   std::vector<VariableId>& variables);

/// True when the two expressions are the same tree.
bool same_expression(const ExprArena& arena_a, ExprId a, const ExprArena& arena_b, ExprId b);

}  // namespace carillon
