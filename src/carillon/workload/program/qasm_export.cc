// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/qasm_export.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "carillon/base/error.h"
#include "carillon/language/qasm/write_text.h"
#include "carillon/workload/program/json.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;

/// Names of registers and variables, the same in every file.
struct Names {
    std::string data, comm, protocol, unnamed;
    std::vector<std::string> registers, variables;
};

Names choose_names(const DistributedProgram& program) {
    qasm::NameTable table;
    Names n;
    n.data = table.take("data");
    n.comm = table.take("comm");
    n.protocol = table.take("protocol");
    n.unnamed = table.take("unnamed");
    table.take("sxdg");
    table.take("plain_u3");
    for (std::size_t m = 0; m < program.matrices.size(); ++m)
        table.take(fmt::format("unitary_{}", m));
    for (const BitRegister& r : program.bit_registers) n.registers.push_back(table.take(r.name));
    for (const Variable& v : program.variables) n.variables.push_back(table.take(v.name));
    return n;
}

/// A number with a decimal point, that reads back equal.
std::string plain_number(double value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".en") == std::string::npos) text += ".0";
    return text;
}

/// Writes the file of one node.
class NodeWriter {
  public:
    NodeWriter(const DistributedProgram& program, QpuId id, const Names& names)
        : program_(program), qpu_(program.qpu(id)), names_(names) {
        leaves_.variable = [this](VariableId v) { return names_.variables.at(v.value); };
        leaves_.bits = [this](BitId first, std::uint32_t count) { return bits(first, count); };
    }

    std::string write() {
        block(BlockId{0});
        std::string text = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n\n";
        text += "// Node " + one_line(qpu_.name) + " of the distributed program " +
                one_line(program_.name) + ".\n" + definitions() + declarations() + "\n";
        return text + body_;
    }

  private:
    static std::string one_line(const std::string& text) {
        std::string out;
        for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        return out;
    }

    std::string declarations() const {
        std::string text;
        if (qpu_.data_qubits) text += fmt::format("qubit[{}] {};\n", qpu_.data_qubits, names_.data);
        if (qpu_.comm_qubits) text += fmt::format("qubit[{}] {};\n", qpu_.comm_qubits, names_.comm);
        std::uint64_t covered = 0;
        for (std::size_t r = 0; r < names_.registers.size(); ++r) {
            const BitRegister& reg = program_.bit_registers[r];
            covered += reg.size;
            if (reg.size) text += fmt::format("bit[{}] {};\n", reg.size, names_.registers[r]);
        }
        if (covered < program_.num_bits)
            text += fmt::format("bit[{}] {};\n", program_.num_bits, names_.unnamed);
        if (const std::uint32_t own = qpu_.num_bits - program_.num_bits)
            text += fmt::format("bit[{}] {};\n", own, names_.protocol);
        for (std::size_t v = 0; v < names_.variables.size(); ++v) {
            Expr e;
            e.value = program_.variables[v].initial;
            text += fmt::format("{} {} = {};\n", qasm::type_text(e.value.type, e.value.width),
                                names_.variables[v], qasm::expression_text({e}, ExprId{0}, {}));
        }
        return text;
    }

    std::string definitions() const {
        std::string text;
        for (const GateKind kind : used_) text += qasm::gate_definition(kind);
        if (used_.count(GateKind::kSxdg)) text += "gate sxdg a {\n    inv @ sx a;\n}\n";
        if (controlled_u3_)
            text +=
                "gate plain_u3(theta, phi, lambda) a {\n    U(theta, phi, lambda) a;\n"
                "    gphase(-theta / 2);\n}\n";
        for (const std::uint32_t m : matrices_) {
            const qasm::UAngles u = qasm::u_angles(program_.matrices[m]);
            text += fmt::format("gate unitary_{} a {{\n    U({}, {}, {}) a;\n    gphase({});\n}}\n",
                                m, qasm::number_text(u.theta), qasm::number_text(u.phi),
                                qasm::number_text(u.lambda), qasm::number_text(u.delta));
        }
        return text;
    }

    std::string qubit(LocalQubit q) const {
        return qpu_.is_comm(q) ? fmt::format("{}[{}]", names_.comm, q - qpu_.data_qubits)
                               : fmt::format("{}[{}]", names_.data, q);
    }

    /// Name of the register a bit is in, the bit's index there, and the bits left in the register.
    struct Place {
        const std::string* name;
        std::uint32_t index, left;
    };
    Place place_of(BitId b) const {
        if (b.value >= program_.num_bits)
            return {&names_.protocol, b.value - program_.num_bits, qpu_.num_bits - b.value};
        for (std::size_t r = 0; r < names_.registers.size(); ++r) {
            const BitRegister& reg = program_.bit_registers[r];
            if (b.value - reg.first.value < reg.size)
                return {&names_.registers[r], b.value - reg.first.value,
                        reg.size - (b.value - reg.first.value)};
        }
        return {&names_.unnamed, b.value, 1};
    }
    std::string bit(BitId b) const {
        const Place p = place_of(b);
        return fmt::format("{}[{}]", *p.name, p.index);
    }
    std::string bits(BitId first, std::uint32_t count) const {
        std::string text;
        for (std::uint32_t done = 0; done < count;) {
            const Place p = place_of(BitId{first.value + done});
            const std::uint32_t here = std::min(count - done, p.left);
            const std::string part = here == 1 ? fmt::format("uint[1]({}[{}])", *p.name, p.index)
                                               : fmt::format("uint[{}]({}[{}:{}])", here, *p.name,
                                                             p.index, p.index + here - 1);
            if (here == count) return part;
            text += done == 0 ? fmt::format("uint[{}]({})", count, part)
                              : fmt::format(" | (uint[{}]({}) << {})", count, part, done);
            done += here;
        }
        return "(" + text + ")";
    }

    void line(const std::string& text) { body_ += std::string(4 * depth_, ' ') + text + "\n"; }

    /// The annotation in front of a statement: what the statement itself cannot say.
    void annotate(std::string_view word, const Instruction& i, Json extra = Json::object()) {
        extra["order"] = i.order;
        if (i.source != Instruction::kNoSource) extra["source"] = i.source;
        line(fmt::format("@carillon.{} {}", word, extra.dump()));
    }

    void block(BlockId id) {
        for (const Instruction& i : qpu_.block(id)) instruction(i);
    }

    void nested(BlockId id) {
        ++depth_;
        if (id.valid()) block(id);
        --depth_;
    }

    std::string operands(const Instruction& i) const {
        std::string text;
        for (const LocalQubit q : qpu_.qubits(i)) text += (text.empty() ? "" : ", ") + qubit(q);
        return text;
    }

    void instruction(const Instruction& i) {
        switch (i.kind) {
            case InstructionKind::kGate:
                return gate(i);
            case InstructionKind::kMeasure:
                annotate("at", i);
                return line((i.bit.valid() ? bit(i.bit) + " = " : "") + "measure " + operands(i) +
                            ";");
            case InstructionKind::kReset:
                annotate("at", i);
                return line("reset " + operands(i) + ";");
            case InstructionKind::kPair:
                annotate("pair", i, {{"pair", i.pair.value}, {"peer", i.peer.value}});
                return line("reset " + operands(i) + ";");
            case InstructionKind::kSend:
                return message("send", i);
            case InstructionKind::kRecv:
                return message("recv", i);
            case InstructionKind::kAssign:
                return assign(i);
            case InstructionKind::kIf:
                return branch(i);
            case InstructionKind::kWhile:
                annotate("while", i, {{"while", i.condition.value}, {"do", i.body.value}});
                line("while (" + condition(i.condition) + ") {");
                nested(i.body);
                return line("}");
            case InstructionKind::kDelay: {
                const Param& p = qpu_.parameters(i)[0];
                Json extra = Json::object();
                if (!p.constant()) extra["delay_ns"] = {{"expression", p.expr.value}};
                annotate("at", i, extra);
                return line(fmt::format("delay[{}ns] {};", plain_number(p.constant() ? p.value : 0),
                                        operands(i)));
            }
            case InstructionKind::kBarrier:
                annotate("at", i);
                return line(i.num_operands ? "barrier " + operands(i) + ";" : "barrier;");
            case InstructionKind::kTransfer:
                annotate("transfer", i, {{"transfer", i.transfer.value}, {"peer", i.peer.value}});
                return line("reset " + operands(i) + ";");
        }
    }

    /// OpenQASM has no statement for a message. A barrier on one qubit changes nothing, and tools
    /// that know only part of the language know it.
    void message(std::string_view word, const Instruction& i) {
        annotate(word, i,
                 {{"message", i.message.value}, {"peer", i.peer.value}, {"bit", bit(i.bit)}});
        if (qpu_.num_qubits() == 0) return line(bit(i.bit) + " = " + bit(i.bit) + ";");
        line("barrier " + qubit(qpu_.comm_qubits > 0 ? qpu_.data_qubits : 0) + ";");
    }

    /// A condition; on one bit simply that bit, which every tool reads.
    std::string condition(ExprId id) const {
        const Expr* e = &program_.exprs.at(id.value);
        while (e->kind == ExprKind::kCast && e->type == ScalarType::kBool)
            e = &program_.exprs.at(e->a.value);
        if (e->kind == ExprKind::kBits && e->bit_count == 1) return bit(e->first_bit);
        return qasm::condition_text(program_.exprs, id, leaves_);
    }

    void branch(const Instruction& i) {
        Json extra = {{"if", i.condition.value}};
        extra["then"] = i.body.valid() ? Json(i.body.value) : Json(nullptr);
        if (i.otherwise.valid()) extra["else"] = i.otherwise.value;
        annotate("if", i, extra);
        line("if (" + condition(i.condition) + ") {");
        nested(i.body);
        if (i.otherwise.valid()) {
            line("} else {");
            nested(i.otherwise);
        }
        line("}");
    }

    void assign(const Instruction& i) {
        const std::string value = qasm::expression_text(program_.exprs, i.condition, leaves_);
        if (i.variable.valid()) {
            annotate("assign", i,
                     {{"assign", {{"variable", i.variable.value}}}, {"value", i.condition.value}});
            return line(names_.variables.at(i.variable.value) + " = " + value + ";");
        }
        annotate("assign", i,
                 {{"assign", {{"bit", i.bit.value}, {"count", i.bit_count}}},
                  {"value", i.condition.value}});
        const Place p = place_of(i.bit);
        if (i.bit_count > 1 && p.left < i.bit_count)
            throw InputError(
                "an assignment across two bit registers cannot be written in OpenQASM");
        const std::string target = i.bit_count == 1 ? bit(i.bit)
                                                    : fmt::format("{}[{}:{}]", *p.name, p.index,
                                                                  p.index + i.bit_count - 1);
        line(fmt::format("{} = uint[{}]({});", target, i.bit_count, value));
    }

    std::string gate_name(const Instruction& i) {
        switch (i.gate) {
            case GateKind::kUnitary:
                if (program_.matrices.at(i.matrix).qubits != 1)
                    throw InputError(fmt::format(
                        "a unitary on {} qubits (node {}) cannot be written in OpenQASM",
                        program_.matrices[i.matrix].qubits, qpu_.name));
                matrices_.insert(i.matrix);
                return fmt::format("unitary_{}", i.matrix);
            case GateKind::kU3:
                if (i.controls == 0) return "u3";
                controlled_u3_ = true;
                return "plain_u3";
            default:
                used_.insert(i.gate);
                return std::string(gate_info(i.gate).name);
        }
    }

    static bool undoes_itself(GateKind kind) {
        return kind == GateKind::kX || kind == GateKind::kY || kind == GateKind::kZ ||
               kind == GateKind::kH || kind == GateKind::kSwap;
    }

    /// Done once for every bit that is 1 is done if their XOR is 1; tools that lack `^` read it.
    std::string once_per_bit(const Instruction& i, const std::string& text) const {
        std::string all;
        for (const BitId b : qpu_.conditions(i))
            all += (all.empty() ? "if (" : " if (") + bit(b) + ") { " + text + " }";
        return all;
    }

    void gate(const Instruction& i) {
        Json extra = Json::object();
        Json angles = Json::array();
        std::string params;
        bool run_time = false;
        for (const Param& p : qpu_.parameters(i)) {
            run_time = run_time || !p.constant();
            angles.push_back(p.constant() ? Json(p.value) : Json{{"expression", p.expr.value}});
            params += (params.empty() ? "" : ", ") +
                      (p.constant() ? plain_number(p.value)
                                    : qasm::expression_text(program_.exprs, p.expr, leaves_));
        }
        if (run_time) extra["angles"] = angles;
        annotate("at", i, extra);
        std::string text;
        if (i.controls > 0)
            text = i.controls == 1 ? "ctrl @ " : fmt::format("ctrl({}) @ ", i.controls);
        text += gate_name(i);
        if (!params.empty()) text += "(" + params + ")";
        text += (i.num_operands ? " " : "") + operands(i) + ";";
        if (i.num_conditions == 0) return line(text);
        if (undoes_itself(i.gate)) return line(once_per_bit(i, text));
        std::string parity;
        for (const BitId b : qpu_.conditions(i)) parity += (parity.empty() ? "" : " ^ ") + bit(b);
        line(i.num_conditions == 1 ? "if (" + parity + ") { " + text + " }"
                                   : "if (bool(" + parity + ")) { " + text + " }");
    }

    const DistributedProgram& program_;
    const QpuProgram& qpu_;
    const Names& names_;
    qasm::ExpressionNames leaves_;
    std::set<GateKind> used_;
    std::set<std::uint32_t> matrices_;
    bool controlled_u3_ = false;
    std::string body_;
    std::size_t depth_ = 0;
};

/// Everything but the streams.
std::string index_text(const DistributedProgram& program, const Names& names,
                       const std::vector<std::string>& files) {
    Json document = Json::parse(write_program(program));
    Json nodes = Json::array();
    for (std::size_t q = 0; q < files.size(); ++q) {
        Json node = document["nodes"][q];
        node["blocks"] = node["blocks"].size();
        node["file"] = files[q];
        nodes.push_back(std::move(node));
    }
    document["nodes"] = std::move(nodes);
    Json index = {{"format", "carillon-qasm"},
                  {"version", 2},
                  {"names",
                   {{"data", names.data},
                    {"comm", names.comm},
                    {"protocol", names.protocol},
                    {"unnamed", names.unnamed},
                    {"registers", names.registers}}},
                  {"program", std::move(document)}};
    return index.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::vector<NamedText> export_qasm(const DistributedProgram& program) {
    const Names names = choose_names(program);
    std::vector<NamedText> files;
    std::vector<std::string> file_names;
    qasm::NameTable table;
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        file_names.push_back(table.take(program.qpus[q].name) + ".qasm");
        files.emplace_back(file_names.back(), NodeWriter(program, QpuId{q}, names).write());
    }
    files.emplace_back(kQasmIndexName, index_text(program, names, file_names));
    return files;
}

}  // namespace carillon
