// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "carillon/base/error.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/json_names.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;
using namespace program_json;

Json number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return value;
}

template <class Tag>
Json id(Id<Tag> value) {
    return value.valid() ? Json(value.value) : Json(nullptr);
}

Json value_json(const Value& v) {
    Json j = {{"type", type_names()[static_cast<std::size_t>(v.type)]}, {"width", v.width}};
    switch (v.type) {
        case ScalarType::kBool:
            j["value"] = v.bits != 0;
            break;
        case ScalarType::kInt:
            j["value"] = v.bits;
            break;
        case ScalarType::kUint:
            j["value"] = static_cast<std::uint64_t>(v.bits);
            break;
        default:
            j["value"] = number(v.real);
    }
    return j;
}

Json expression_json(const Expr& e) {
    Json j;
    switch (e.kind) {
        case ExprKind::kConstant:
            j["constant"] = value_json(e.value);
            break;
        case ExprKind::kVariable:
            j["variable"] = e.variable.value;
            break;
        case ExprKind::kBits:
            j["bits"] = {e.first_bit.value, e.bit_count};
            break;
        case ExprKind::kUnary:
            j["unary"] = operator_names()[static_cast<std::size_t>(e.op)];
            j["of"] = {e.a.value};
            break;
        case ExprKind::kBinary:
            j["binary"] = operator_names()[static_cast<std::size_t>(e.op)];
            j["of"] = {e.a.value, e.b.value};
            break;
        case ExprKind::kCast:
            j["cast"] = e.a.value;
            break;
        case ExprKind::kSelect:
            j["select"] = {e.a.value, e.b.value, e.c.value};
            break;
    }
    j["type"] = type_names()[static_cast<std::size_t>(e.type)];
    j["width"] = e.width;
    return j;
}

Json matrix_json(const Matrix& m) {
    Json entries = Json::array();
    for (const Complex& c : m.data) entries.push_back({number(c.real()), number(c.imag())});
    return {{"qubits", m.qubits}, {"entries", std::move(entries)}};
}

Json parameters_json(std::span<const Param> params) {
    Json list = Json::array();
    for (const Param& p : params)
        list.push_back(p.constant() ? number(p.value) : Json{{"expression", p.expr.value}});
    return list;
}

/// The keys of a gate, from its base and number of controls; `cx` where there is such a name.
void gate_json(Json& j, GateKind kind, int controls, std::uint32_t matrix) {
    const std::string_view standard = standard_name(kind, controls);
    const auto known = standard.empty() ? std::nullopt : find_gate(standard);
    const bool named = known && known->kind == kind && known->controls == controls;
    j["gate"] = named ? standard : gate_info(kind).name;
    if (!named && controls > 0) j["controls"] = controls;
    if (kind == GateKind::kUnitary) j["matrix"] = matrix;
}

Json transfer_json(const QubitTransfer& t) {
    Json j = {{"from", id(t.from)},
              {"to", id(t.to)},
              {"link", id(t.link)},
              {"purpose", transfer_purpose_names()[static_cast<std::size_t>(t.purpose)]}};
    if (t.serves.valid()) j["serves"] = t.serves.value;
    return j;
}

Json location_json(const Location& l) {
    return {id(l.qpu), l.qubit};
}

Json rewrite_json(const Rewrite& r) {
    const Circuit& c = r.replacement;
    Json gates = Json::array();
    for (const Operation& op : c.body()) {
        if (op.kind != OpKind::kGate)
            throw InternalError("write_program: a rewrite holds something that is no gate");
        Json j;
        gate_json(j, op.gate, op.controls, op.matrix);
        Json on = Json::array();
        for (const QubitId q : c.qubits(op)) on.push_back(q.value);
        j["on"] = std::move(on);
        if (op.num_params > 0) j["angles"] = parameters_json(c.parameters(op));
        gates.push_back(std::move(j));
    }
    Json qubits = Json::array();
    for (const QubitId q : r.qubits) qubits.push_back(q.value);
    Json j = {{"first", r.first},
              {"count", r.count},
              {"qubits", std::move(qubits)},
              {"gates", std::move(gates)}};
    if (!r.operations.empty()) j["operations"] = r.operations;
    if (c.global_phase != 0) j["global_phase"] = number(c.global_phase);
    if (!c.exprs.empty()) {
        j["expressions"] = Json::array();
        for (const Expr& e : c.exprs) j["expressions"].push_back(expression_json(e));
    }
    if (!c.matrices.empty()) {
        j["matrices"] = Json::array();
        for (const Matrix& m : c.matrices) j["matrices"].push_back(matrix_json(m));
    }
    return j;
}

/// Puts the text together: small things as nlohmann values, the long lists a line each.
class Writer {
  public:
    explicit Writer(const DistributedProgram& program)
        : program_(program), names_(program.bit_registers, program.num_bits) {}

    std::string write() {
        out_ = "{\n";
        key("format", kFormat);
        key("version", kVersion);
        key("name", program_.name);
        key("qubits", program_.num_qubits);
        key("bits", program_.num_bits);
        list("bit_registers", program_.bit_registers, [](const BitRegister& r) {
            return Json{
                {"name", r.name}, {"first", r.first.value}, {"size", r.size}, {"output", r.output}};
        });
        list("variables", program_.variables, [](const Variable& v) {
            return Json{{"name", v.name}, {"initial", value_json(v.initial)}, {"output", v.output}};
        });
        list("expressions", program_.exprs, expression_json);
        list("matrices", program_.matrices, matrix_json);
        list("pairs", program_.pairs, [](const BellPair& p) {
            Json j = {{"a", id(p.a)},
                      {"b", id(p.b)},
                      {"link", id(p.link)},
                      {"purpose", purpose_names()[static_cast<std::size_t>(p.purpose)]}};
            if (p.serves.valid()) j["serves"] = p.serves.value;
            return j;
        });
        if (!program_.transfers.empty()) list("transfers", program_.transfers, transfer_json);
        key("messages", program_.num_messages);
        list("initial_layout", program_.initial_layout, location_json);
        list("final_layout", program_.final_layout, location_json);
        list("bit_owner", program_.bit_owner, id<struct QpuTag>);
        list("variable_owner", program_.variable_owner, id<struct QpuTag>);
        list("rewrites", program_.rewrites, rewrite_json);
        list("windows", program_.windows, [this](const LocalWindow& w) {
            qpu_ = &program_.qpu(w.qpu);
            return Json{{"node", w.qpu.value},
                        {"block", w.block.value},
                        {"first", w.first},
                        {"count", w.count},
                        {"meaning", instruction_json(w.meaning)}};
        });
        write_nodes();
        out_ += "}\n";
        return std::move(out_);
    }

  private:
    static std::string dump(const Json& j) {
        return j.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

    template <class T>
    void key(std::string_view name, const T& value) {
        out_ += "  \"" + std::string(name) + "\": " + dump(Json(value)) + ",\n";
    }

    template <class List, class ToJson>
    void list(std::string_view name, const List& items, ToJson&& to_json) {
        out_ += "  \"" + std::string(name) + "\": [";
        const char* separator = "\n    ";
        for (const auto& item : items) {
            out_ += separator + dump(to_json(item));
            separator = ",\n    ";
        }
        out_ += items.empty() ? "],\n" : "\n  ],\n";
    }

    void write_nodes() {
        out_ += "  \"nodes\": [";
        const char* separator = "\n    ";
        for (const QpuProgram& qpu : program_.qpus) {
            qpu_ = &qpu;
            Json head = {{"name", qpu.name},
                         {"data_qubits", qpu.data_qubits},
                         {"comm_qubits", qpu.comm_qubits},
                         {"bits", qpu.num_bits}};
            std::string text = dump(head);
            text.pop_back();
            out_ += separator + text + ",\"blocks\": [";
            separator = ",\n    ";
            write_blocks();
            out_ += "]}";
        }
        out_ += program_.qpus.empty() ? "]\n" : "\n  ]\n";
    }

    void write_blocks() {
        const char* next_block = "[";
        for (const InstructionBlock& block : qpu_->blocks) {
            out_ += next_block;
            next_block = ", [";
            const char* separator = "\n      ";
            for (const Instruction& i : block) {
                out_ += separator + dump(instruction_json(i));
                separator = ",\n      ";
            }
            out_ += "]";
        }
    }

    Json bit(BitId b) const {
        if (!b.valid()) return nullptr;
        const auto name = names_.name(b);
        return name ? Json(*name) : Json(b.value);
    }

    Json operands(const Instruction& i) const {
        Json list = Json::array();
        for (const LocalQubit q : qpu_->qubits(i)) list.push_back(qpu_->qubit_name(q));
        return list;
    }

    Json operand(const Instruction& i) const {
        if (i.num_operands != 1)
            throw InternalError("write_program: an instruction needs exactly one operand");
        return qpu_->qubit_name(qpu_->qubits(i)[0]);
    }

    Json instruction_json(const Instruction& i) const {
        Json j;
        switch (i.kind) {
            case InstructionKind::kGate:
                gate_json(j, i.gate, i.controls, i.matrix);
                j["on"] = operands(i);
                if (i.num_params > 0) j["angles"] = parameters_json(qpu_->parameters(i));
                if (i.num_conditions > 0) {
                    j["when"] = Json::array();
                    for (const BitId b : qpu_->conditions(i)) j["when"].push_back(bit(b));
                }
                break;
            case InstructionKind::kMeasure:
                j["measure"] = operand(i);
                j["into"] = bit(i.bit);
                break;
            case InstructionKind::kReset:
                j["reset"] = operand(i);
                break;
            case InstructionKind::kPair:
                j["pair"] = i.pair.value;
                j["on"] = operand(i);
                j["peer"] = id(i.peer);
                break;
            case InstructionKind::kSend:
                j["send"] = i.message.value;
                j["bit"] = bit(i.bit);
                j["peer"] = id(i.peer);
                break;
            case InstructionKind::kRecv:
                j["recv"] = i.message.value;
                j["bit"] = bit(i.bit);
                j["peer"] = id(i.peer);
                break;
            case InstructionKind::kAssign:
                if (i.variable.valid()) {
                    j["assign"] = {{"variable", i.variable.value}};
                } else {
                    j["assign"] = {{"bit", bit(i.bit)}, {"count", i.bit_count}};
                }
                j["value"] = id(i.condition);
                break;
            case InstructionKind::kIf:
                j["if"] = id(i.condition);
                j["then"] = id(i.body);
                if (i.otherwise.valid()) j["else"] = i.otherwise.value;
                break;
            case InstructionKind::kWhile:
                j["while"] = id(i.condition);
                j["do"] = id(i.body);
                break;
            case InstructionKind::kDelay:
                if (i.num_params != 1)
                    throw InternalError("write_program: a delay needs exactly one duration");
                j["delay_ns"] = parameters_json(qpu_->parameters(i))[0];
                j["on"] = operands(i);
                break;
            case InstructionKind::kBarrier:
                j["barrier"] = operands(i);
                break;
            case InstructionKind::kTransfer:
                j["transfer"] = i.transfer.value;
                j["on"] = operand(i);
                j["peer"] = id(i.peer);
                break;
        }
        if (i.source != Instruction::kNoSource) j["source"] = i.source;
        j["order"] = i.order;
        return j;
    }

    const DistributedProgram& program_;
    BitNames names_;
    const QpuProgram* qpu_ = nullptr;
    std::string out_;
};

}  // namespace

std::string write_program(const DistributedProgram& program) {
    return Writer(program).write();
}

}  // namespace carillon
