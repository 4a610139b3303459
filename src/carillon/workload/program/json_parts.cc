// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/json_parts.h"

#include <cmath>
#include <numbers>

#include "carillon/language/circuit/unitarity.h"

namespace carillon::program_json {

namespace {

constexpr int kMaxMatrixQubits = 12;
constexpr std::uint32_t kMaxExpressionDepth = 1000;
constexpr std::uint64_t kMaxExpressionSize = 1'000'000;  ///< nodes, shared ones counted each time

std::uint8_t read_width(const View& v) {
    return static_cast<std::uint8_t>(v.integer(1, 64));
}

/// Reads expressions; each may refer only to those before it, so there are no cycles.
class ExpressionReader {
  public:
    ExpressionReader(const View& list, const Scope& scope) : scope_(scope) {
        const std::size_t n = list.length();
        arena_.reserve(n);
        for (std::size_t i = 0; i < n; ++i) {
            depth_.push_back(0);
            size_.push_back(1);
            arena_.push_back(read(list[i]));
        }
    }
    ExprArena take() { return std::move(arena_); }

  private:
    ExprId child(const View& v) {
        const ExprId id{v.index(arena_.size(), "earlier expression")};
        depth_.back() = std::max(depth_.back(), depth_[id.value] + 1);
        size_.back() += size_[id.value];
        if (depth_.back() > kMaxExpressionDepth || size_.back() > kMaxExpressionSize)
            v.fail("the expression is too large or nested too deeply");
        return id;
    }

    Expr read(const View& v) {
        Expr e;
        e.type = read_name<ScalarType>(v.at("type"), type_names());
        e.width = read_width(v.at("width"));
        if (v.has("constant")) {
            v.allow({"constant", "type", "width"});
            e.value = read_value(v.at("constant"));
        } else if (v.has("variable")) {
            v.allow({"variable", "type", "width"});
            e.kind = ExprKind::kVariable;
            e.variable = VariableId{v.at("variable").index(scope_.variables, "variable")};
        } else if (v.has("bits")) {
            v.allow({"bits", "type", "width"});
            read_bits(v.at("bits"), e);
        } else if (v.has("unary")) {
            v.allow({"unary", "of", "type", "width"});
            e.kind = ExprKind::kUnary;
            e.op = read_name<ExprOp>(v.at("unary"), operator_names().first(kBinaryFrom));
            v.at("of").expect_length(1);
            e.a = child(v.at("of")[0]);
        } else if (v.has("binary")) {
            v.allow({"binary", "of", "type", "width"});
            e.kind = ExprKind::kBinary;
            e.op = static_cast<ExprOp>(
                kBinaryFrom +
                read_name<std::size_t>(v.at("binary"), operator_names().subspan(kBinaryFrom)));
            v.at("of").expect_length(2);
            e.a = child(v.at("of")[0]);
            e.b = child(v.at("of")[1]);
        } else if (v.has("cast")) {
            v.allow({"cast", "type", "width"});
            e.kind = ExprKind::kCast;
            e.a = child(v.at("cast"));
        } else if (v.has("select")) {
            v.allow({"select", "type", "width"});
            e.kind = ExprKind::kSelect;
            v.at("select").expect_length(3);
            e.a = child(v.at("select")[0]);
            e.b = child(v.at("select")[1]);
            e.c = child(v.at("select")[2]);
        } else {
            v.fail("one of constant, variable, bits, unary, binary, cast, select is needed");
        }
        return e;
    }

    void read_bits(const View& v, Expr& e) {
        v.expect_length(2);
        e.kind = ExprKind::kBits;
        e.first_bit = BitId{v[0].index(scope_.bits, "bit")};
        e.bit_count = static_cast<std::uint32_t>(v[1].integer(1, 64));
        if (e.first_bit.value + e.bit_count > scope_.bits)
            v.fail("bits up to " + std::to_string(e.first_bit.value + e.bit_count - 1) +
                   " do not exist; there are " + std::to_string(scope_.bits));
    }

    static constexpr auto kBinaryFrom = static_cast<std::size_t>(ExprOp::kAdd);

    Scope scope_;
    ExprArena arena_;
    std::vector<std::uint32_t> depth_;
    std::vector<std::uint64_t> size_;
};

Matrix read_matrix(const View& v) {
    v.allow({"qubits", "entries"});
    Matrix m;
    m.qubits = static_cast<int>(v.at("qubits").integer(0, kMaxMatrixQubits));
    v.at("entries").expect_length(m.dim() * m.dim());
    const View entries = v.at("entries");
    m.data.reserve(m.dim() * m.dim());
    for (std::size_t i = 0; i < m.dim() * m.dim(); ++i) {
        const View entry = entries[i];
        entry.expect_length(2);
        m.data.emplace_back(entry[0].finite_number(), entry[1].finite_number());
    }
    constexpr double kUnitary = 1e-6;
    if (!(unitarity_error(m) <= kUnitary))
        entries.fail("the matrix is not unitary: its columns must be orthonormal up to 1e-6");
    return m;
}

}  // namespace

Value read_value(const View& v) {
    v.allow({"type", "width", "value"});
    const auto type = read_name<ScalarType>(v.at("type"), type_names());
    const std::uint8_t width = read_width(v.at("width"));
    const View value = v.at("value");
    Value result;
    switch (type) {
        case ScalarType::kBool:
            result = Value::boolean(value.boolean());
            result.width = width;
            return result;
        case ScalarType::kInt:
            result = Value::integer(value.integer(INT64_MIN, INT64_MAX), width);
            if (result.bits != value.integer(INT64_MIN, INT64_MAX))
                value.fail("the value does not fit its width");
            return result;
        case ScalarType::kUint:
            result = Value::unsigned_integer(value.unsigned_integer(), width);
            if (static_cast<std::uint64_t>(result.bits) != value.unsigned_integer())
                value.fail("the value does not fit its width");
            return result;
        case ScalarType::kFloat:
            return {type, width, 0, value.number()};
        case ScalarType::kAngle:
            if (!(value.number() >= 0 && value.number() <= 2 * std::numbers::pi))
                value.fail("an angle in radians from 0 to 2 pi is needed");
            return {type, width, 0, value.number()};
    }
    v.fail("unknown type");
}

std::vector<Matrix> read_matrices(const View& list) {
    std::vector<Matrix> matrices;
    const std::size_t n = list.length();
    for (std::size_t i = 0; i < n; ++i) matrices.push_back(read_matrix(list[i]));
    return matrices;
}

Param read_param(const View& v, std::size_t expressions) {
    if (!v.is_object()) return Param{v.finite_number()};
    v.allow({"expression"});
    return Param{ExprId{v.at("expression").index(expressions, "expression")}};
}

GateHead read_gate(const View& v, std::span<const Matrix> matrices) {
    GateHead head;
    const View name = v.at("gate");
    std::size_t targets = 0;
    if (name.text() == gate_info(GateKind::kUnitary).name) {
        head.kind = GateKind::kUnitary;
        head.matrix = v.at("matrix").index(matrices.size(), "matrix");
        targets = static_cast<std::size_t>(matrices[head.matrix].qubits);
    } else {
        const auto known = find_gate(name.text());
        if (!known) name.fail("'" + name.text().substr(0, 60) + "' is not a known gate");
        if (v.has("matrix")) v.at("matrix").fail("only a unitary has a matrix");
        head.kind = known->kind;
        head.controls = static_cast<std::uint16_t>(known->controls);
        targets = static_cast<std::size_t>(gate_info(head.kind).targets);
    }
    if (v.has("controls"))
        head.controls = static_cast<std::uint16_t>(
            head.controls + v.at("controls").integer(0, 0xffff - head.controls));
    v.at("on").expect_length(targets + head.controls);
    const auto angles = static_cast<std::size_t>(gate_info(head.kind).params);
    if (angles > 0) {
        v.at("angles").expect_length(angles);
    } else if (v.has("angles")) {
        v.at("angles").expect_length(0);
    }
    return head;
}

ExprArena read_expressions(const View& list, const Scope& scope) {
    return ExpressionReader(list, scope).take();
}

}  // namespace carillon::program_json
