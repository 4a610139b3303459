// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "carillon/language/qasm/lexer.h"
#include "carillon/language/qasm/source.h"

namespace carillon::qasm {

struct Node;
struct TypeNode;
struct Statement;
using NodePtr = std::unique_ptr<Node>;
using TypePtr = std::unique_ptr<TypeNode>;
using StatementPtr = std::unique_ptr<Statement>;

/// No program may nest expressions and blocks deeper than this, so that recursion is bounded.
constexpr int kMaxNesting = 1000;

enum class NodeKind : std::uint8_t {
    kInteger,     ///< text
    kFloat,       ///< number
    kImaginary,   ///< number
    kBool,        ///< number is 0 or 1
    kBitString,   ///< text of 0, 1 and _
    kDuration,    ///< number in the unit `text`
    kName,        ///< text; hardware qubits keep their `$`
    kUnary,       ///< op args[0]
    kBinary,      ///< args[0] op args[1]
    kCast,        ///< type(args[0])
    kCall,        ///< text(args...)
    kIndex,       ///< args[0][args[1], ...]
    kRange,       ///< args[0] : args[1] : args[2] (start, step, stop), each may be null
    kSet,         ///< {args...}
    kMeasure,     ///< measure args[0]
    kDurationOf,  ///< durationof(block)
};

/// An expression.
struct Node {
    NodeKind kind = NodeKind::kName;
    Tok op = Tok::kEndOfFile;
    std::uint16_t depth = 1;  ///< height of the tree below
    Loc loc;
    std::string_view text;
    double number = 0;
    std::vector<NodePtr> args;
    TypePtr type;
    std::unique_ptr<std::vector<StatementPtr>> block;

    ~Node();
};

/// A type as written.
struct TypeNode {
    Tok base = Tok::kVoid;  ///< kBit, kInt ... kQubit, kArray, kVoid
    Loc loc;
    NodePtr width;               ///< the designator, may be null
    TypePtr element;             ///< kArray, kComplex: may be null for the latter
    std::vector<NodePtr> sizes;  ///< kArray: one per dimension
    NodePtr dimensions;          ///< kArray with #dim=n
    bool readonly = false, mutable_reference = false;
};

/// A name introduced by a definition, with its type when it has one.
struct Parameter {
    std::string_view name;
    Loc loc;
    TypePtr type;
};

/// One of `inv @`, `pow(k) @`, `ctrl(n) @`, `negctrl(n) @`.
struct Modifier {
    Tok kind = Tok::kInv;
    Loc loc;
    NodePtr argument;
};

struct SwitchCase {
    Loc loc;
    std::vector<NodePtr> labels;  ///< empty: default
    std::vector<StatementPtr> body;
};

enum class StatementKind : std::uint8_t {
    kVersion,   ///< value: the number
    kInclude,   ///< name: the path
    kDeclare,   ///< type name = value; flags
    kLet,       ///< let name = value
    kAssign,    ///< target op= value
    kMeasure,   ///< measure value -> target (may be null)
    kReset,     ///< operands
    kBarrier,   ///< operands, none = all
    kNop,       ///< operands
    kDelay,     ///< delay[value] operands
    kGateCall,  ///< modifiers name(args) operands
    kGate,      ///< gate name(parameters) qubits body
    kOpaque,    ///< opaque name(parameters) qubits
    kDef,       ///< def name(parameters) -> type body
    kExtern,    ///< extern name(parameters) -> type
    kIf,        ///< if (value) body else otherwise
    kFor,       ///< for type name in value body
    kWhile,     ///< while (value) body
    kSwitch,    ///< switch (value) cases
    kBreak,
    kContinue,
    kReturn,  ///< return value (may be null)
    kEnd,
    kBox,          ///< box[value] body
    kBlock,        ///< { body }
    kExpression,   ///< value;
    kCalibration,  ///< cal, defcal, defcalgrammar: skipped
    kPragma,
    kAnnotation,
};

enum class Qualifier : std::uint8_t { kNone, kConst, kInput, kOutput };

/// A statement; which members are used depends on the kind.
struct Statement {
    StatementKind kind = StatementKind::kBlock;
    Tok op = Tok::kAssign;
    Qualifier qualifier = Qualifier::kNone;
    Loc loc;
    std::string_view name;
    Loc name_loc;
    TypePtr type;
    NodePtr target, value;
    std::vector<NodePtr> args;      ///< of a gate call
    std::vector<NodePtr> operands;  ///< qubits
    std::vector<Modifier> modifiers;
    std::vector<Parameter> parameters;
    std::vector<Parameter> qubits;  ///< of a gate definition
    std::vector<StatementPtr> body, otherwise;
    std::vector<SwitchCase> cases;
};

inline Node::~Node() = default;

}  // namespace carillon::qasm
