// SPDX-License-Identifier: Apache-2.0
// The part of Replay that enters blocks, and what it says and checks at the end.
#include <algorithm>

#include "carillon/language/circuit/gate_label.h"
#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/replay.h"

namespace carillon::validation {

namespace {

constexpr const char* kKindNames[] = {"gate",   "measure", "reset", "pair",  "send",    "recv",
                                      "assign", "if",      "while", "delay", "barrier", "transfer"};

}  // namespace

/// A QPU comes to its part of a block; the last one to come runs it for all.
bool Replay::meet(std::uint32_t qpu, const Instruction& i) {
    const bool is_if = i.kind == InstructionKind::kIf;
    const SourceEvent& event = source_event(i, is_if ? OpKind::kIf : OpKind::kWhile);
    if (event.block != source_block_) throw Difference("stands in another block than its source");
    Meeting& meeting = meetings_[expected_.event_of[i.source]];
    if (++meeting.arrived < meeting.parts.size()) return false;
    const std::vector<Part> parts = meeting.parts;
    if (is_if)
        run_if(i.source, event, parts);
    else
        run_while(i.source, event, parts);
    executed_ += parts.size() - 1;
    for (const Part& part : parts)
        if (part.qpu != qpu) advance(part.qpu);
    return true;
}

void Replay::run_if(std::uint32_t number, const SourceEvent& event, std::span<const Part> parts) {
    for (const Part& part : parts) check_expression(part.qpu, *part.instruction, event);
    quantum_.begin_block(number, event.wires);
    classical_.begin_if();
    run_region(event.operation->body, parts, false);
    quantum_.end_branch(EventKind::kElse);
    classical_.end_then();
    run_region(event.operation->otherwise, parts, true);
    quantum_.end_branch(EventKind::kEnd);
    classical_.end_if(event.writes);
    quantum_.end_block(false);
}

void Replay::run_while(std::uint32_t number, const SourceEvent& event,
                       std::span<const Part> parts) {
    for (const Part& part : parts)
        if (part.instruction->otherwise.valid()) throw Difference("a loop has one body only");
    quantum_.begin_block(number, event.wires);
    classical_.begin_loop(event.writes, cells_written(parts));
    for (const Part& part : parts) check_expression(part.qpu, *part.instruction, event);
    run_region(event.operation->body, parts, false);
    quantum_.end_branch(EventKind::kEnd);
    classical_.end_loop(event.writes);
    quantum_.end_block(true);
}

/// Bits and variables that the bodies write, nested blocks included.
std::vector<ClassicalMemory::Cell> Replay::cells_written(std::span<const Part> parts) const {
    std::vector<ClassicalMemory::Cell> cells;
    for (const Part& part : parts) {
        const QpuProgram& qpu = program_.qpus[part.qpu];
        std::vector<BlockId> todo{part.instruction->body};
        while (!todo.empty()) {
            const BlockId block = todo.back();
            todo.pop_back();
            if (!block.valid()) continue;
            for (const Instruction& i : qpu.block(block)) {
                todo.insert(todo.end(), {i.body, i.otherwise});
                if (i.kind == InstructionKind::kMeasure || i.kind == InstructionKind::kRecv)
                    if (i.bit.valid())
                        cells.push_back(ClassicalMemory::bit_cell(part.qpu, i.bit.value));
                if (i.kind != InstructionKind::kAssign) continue;
                const SourceEvent& event = source_event(i, OpKind::kAssign);
                const Operation& op = *event.operation;
                if (op.variable.valid())
                    cells.push_back(
                        classical_.slot_cell(part.qpu, source_.num_bits + op.variable.value));
                else
                    for (std::uint32_t k = 0; k < op.bit_count; ++k)
                        cells.push_back(classical_.slot_cell(part.qpu, op.bit.value + k));
            }
        }
    }
    std::ranges::sort(cells);
    cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
    return cells;
}

// --- the end --------------------------------------------------------------------------------

void Replay::check_all_used() const {
    for (std::size_t p = 0; p < pairs_.size(); ++p)
        if (!pairs_[p].made)
            throw Difference("pair " + std::to_string(p) + " is in the table but never made");
    for (std::size_t t = 0; t < transfers_.size(); ++t)
        if (!transfers_[t].made)
            throw Difference("transfer " + std::to_string(t) + " is in the table but never done");
    for (std::size_t m = 0; m < messages_.size(); ++m)
        if (!messages_[m].received)
            throw Difference("message " + std::to_string(m) +
                             (messages_[m].sent ? " is never received" : " is never sent"));
}

/// Every source qubit stands where the final layout says, nothing else is left over, and the
/// owners of bits and variables have their last values.
void Replay::check_end() {
    std::vector<Physical> data;
    for (std::uint32_t q = 0; q < source_.num_qubits; ++q) {
        const Location& where = program_.final_layout[q];
        const std::string name = names_.wire_name(q);
        if (!names_.has(where)) throw Difference("the final layout puts " + name + " nowhere");
        const Physical p = names_.at(where.qpu.value, where.qubit);
        if (names_.is_comm(p))
            throw Difference("the final layout puts " + name + " on a communication qubit, " +
                             names_.name(p));
        try {
            quantum_.check_end(p, expected_.wire_of[q]);
        } catch (Difference& d) {
            throw Difference("at the end, for " + name + ": " + d.reason);
        }
        data.push_back(p);
    }
    std::ranges::sort(data);
    quantum_.check_released(data);
    const auto slots = static_cast<std::uint32_t>(expected_.final_definitions.size());
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        const bool is_bit = slot < source_.num_bits;
        const QpuId owner =
            is_bit ? program_.bit_owner[slot] : program_.variable_owner[slot - source_.num_bits];
        const Definition wanted = expected_.final_definitions[slot];
        const std::string name =
            is_bit ? "bit " + source_.bit_name(BitId{slot})
                   : "variable " + source_.variables[slot - source_.num_bits].name;
        if (!owner.valid() && wanted == 0) continue;
        if (owner.value >= program_.qpus.size()) throw Difference(name + " has no owner");
        if (classical_.read(classical_.slot_cell(owner.value, slot)) != wanted)
            throw Difference(names_.qpu_name(owner.value) + " owns " + name +
                             " but does not have its last value");
    }
}

void Replay::report_deadlock(std::span<const Part> parts) const {
    std::string reason = "deadlock:";
    int listed = 0;
    for (const Part& part : parts) {
        const Cursor& cursor = cursors_[part.qpu];
        if (cursor.done() || listed++ == 3) continue;
        reason +=
            (listed == 1 ? " " : "; ") + place_name(part.qpu, cursor.block, cursor.next) + " waits";
    }
    Difference d(reason);
    d.placed = true;
    throw d;
}

std::string Replay::place_name(std::uint64_t origin) const {
    return place_name(static_cast<std::uint32_t>(origin >> 48),
                      static_cast<std::uint32_t>(origin >> 28 & 0xfffff), origin & 0xfffffff);
}

std::string Replay::place_name(std::uint32_t q, std::uint32_t block, std::size_t index) const {
    std::string text = q < program_.qpus.size() ? names_.qpu_name(q) : "a QPU";
    text += ", block " + std::to_string(block) + ", instruction " + std::to_string(index);
    if (q >= program_.qpus.size()) return text;
    const QpuProgram& qpu = program_.qpus[q];
    if (block >= qpu.blocks.size() || index >= qpu.blocks[block].size()) return text;
    const Instruction& i = qpu.blocks[block][index];
    text += " (";
    if (i.kind == InstructionKind::kGate && i.gate <= GateKind::kUnitary)
        text += gate_label(i.gate, i.controls);
    else if (i.kind <= InstructionKind::kTransfer)
        text += kKindNames[static_cast<std::size_t>(i.kind)];
    const std::size_t shown = std::min<std::size_t>(i.num_operands, 8);
    if (std::uint64_t{i.first_operand} + shown <= qpu.operands.size())
        for (std::size_t k = 0; k < shown; ++k)
            text += " " + qpu.qubit_name(qpu.operands[i.first_operand + k]);
    if (i.message.valid()) text += " message " + std::to_string(i.message.value);
    if (i.transfer.valid()) text += " transfer " + std::to_string(i.transfer.value);
    if (i.pair.valid()) text += " pair " + std::to_string(i.pair.value);
    return text + ")";
}

}  // namespace carillon::validation
