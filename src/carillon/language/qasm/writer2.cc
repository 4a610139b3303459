// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "carillon/base/error.h"
#include "carillon/language/qasm/write_text.h"
#include "carillon/language/qasm/writer.h"

namespace carillon {

namespace {

using qasm::number_text;

/// Name in qelib1.inc, or empty.
std::string_view qelib1_name(GateKind kind, int controls) {
    using enum GateKind;
    switch (controls) {
        case 0:
            if (kind == kU || kind == kU3) return "u3";
            if (kind == kGphase || kind == kUnitary) return {};
            return kind == kP ? "u1" : gate_info(kind).name;
        case 1:
            if (kind == kP) return "cu1";
            if (kind == kU) return {};
            return kind == kGphase ? "u1" : standard_name(kind, 1);
        case 2:
            if (kind == kGphase) return "cu1";
            return kind == kX ? "ccx" : std::string_view{};
        case 3:
            return kind == kX ? "c3x" : kind == kSx ? "c3sqrtx" : std::string_view{};
        case 4:
            return kind == kX ? "c4x" : std::string_view{};
        default:
            return {};
    }
}

class Writer2 {
  public:
    explicit Writer2(const Circuit& circuit) : circuit_(circuit) {
        for (const QubitRegister& r : circuit.qubit_registers)
            qubits_.push_back(lower_case(names_.take(lower_case(r.name))));
        for (const BitRegister& r : circuit.bit_registers)
            bits_.push_back(lower_case(names_.take(lower_case(r.name))));
    }

    std::string write() {
        if (!circuit_.variables.empty())
            throw InputError("the variable " + circuit_.variables[0].name +
                             " cannot be written in OpenQASM 2, which has only bits; "
                             "write OpenQASM 3");
        for (const Operation& op : circuit_.body()) operation(op, "");
        std::string text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n";
        for (const GateKind kind :
             {GateKind::kIswap, GateKind::kEcr, GateKind::kRyy, GateKind::kRzx})
            if (used_.count(kind)) text += definition(kind);
        for (std::size_t i = 0; i < qubits_.size(); ++i)
            text += fmt::format("qreg {}[{}];\n", qubits_[i], circuit_.qubit_registers[i].size);
        for (std::size_t i = 0; i < bits_.size(); ++i)
            text += fmt::format("creg {}[{}];\n", bits_[i], circuit_.bit_registers[i].size);
        return text + body_;
    }

  private:
    /// OpenQASM 2 names start with a small letter.
    static std::string lower_case(std::string_view name) {
        std::string text(name);
        if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
            text[0] = static_cast<char>(text[0] - 'A' + 'a');
        return text.empty() || text[0] < 'a' || text[0] > 'z' ? "r" + text : text;
    }

    /// The OpenQASM 3 body reads the same in OpenQASM 2.
    static std::string definition(GateKind kind) {
        return std::string(qasm::gate_definition(kind));
    }

    [[noreturn]] void refuse(const Operation& op, const std::string& what) const {
        throw InputError({circuit_.name, static_cast<int>(op.line), 1},
                         what + " cannot be written in OpenQASM 2; write OpenQASM 3");
    }

    std::string qubit(QubitId q) const { return element(circuit_.qubit_registers, qubits_, q); }
    std::string bit(BitId b) const { return element(circuit_.bit_registers, bits_, b); }

    template <class Registers, class IdType>
    static std::string element(const Registers& registers, const std::vector<std::string>& names,
                               IdType id) {
        for (std::size_t i = 0; i < registers.size(); ++i)
            if (id.value - registers[i].first.value < registers[i].size)
                return fmt::format("{}[{}]", names[i], id.value - registers[i].first.value);
        throw InternalError("write_qasm2: a qubit or bit is in no register");
    }

    std::string operands(const Operation& op) const {
        std::string text;
        for (const QubitId q : circuit_.qubits(op)) text += (text.empty() ? "" : ",") + qubit(q);
        return text;
    }

    void operation(const Operation& op, const std::string& prefix) {
        switch (op.kind) {
            case OpKind::kGate:
                return gate(op, prefix);
            case OpKind::kMeasure:
                if (!op.bit.valid()) refuse(op, "a measurement without a bit");
                body_ += fmt::format("{}measure {} -> {};\n", prefix, operands(op), bit(op.bit));
                return;
            case OpKind::kReset:
                body_ += fmt::format("{}reset {};\n", prefix, operands(op));
                return;
            case OpKind::kBarrier: {
                std::string on = operands(op);
                if (op.num_operands == 0)
                    for (const std::string& name : qubits_) on += (on.empty() ? "" : ",") + name;
                body_ += fmt::format("barrier {};\n", on);
                return;
            }
            case OpKind::kDelay:
                refuse(op, "a delay");
            case OpKind::kAssign:
                refuse(op, "a classical assignment");
            case OpKind::kWhile:
                refuse(op, "a while loop");
            case OpKind::kIf:
                return conditional(op, prefix);
        }
    }

    void gate(const Operation& op, const std::string& prefix) {
        for (const Param& p : circuit_.parameters(op))
            if (!p.constant()) refuse(op, "a parameter computed at run time");
        if (op.gate == GateKind::kGphase && op.controls == 0) return;  // a global phase
        if (op.gate == GateKind::kUnitary) return unitary(op, prefix);
        const std::string_view name = qelib1_name(op.gate, op.controls);
        if (name.empty())
            refuse(op, fmt::format("the gate {} with {} control{}", gate_info(op.gate).name,
                                   op.controls, op.controls == 1 ? "" : "s"));
        used_.insert(op.gate);
        std::string angles;
        for (const Param& p : circuit_.parameters(op))
            angles += (angles.empty() ? "" : ",") + number_text(p.value);
        call(prefix, name, angles, operands(op));
    }

    void unitary(const Operation& op, const std::string& prefix) {
        const Matrix& m = circuit_.matrices.at(op.matrix);
        if (m.qubits != 1 || op.controls > 0)
            refuse(op, fmt::format("a unitary on {} qubits", m.qubits + op.controls));
        const qasm::UAngles u = qasm::u_angles(m);
        call(prefix, "u3",
             number_text(u.theta) + "," + number_text(u.phi) + "," + number_text(u.lambda),
             operands(op));
    }

    void call(const std::string& prefix, std::string_view name, const std::string& angles,
              const std::string& on) {
        body_ += prefix + std::string(name) + (angles.empty() ? "" : "(" + angles + ")") + " " +
                 on + ";\n";
    }

    /// The register and number of `if (c == k)`, or nothing for any other condition.
    std::optional<std::string> simple_condition(ExprId id) const {
        const Expr& e = circuit_.exprs.at(id.value);
        if (e.kind == ExprKind::kBits && e.bit_count == 1) return register_equals(e, 1);
        if (e.kind != ExprKind::kBinary || e.op != ExprOp::kEq) return std::nullopt;
        const Expr& a = circuit_.exprs.at(e.a.value);
        const Expr& b = circuit_.exprs.at(e.b.value);
        const bool constant = b.kind == ExprKind::kConstant && b.type != ScalarType::kFloat &&
                              b.type != ScalarType::kAngle;
        if (a.kind != ExprKind::kBits || !constant || b.value.bits < 0) return std::nullopt;
        return register_equals(a, b.value.as_uint());
    }

    std::optional<std::string> register_equals(const Expr& bits, std::uint64_t value) const {
        for (std::size_t i = 0; i < bits_.size(); ++i)
            if (circuit_.bit_registers[i].first == bits.first_bit &&
                circuit_.bit_registers[i].size == bits.bit_count)
                return fmt::format("if ({} == {}) ", bits_[i], value);
        return std::nullopt;
    }

    void conditional(const Operation& op, const std::string& prefix) {
        if (!prefix.empty()) refuse(op, "an if inside an if");
        if (op.otherwise.valid() && !circuit_.block(op.otherwise).empty()) refuse(op, "an else");
        const auto condition = simple_condition(op.condition);
        if (!condition) refuse(op, "a condition other than register == number");
        if (!op.body.valid()) return;
        std::vector<BitId> read;
        std::vector<VariableId> variables;
        collect_reads(circuit_.exprs, op.condition, read, variables);
        const Block& body = circuit_.block(op.body);
        for (std::size_t k = 0; k < body.size(); ++k) {
            if (body[k].kind == OpKind::kBarrier) refuse(body[k], "a barrier inside an if");
            const bool changes = body[k].kind == OpKind::kMeasure &&
                                 std::find(read.begin(), read.end(), body[k].bit) != read.end();
            if (changes && k + 1 < body.size()) refuse(op, "an if that changes its own condition");
            operation(body[k], *condition);
        }
    }

    const Circuit& circuit_;
    qasm::NameTable names_;
    std::vector<std::string> qubits_, bits_;
    std::set<GateKind> used_;
    std::string body_;
};

}  // namespace

std::string write_qasm2(const Circuit& circuit) {
    return Writer2(circuit).write();
}

}  // namespace carillon
