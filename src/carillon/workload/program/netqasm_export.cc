// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "carillon/base/error.h"
#include "carillon/language/qasm/write_text.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/netqasm.h"
#include "carillon/workload/program/netqasm_words.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;
using namespace netqasm;

/// Writes the subroutines of one node and the list of steps its host takes.
class NodeWriter {
  public:
    NodeWriter(const DistributedProgram& program, QpuId id, const Json& blocks, std::string stem)
        : program_(program),
          id_(id),
          qpu_(program.qpu(id)),
          blocks_(blocks),
          stem_(std::move(stem)),
          allocated_(qpu_.num_qubits(), false),
          empty_(qpu_.num_qubits(), true),
          steps_(qpu_.blocks.size(), Json::array()) {}

    void write() {
        set("R0", qpu_.num_bits);
        line("array R0 @0");
        for (LocalQubit q = 0; q < qpu_.data_qubits; ++q) allocate(q);
        instructions(BlockId{0});
        flush(BlockId{0});
    }

    const std::vector<NamedText>& files() const { return files_; }
    const std::vector<Json>& steps() const { return steps_; }

  private:
    void line(const std::string& text) { text_ += text + "\n"; }
    void set(std::string_view target, std::uint64_t value) {
        line(fmt::format("set {} {}", target, value));
    }

    /// The instruction as the program format has it, where no NetQASM tool looks.
    void line(const std::string& text, const Json& exact) {
        std::string comment;
        for (const char c : exact.dump(-1, ' ', false, Json::error_handler_t::replace))
            comment += c == '/' ? std::string("\\/") : std::string(1, c);
        line(text + " // " + comment);
    }

    /// Ends the subroutine at hand; the host runs it next.
    void flush(BlockId block) {
        if (text_.empty()) return;
        files_.emplace_back(fmt::format("{}.{}.nqasm", stem_, files_.size()),
                            "# NETQASM 1.0\n# APPID 0\n" + text_);
        steps_[block.value].push_back({{"run", files_.back().first}});
        text_.clear();
        labels_ = 0;
    }

    void allocate(LocalQubit q) {
        set("Q0", q);
        line("qalloc Q0");
        line("init Q0");
        allocated_[q] = true;
    }

    void instructions(BlockId id) {
        const InstructionBlock& list = qpu_.block(id);
        for (std::size_t k = 0; k < list.size(); ++k) {
            instruction(id, list[k], blocks_[id.value][k]);
            const InstructionKind kind = list[k].kind;
            for (const LocalQubit q : qpu_.qubits(list[k]))
                empty_[q] = kind == InstructionKind::kMeasure || kind == InstructionKind::kReset;
        }
    }

    void instruction(BlockId here, const Instruction& i, const Json& exact) {
        switch (i.kind) {
            case InstructionKind::kGate:
                return gate(i, exact);
            case InstructionKind::kMeasure:
                return measure(i, exact);
            case InstructionKind::kReset:
                if (!allocated_[operand(i)]) allocate(operand(i));
                set("Q0", operand(i));
                return line("init Q0", exact);
            case InstructionKind::kPair:
                return pair(i, exact);
            case InstructionKind::kTransfer:
                throw InputError("node " + qpu_.name +
                                 ": a qubit that is carried over a link has no form in NetQASM");
            default:
                flush(here);
                steps_[here.value].push_back(exact);
                branch(i.body);
                branch(i.otherwise);
        }
    }

    /// A block ends with the qubits it began with: what it has emptied it gives back.
    void branch(BlockId body) {
        if (!body.valid()) return;
        const std::vector<bool> before = allocated_;
        instructions(body);
        for (LocalQubit q = 0; q < qpu_.num_qubits(); ++q) {
            if (allocated_[q] == before[q]) continue;
            if (!empty_[q])
                throw InputError("node " + qpu_.name +
                                 ": an `if` or `while` that keeps a communication qubit beyond "
                                 "its end cannot be written in NetQASM");
            set("Q0", q);
            line("qfree Q0");
            allocated_[q] = false;
        }
        flush(body);
    }

    LocalQubit operand(const Instruction& i) const { return qpu_.qubits(i)[0]; }

    void gate(const Instruction& i, const Json& exact) {
        const auto params = qpu_.parameters(i);
        if (!params.empty() && !params[0].constant())
            throw InputError("node " + qpu_.name +
                             ": an angle that is computed at run time has no form in NetQASM");
        const auto word = word_of(i.gate, i.controls, params.empty() ? 0 : params[0].value);
        if (!word)
            throw InputError(
                fmt::format("node {}: the gate {} on {} qubits has no form in NetQASM; compile for "
                            "native gates such as cx, rz, ry",
                            qpu_.name, gate_info(i.gate).name, i.num_operands));
        const auto on = qpu_.qubits(i);
        for (const LocalQubit q : on)
            if (!allocated_[q]) allocate(q);
        std::string label;
        if (i.num_conditions > 0) label = open_condition(i);
        for (std::size_t k = 0; k < on.size(); ++k) set(k == 0 ? "Q0" : "Q1", on[k]);
        if (word->turn) {
            const auto pieces = pieces_of(*word->turn);
            for (std::size_t k = 0; k < pieces.size(); ++k) {
                const std::string text =
                    fmt::format("{} Q0 {} {}", word->mnemonic, pieces[k].first, pieces[k].second);
                k + 1 < pieces.size() ? line(text) : line(text, exact);
            }
        } else {
            line(std::string(word->mnemonic) + (on.size() == 1 ? " Q0" : " Q0 Q1"), exact);
        }
        if (!label.empty()) line(label + ":");
    }

    /// Skips what follows unless the XOR of the bits is 1.
    std::string open_condition(const Instruction& i) {
        const auto bits = qpu_.conditions(i);
        for (std::size_t k = 0; k < bits.size(); ++k) {
            set("R0", bits[k].value);
            line(fmt::format("load R{} @0[R0]", k == 0 ? 1 : 2));
            if (k == 0) continue;
            if (k == 1) set("R3", 2);
            line("addm R1 R1 R2 R3");
        }
        const std::string label = fmt::format("SKIP{}", labels_++);
        line("bez R1 " + label);
        return label;
    }

    void measure(const Instruction& i, const Json& exact) {
        if (!allocated_[operand(i)]) allocate(operand(i));
        set("Q0", operand(i));
        if (!i.bit.valid()) return line("meas Q0 M0", exact);
        line("meas Q0 M0");
        set("R0", i.bit.value);
        line("store M0 @0[R0]", exact);
    }

    /// Both nodes ask for the pair, the one named first in the program's table as its creator.
    void pair(const Instruction& i, const Json& exact) {
        const BellPair& p = program_.pairs.at(i.pair.value);
        const bool creates = p.a == id_;
        const LocalQubit q = operand(i);
        if (allocated_[q]) {
            set("Q0", q);
            line("qfree Q0");
        }
        allocated_[q] = true;
        new_array(1, kPairQubit);
        set("R0", 0);
        set("R1", q);
        line(fmt::format("store R1 @{}[R0]", kPairQubit));
        if (creates) {
            new_array(kRequestLength, kPairRequest);
            set("R1", 0);  // create and keep
            line(fmt::format("store R1 @{}[R0]", kPairRequest));
            set("R0", 1);
            line(fmt::format("store R0 @{}[R0]", kPairRequest));  // one pair
        }
        new_array(kResultLength, kPairResult);
        set("R0", i.peer.value);
        set("R1", p.link.valid() ? p.link.value : 0);
        set("R2", kPairQubit);
        if (creates) {
            set("R3", kPairRequest);
            set("R4", kPairResult);
            line("create_epr R0 R1 R2 R3 R4");
        } else {
            set("R3", kPairResult);
            line("recv_epr R0 R1 R2 R3");
        }
        set("R0", 0);
        set("R1", kResultLength);
        line(fmt::format("wait_all @{}[R0:R1]", kPairResult), exact);
    }

    void new_array(int length, int address) {
        set("R0", static_cast<std::uint64_t>(length));
        line(fmt::format("array R0 @{}", address));
    }

    const DistributedProgram& program_;
    QpuId id_;
    const QpuProgram& qpu_;
    const Json& blocks_;
    std::string stem_;
    std::vector<bool> allocated_;  ///< by qubit
    std::vector<bool> empty_;      ///< by qubit: measured or reset since it was used
    std::vector<Json> steps_;      ///< by block
    std::vector<NamedText> files_;
    std::string text_;
    int labels_ = 0;
};

/// NetQASM matches the two sides of a pair by their order on the socket between two nodes.
void refuse_crossed_pairs(const DistributedProgram& program) {
    using Socket = std::pair<std::uint32_t, std::uint32_t>;  // link, creator
    std::map<Socket, std::vector<std::uint32_t>> created, received;
    for (std::size_t q = 0; q < program.qpus.size(); ++q)
        visit_instructions(program.qpus[q], [&](const Instruction& i) {
            if (i.kind != InstructionKind::kPair) return;
            const BellPair& p = program.pairs.at(i.pair.value);
            (p.a == QpuId{q} ? created : received)[{p.link.value, p.a.value}].push_back(
                i.pair.value);
        });
    for (const auto& [socket, pairs] : created)
        if (received[socket] != pairs)
            throw InputError("two nodes make the Bell pairs of link " +
                             std::to_string(socket.first) +
                             " in different orders, which NetQASM cannot say");
}

}  // namespace

std::vector<std::string> netqasm_gates() {
    return {"x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cz"};
}

std::vector<NamedText> export_netqasm(const DistributedProgram& program) {
    refuse_crossed_pairs(program);
    Json document = Json::parse(write_program(program));
    std::vector<NamedText> files;
    qasm::NameTable table;
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        Json& node = document["nodes"][q];
        NodeWriter writer(program, QpuId{q}, node["blocks"], table.take(program.qpus[q].name));
        writer.write();
        node["blocks"] = writer.steps();
        files.insert(files.end(), writer.files().begin(), writer.files().end());
    }
    const Json index = {
        {"format", kFormat}, {"version", kVersion}, {"program", std::move(document)}};
    files.emplace_back(kQasmIndexName,
                       index.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
    return files;
}

}  // namespace carillon
