// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/datum.h"

namespace carillon::qasm {

namespace {

std::string base_name(Base base) {
    switch (base) {
        case Base::kVoid:
            return "void";
        case Base::kBool:
            return "bool";
        case Base::kBit:
            return "bit";
        case Base::kInt:
            return "int";
        case Base::kUint:
            return "uint";
        case Base::kFloat:
            return "float";
        case Base::kAngle:
            return "angle";
        case Base::kComplex:
            return "complex";
        case Base::kDuration:
            return "duration";
        case Base::kQubit:
            return "qubit";
    }
    return "?";
}

}  // namespace

std::string to_string(const Type& type) {
    std::string text = base_name(type.base);
    const bool sized = type.base >= Base::kInt && type.base <= Base::kAngle;
    if (sized || type.is_register) text += "[" + std::to_string(type.width) + "]";
    if (!type.is_array()) return text;
    text = "array[" + text;
    for (const std::uint32_t n : type.sizes) text += ", " + std::to_string(n);
    return text + "]";
}

ScalarType scalar_type_of(Base base) {
    switch (base) {
        case Base::kBool:
            return ScalarType::kBool;
        case Base::kInt:
            return ScalarType::kInt;
        case Base::kFloat:
            return ScalarType::kFloat;
        case Base::kAngle:
            return ScalarType::kAngle;
        default:
            return ScalarType::kUint;
    }
}

namespace {

Base base_of(ScalarType type) {
    switch (type) {
        case ScalarType::kBool:
            return Base::kBool;
        case ScalarType::kInt:
            return Base::kInt;
        case ScalarType::kUint:
            return Base::kUint;
        case ScalarType::kFloat:
            return Base::kFloat;
        case ScalarType::kAngle:
            return Base::kAngle;
    }
    return Base::kVoid;
}

}  // namespace

Datum Datum::of(Value value) {
    Datum d;
    d.type.base = base_of(value.type);
    d.type.width = value.width;
    d.scalar.value = value;
    return d;
}

Datum Datum::complex(double real, double imag) {
    Datum d;
    d.type.base = Base::kComplex;
    d.scalar.value = Value::floating(real);
    d.scalar.imag = imag;
    return d;
}

Datum Datum::duration(double ns) {
    Datum d;
    d.type.base = Base::kDuration;
    d.scalar.value = Value::floating(ns);
    return d;
}

Datum Datum::later(ExprId expr, const Expr& node) {
    Datum d;
    d.type.base = base_of(node.type);
    d.type.width = node.width;
    d.scalar.expr = expr;
    d.scalar.value.type = node.type;
    d.scalar.value.width = node.width;
    return d;
}

namespace {

std::string kind_of(const Symbol& symbol) {
    switch (symbol.kind) {
        case SymbolKind::kScalar:
            return to_string(symbol.type) + (symbol.constant ? " constant" : " variable");
        case SymbolKind::kBits:
            return symbol.type.is_register ? "bit register" : "bit";
        case SymbolKind::kArray:
            return to_string(symbol.type);
        case SymbolKind::kQubits:
            return symbol.type.is_register ? "qubit register" : "qubit";
        case SymbolKind::kGate:
            return "gate";
        case SymbolKind::kOpaque:
            return "opaque gate";
        case SymbolKind::kSubroutine:
            return "subroutine";
        case SymbolKind::kExtern:
            return "extern function";
    }
    return "name";
}

}  // namespace

std::string describe(const Symbol& symbol) {
    const std::string kind = kind_of(symbol);
    const bool vowel = std::string_view("aeio").find(kind[0]) != std::string_view::npos;
    return (vowel ? "an " : "a ") + kind;
}

}  // namespace carillon::qasm
