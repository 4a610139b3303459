// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "carillon/base/error.h"
#include "carillon/language/qasm/write_text.h"

namespace carillon {

namespace {

using qasm::GateWriter;
using qasm::NameTable;
using qasm::number_text;

/// Position in a register: which, and the index in it.
struct Element {
    std::size_t reg;
    std::uint32_t index;
};

template <class Register, class IdType>
Element element_of(const std::vector<Register>& registers, IdType id) {
    auto it = std::upper_bound(registers.begin(), registers.end(), id,
                               [](IdType i, const Register& r) { return i < r.first; });
    while (it != registers.begin()) {
        --it;
        if (id.value - it->first.value < it->size)
            return {static_cast<std::size_t>(it - registers.begin()), id.value - it->first.value};
    }
    throw InternalError("write_qasm: a qubit or bit is in no register");
}

class Writer {
  public:
    explicit Writer(const Circuit& circuit) : circuit_(circuit) {
        for (const BitRegister& r : circuit.bit_registers) bits_.push_back(names_.take(r.name));
        for (const Variable& v : circuit.variables) variables_.push_back(names_.take(v.name));
        for (const QubitRegister& r : circuit.qubit_registers)
            qubits_.push_back(names_.take(r.name));
        leaves_.variable = [this](VariableId v) { return variables_.at(v.value); };
        leaves_.bits = [this](BitId first, std::uint32_t count) {
            return bits_value(first, count);
        };
    }

    std::string write() {
        if (circuit_.global_phase != 0) line("gphase(" + number_text(circuit_.global_phase) + ");");
        block(circuit_.body());
        return "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n" + gates_.definitions() +
               declarations() + body_;
    }

  private:
    std::string declarations() const {
        // Without any `output` the bit registers are the result; anything else must be said.
        const bool marked =
            std::any_of(circuit_.bit_registers.begin(), circuit_.bit_registers.end(),
                        [](const BitRegister& r) { return !r.output; }) ||
            std::any_of(circuit_.variables.begin(), circuit_.variables.end(),
                        [](const Variable& v) { return v.output; });
        const auto prefix = [&](bool output) { return marked && output ? "output " : ""; };
        std::string text;
        for (std::size_t i = 0; i < bits_.size(); ++i) {
            const BitRegister& r = circuit_.bit_registers[i];
            text += fmt::format("{}bit[{}] {};\n", prefix(r.output), r.size, bits_[i]);
        }
        for (std::size_t i = 0; i < variables_.size(); ++i) {
            const Variable& v = circuit_.variables[i];
            text += fmt::format("{}{} {} = {};\n", prefix(v.output),
                                qasm::type_text(v.initial.type, v.initial.width), variables_[i],
                                initial_text(v.initial));
        }
        for (std::size_t i = 0; i < qubits_.size(); ++i)
            text += fmt::format("qubit[{}] {};\n", circuit_.qubit_registers[i].size, qubits_[i]);
        return text;
    }

    static std::string initial_text(const Value& v) {
        Expr e;
        e.value = v;
        e.type = v.type;
        e.width = v.width;
        return qasm::expression_text({e}, ExprId{0}, {});
    }

    void line(const std::string& text) { body_ += std::string(4 * depth_, ' ') + text + "\n"; }

    std::string qubit(QubitId q) const {
        const Element e = element_of(circuit_.qubit_registers, q);
        return fmt::format("{}[{}]", qubits_[e.reg], e.index);
    }

    std::string bit(BitId b) const {
        const Element e = element_of(circuit_.bit_registers, b);
        return fmt::format("{}[{}]", bits_[e.reg], e.index);
    }

    /// `c`, `c[2]` or `c[2:4]`: bits of one register.
    std::string bits(BitId first, std::uint32_t count) const {
        const Element e = element_of(circuit_.bit_registers, first);
        if (e.index == 0 && count == circuit_.bit_registers[e.reg].size && count > 1)
            return bits_[e.reg];
        if (count == 1) return fmt::format("{}[{}]", bits_[e.reg], e.index);
        return fmt::format("{}[{}:{}]", bits_[e.reg], e.index, e.index + count - 1);
    }

    /// Any bits as an unsigned integer; across registers, as a sum of shifted parts.
    std::string bits_value(BitId first, std::uint32_t count) const {
        std::string text;
        for (std::uint32_t done = 0; done < count;) {
            const Element e = element_of(circuit_.bit_registers, BitId{first.value + done});
            const std::uint32_t here =
                std::min(count - done, circuit_.bit_registers[e.reg].size - e.index);
            const BitId from{first.value + done};
            const std::string part = fmt::format("uint[{}]({})", here, bits(from, here));
            if (here == count) return part;
            if (done > 0)
                text += fmt::format(" | (uint[{}]({}) << {})", count, part, done);
            else
                text = fmt::format("uint[{}]({})", count, part);
            done += here;
        }
        return "(" + text + ")";
    }

    std::vector<std::string> operands(const Operation& op) const {
        std::vector<std::string> list;
        for (const QubitId q : circuit_.qubits(op)) list.push_back(qubit(q));
        return list;
    }

    static std::string joined(const std::vector<std::string>& parts) {
        std::string text;
        for (const std::string& p : parts) text += (text.empty() ? "" : ", ") + p;
        return text;
    }

    std::string value(ExprId e) const { return qasm::expression_text(circuit_.exprs, e, leaves_); }

    void block(const Block& operations) {
        for (const Operation& op : operations) operation(op);
    }

    void nested(BlockId id) {
        ++depth_;
        if (id.valid()) block(circuit_.block(id));
        --depth_;
    }

    void operation(const Operation& op) {
        switch (op.kind) {
            case OpKind::kGate:
                return gate(op);
            case OpKind::kMeasure: {
                const std::string measured = "measure " + operands(op)[0] + ";";
                return line(op.bit.valid() ? bit(op.bit) + " = " + measured : measured);
            }
            case OpKind::kReset:
                return line("reset " + operands(op)[0] + ";");
            case OpKind::kBarrier:
                return line(op.num_operands == 0 ? "barrier;"
                                                 : "barrier " + joined(operands(op)) + ";");
            case OpKind::kDelay:
                return line(fmt::format("delay[{}ns]{}{};", circuit_.parameters(op)[0].value,
                                        op.num_operands ? " " : "", joined(operands(op))));
            case OpKind::kAssign:
                return assign(op);
            case OpKind::kIf:
                line("if (" + qasm::condition_text(circuit_.exprs, op.condition, leaves_) + ") {");
                nested(op.body);
                if (op.otherwise.valid() && !circuit_.block(op.otherwise).empty()) {
                    line("} else {");
                    nested(op.otherwise);
                }
                return line("}");
            case OpKind::kWhile:
                line("while (" + qasm::condition_text(circuit_.exprs, op.condition, leaves_) +
                     ") {");
                nested(op.body);
                return line("}");
        }
    }

    void gate(const Operation& op) {
        std::vector<std::string> params;
        for (const Param& p : circuit_.parameters(op))
            params.push_back(p.constant() ? number_text(p.value) : value(p.expr));
        const Matrix* matrix =
            op.gate == GateKind::kUnitary ? &circuit_.matrices.at(op.matrix) : nullptr;
        try {
            for (const std::string& text :
                 gates_.call(op.gate, op.controls, matrix, params, operands(op)))
                line(text);
        } catch (const InputError& e) {
            throw InputError({circuit_.name, static_cast<int>(op.line), 1}, e.what());
        }
    }

    void assign(const Operation& op) {
        if (op.variable.valid())
            return line(variables_.at(op.variable.value) + " = " + value(op.condition) + ";");
        const Element e = element_of(circuit_.bit_registers, op.bit);
        if (e.index + op.bit_count > circuit_.bit_registers[e.reg].size)
            throw InputError("an assignment across the bit registers " + bits_[e.reg] +
                             " and its neighbour cannot be written in OpenQASM");
        line(fmt::format("{} = uint[{}]({});", bits(op.bit, op.bit_count), op.bit_count,
                         value(op.condition)));
    }

    const Circuit& circuit_;
    NameTable names_;
    std::vector<std::string> bits_, variables_, qubits_;
    qasm::ExpressionNames leaves_;
    GateWriter gates_;
    std::string body_;
    std::size_t depth_ = 0;
};

}  // namespace

std::string write_qasm3(const Circuit& circuit) {
    return Writer(circuit).write();
}

}  // namespace carillon
