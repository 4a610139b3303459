// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/replay.h"

#include <algorithm>

#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/gate_check.h"

namespace carillon::validation {

namespace {

/// Instruction `index` of block `block` of a QPU, in one word.
std::uint64_t origin_of(std::uint32_t qpu, std::uint32_t block, std::size_t index) {
    return std::uint64_t{qpu} << 48 | std::uint64_t{block & 0xfffff} << 28 | (index & 0xfffffff);
}

[[noreturn]] void wrong(const std::string& what) {
    throw Difference(what);
}

}  // namespace

Replay::Replay(const Circuit& source, const DistributedProgram& program, const SourceForm& expected,
               const QubitMap& names, ExpressionTable& expressions, MatrixTable& matrices,
               CertificateChecker& certificates)
    : source_(source),
      program_(program),
      expected_(expected),
      names_(names),
      expressions_(expressions),
      program_expressions_(expressions.number(program.exprs, source.num_bits, source.variables)),
      form_(source.num_qubits),
      quantum_(names, form_, matrices, expected.num_definitions),
      windows_(program, certificates),
      classical_(source.num_bits, [this] { return quantum_.new_outcome(); }),
      cursors_(program.qpus.size()),
      stalled_(program.qpus.size()),
      pairs_(program.pairs.size()),
      transfers_(program.transfers.size()),
      messages_(program.num_messages),
      meetings_(expected.events.size()) {}

void Replay::run() {
    prepare();
    std::vector<Part> all;
    for (std::uint32_t q = 0; q < program_.qpus.size(); ++q) all.push_back({q, nullptr});
    run_region(BlockId{0}, all, false);
    check_all_used();
    check_end();
}

/// Finds who takes part in which block, and puts the source's qubits where they start.
void Replay::prepare() {
    for (std::uint32_t q = 0; q < program_.qpus.size(); ++q) prepare_blocks(q);
    for (std::uint32_t q = 0; q < source_.num_qubits; ++q) {
        const Location& where = program_.initial_layout[q];
        const std::string name = names_.wire_name(q);
        if (!names_.has(where)) wrong("the initial layout puts " + name + " nowhere");
        const Physical p = names_.at(where.qpu.value, where.qubit);
        if (names_.is_comm(p))
            wrong("the initial layout puts " + name + " on a communication qubit, " +
                  names_.name(p));
        quantum_.place(p, q);
    }
}

void Replay::prepare_blocks(std::uint32_t q) {
    const QpuProgram& qpu = program_.qpus[q];
    if (qpu.blocks.empty()) wrong(names_.qpu_name(q) + " has no blocks");
    std::vector<bool> owned(qpu.blocks.size(), false);
    owned[0] = true;
    for (const InstructionBlock& block : qpu.blocks)
        for (const Instruction& i : block) {
            const bool nested = i.kind == InstructionKind::kIf || i.kind == InstructionKind::kWhile;
            for (const BlockId id : {i.body, i.otherwise}) {
                if (!id.valid()) continue;
                if (!nested || id.value >= qpu.blocks.size() || owned[id.value])
                    wrong(names_.qpu_name(q) + " uses block " + std::to_string(id.value) +
                          " twice, wrongly, or has no such block");
                owned[id.value] = true;
            }
            if (!nested) continue;
            const OpKind kind = i.kind == InstructionKind::kIf ? OpKind::kIf : OpKind::kWhile;
            source_event(i, kind);
            auto& parts = meetings_[expected_.event_of[i.source]].parts;
            if (!parts.empty() && parts.back().qpu == q)
                wrong(names_.qpu_name(q) + " has the block of source operation " +
                      std::to_string(i.source) + " twice");
            parts.push_back({q, &i});
        }
}

// --- scheduling -----------------------------------------------------------------------------

/// Runs one block of each part's QPU (or its whole stream) to the end.
void Replay::run_region(BlockId source_block, std::span<const Part> parts, bool otherwise) {
    std::vector<Cursor> outside;
    std::vector<std::uint32_t> waiting = std::move(ready_);
    ready_.clear();
    const BlockId block_outside = source_block_;
    const std::uint32_t region_outside = region_;
    source_block_ = source_block;
    region_ = ++last_region_;
    for (const Part& part : parts) {
        Cursor& cursor = cursors_[part.qpu];
        outside.push_back(cursor);
        BlockId block{0};
        if (part.instruction != nullptr)
            block = otherwise ? part.instruction->otherwise : part.instruction->body;
        cursor = {};
        if (block.valid())
            cursor = {block.value, 0, program_.qpus[part.qpu].block(block).size(),
                      windows_.first_of(part.qpu, block.value)};
        ready_.push_back(part.qpu);
    }
    do run_ready();
    while (try_stalled(parts));
    for (const Part& part : parts)
        if (!cursors_[part.qpu].done()) report_deadlock(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) cursors_[parts[i].qpu] = outside[i];
    ready_ = std::move(waiting);
    source_block_ = block_outside;
    region_ = region_outside;
    wake_all_stalled();
}

void Replay::run_ready() {
    while (!ready_.empty()) {
        const std::uint32_t qpu = ready_.back();
        ready_.pop_back();
        run_stream(qpu);
    }
}

/// When nothing else can go on, a gate that waits for its operands to settle is tried as it is.
bool Replay::try_stalled(std::span<const Part> parts) {
    for (const Part& part : parts) {
        if (num_stalled_ == 0) return false;
        if (stalled_[part.qpu] != region_) continue;
        stalled_[part.qpu] = 0;
        --num_stalled_;
        patient_ = false;
        run_stream(part.qpu);
        patient_ = true;
        return true;
    }
    return false;
}

/// Operands at these QPUs have settled: their gates are tried again.
void Replay::wake_settled() {
    for (const Physical p : quantum_.settled()) {
        const auto qpu = static_cast<std::uint32_t>(names_.qpu_of(p));
        if (stalled_[qpu] != region_) continue;
        stalled_[qpu] = 0;
        --num_stalled_;
        ready_.push_back(qpu);
    }
    quantum_.settled().clear();
}

/// Back in the region around a block that may have settled what its QPUs wait for.
void Replay::wake_all_stalled() {
    for (std::uint32_t qpu = 0; qpu < stalled_.size() && num_stalled_ != 0; ++qpu) {
        if (stalled_[qpu] != region_) continue;
        stalled_[qpu] = 0;
        --num_stalled_;
        ready_.push_back(qpu);
    }
}

void Replay::run_stream(std::uint32_t qpu) {
    Cursor& cursor = cursors_[qpu];
    while (!cursor.done()) {
        form_.set_origin(origin_of(qpu, cursor.block, cursor.next));
        std::size_t count = 1;
        try {
            const Instruction* i = &program_.qpus[qpu].blocks[cursor.block][cursor.next];
            if (const LocalWindow* window =
                    windows_.at(cursor.window, qpu, cursor.block, cursor.next)) {
                windows_.check(*window);
                i = &window->meaning;
                count = window->count;
            }
            if (!step(qpu, *i)) return;
        } catch (Difference& d) {
            if (!d.placed) d.reason = place_name(qpu, cursor.block, cursor.next) + ": " + d.reason;
            d.placed = true;
            throw;
        }
        executed_ += count - 1;
        cursor.next += count;
    }
}

/// Runs one instruction; false when it has to wait (it is done later, or tried again).
bool Replay::step(std::uint32_t qpu, const Instruction& i) {
    switch (i.kind) {
        case InstructionKind::kGate:
            if (!gate(qpu, i)) return false;
            break;
        case InstructionKind::kMeasure:
            take_operands(qpu, i);
            measure(qpu, i);
            break;
        case InstructionKind::kReset:
            take_operands(qpu, i);
            reset(i);
            break;
        case InstructionKind::kPair:
            take_operands(qpu, i);
            if (!pair(qpu, i)) return false;
            break;
        case InstructionKind::kTransfer:
            take_operands(qpu, i);
            if (!transfer(qpu, i)) return false;
            break;
        case InstructionKind::kSend:
            send(qpu, i);
            break;
        case InstructionKind::kRecv:
            if (!receive(qpu, i)) return false;
            break;
        case InstructionKind::kAssign:
            assign(qpu, i);
            break;
        case InstructionKind::kIf:
        case InstructionKind::kWhile:
            if (!meet(qpu, i)) return false;
            break;
        case InstructionKind::kDelay:
        case InstructionKind::kBarrier:
            break;
        default:
            wrong("an instruction of no known kind");
    }
    ++executed_;
    patient_ = true;
    if (!quantum_.settled().empty()) wake_settled();
    return true;
}

/// The source operation behind an instruction, which must stand in the block that runs.
const SourceEvent& Replay::source_event(const Instruction& i, OpKind kind) const {
    const SourceEvent* event = expected_.event(i.source);
    if (event == nullptr || event->operation->kind != kind)
        wrong("source operation " + std::to_string(i.source) + " is of another kind");
    return *event;
}

void Replay::take_operands(std::uint32_t q, const Instruction& i) {
    const QpuProgram& qpu = program_.qpus[q];
    if (!in_arena(i.first_operand, i.num_operands, qpu.operands.size()))
        wrong("operands that do not exist");
    operands_.clear();
    for (const LocalQubit local : qpu.qubits(i)) {
        const Physical p = names_.at(q, local);
        if (std::ranges::find(operands_, p) != operands_.end())
            wrong(names_.name(p) + " is named twice");
        operands_.push_back(p);
    }
    if (i.kind != InstructionKind::kGate && operands_.size() != 1)
        wrong("needs one operand, has " + std::to_string(operands_.size()));
}

ClassicalMemory::Cell Replay::bit(std::uint32_t qpu, BitId id) const {
    if (id.value >= program_.qpus[qpu].num_bits)
        wrong("bit " + std::to_string(id.value) + " does not exist");
    return ClassicalMemory::bit_cell(qpu, id.value);
}

/// Checks that an expression is the source's, and that the QPU has the values that it reads.
void Replay::check_expression(std::uint32_t qpu, const Instruction& i, const SourceEvent& event) {
    if (i.condition.value >= program_expressions_.numbers.size()) wrong("has no expression");
    if (program_expressions_.numbers[i.condition.value] !=
        expected_.expressions.numbers[event.operation->condition.value])
        wrong("its expression is not that of source operation " + std::to_string(i.source));
    const auto slots = ExpressionTable::reads(program_expressions_, i.condition, source_.num_bits);
    for (std::size_t k = 0; k < slots.size(); ++k)
        if (classical_.read(classical_.slot_cell(qpu, slots[k])) != event.reads[k])
            wrong(names_.qpu_name(qpu) + " has no current value of " +
                  (slots[k] < source_.num_bits
                       ? "bit " + source_.bit_name(BitId{slots[k]})
                       : "variable " + source_.variables[slots[k] - source_.num_bits].name));
}

// --- quantum instructions -------------------------------------------------------------------

/// False when the gate waits for its operands to settle.
bool Replay::gate(std::uint32_t q, const Instruction& i) {
    const QpuProgram& qpu = program_.qpus[q];
    take_operands(q, i);
    if (!in_arena(i.first_param, i.num_params, qpu.params.size()) ||
        !in_arena(i.first_condition, i.num_conditions, qpu.condition_bits.size()))
        wrong("angles or condition bits that do not exist");
    const std::string fault = gate_fault(i.gate, i.controls, i.num_operands, qpu.parameters(i),
                                         i.matrix, program_.matrices);
    if (!fault.empty()) wrong(fault);
    if (patient_ && (i.num_conditions == 0 || i.controls != 0) &&
        quantum_.must_wait(i.gate, i.controls, operands_)) {
        stalled_[q] = region_;
        ++num_stalled_;
        return false;
    }
    if (i.num_conditions != 0) {
        const bool pauli =
            i.gate == GateKind::kX || i.gate == GateKind::kY || i.gate == GateKind::kZ;
        const bool product = i.gate == GateKind::kZ && i.controls != 0;
        if (!product && (!pauli || i.controls != 0))
            wrong("a correction must be x, y, z or a controlled z");
        bits_.clear();
        for (const BitId b : qpu.conditions(i)) bits_.push_back(classical_.read(bit(q, b)));
        if (product)
            quantum_.correct_product(operands_, bits_);
        else
            quantum_.correct(i.gate, operands_[0], bits_);
        return true;
    }
    angles_.clear();
    for (const Param& p : qpu.parameters(i)) {
        angles_.push_back(p.constant() ? Angle{p.value} : run_time_angle(q, p.expr));
    }
    const Matrix* matrix = i.gate == GateKind::kUnitary ? &program_.matrices[i.matrix] : nullptr;
    quantum_.gate(i.gate, i.controls, operands_, angles_, matrix);
    return true;
}

/// A run-time angle as a multiple of a value that has a number.
Angle Replay::run_time_angle(std::uint32_t q, ExprId expr) {
    auto reads = ExpressionTable::reads(program_expressions_, expr, source_.num_bits);
    for (Definition& r : reads) r = classical_.read(classical_.slot_cell(q, r));
    const auto multiple = ExpressionTable::as_multiple(program_expressions_, expr);
    const std::uint32_t expression = program_expressions_.numbers[multiple.of.value];
    return {0, expressions_.value_number(expression, reads), multiple.factor};
}

void Replay::measure(std::uint32_t q, const Instruction& i) {
    if (i.source == Instruction::kNoSource) {
        const Definition outcome = quantum_.measure(operands_[0]);
        if (i.bit.valid()) classical_.write(bit(q, i.bit), outcome);
        return;
    }
    const SourceEvent& event = source_event(i, OpKind::kMeasure);
    if (event.block != source_block_) wrong("stands in another block than its source");
    const BitId target = event.operation->bit;
    if (target.valid() ? i.bit != target : i.bit.valid() && i.bit.value < source_.num_bits)
        wrong("measures into bit " + std::to_string(i.bit.value) + ", the source does not");
    quantum_.measure_source(operands_[0], i.source);
    if (i.bit.valid()) classical_.write(bit(q, i.bit), event.definition);
}

void Replay::reset(const Instruction& i) {
    if (i.source == Instruction::kNoSource) return quantum_.clear(operands_[0]);
    const SourceEvent& event = source_event(i, OpKind::kReset);
    if (event.block != source_block_) wrong("stands in another block than its source");
    quantum_.reset_source(operands_[0], i.source);
}

bool Replay::pair(std::uint32_t qpu, const Instruction& i) {
    if (i.pair.value >= pairs_.size()) wrong("a pair that is not in the table");
    const BellPair& entry = program_.pairs[i.pair.value];
    PairState& state = pairs_[i.pair.value];
    const std::string name = "pair " + std::to_string(i.pair.value);
    if (state.made) wrong(name + " is made twice");
    if (entry.a == entry.b || (entry.a.value != qpu && entry.b.value != qpu))
        wrong(name + " does not end at this QPU");
    const QpuId other = entry.a.value == qpu ? entry.b : entry.a;
    if (i.peer.valid() && i.peer != other) wrong(name + " does not end at its peer");
    if (state.qpu == qpu) wrong(name + " has both ends at one QPU");
    if (state.qpu == kNobody) {
        state = {qpu, region_, operands_[0], false};
        return false;
    }
    if (state.region != region_) wrong(name + " has its ends in different blocks");
    quantum_.make_pair(state.qubit, operands_[0]);
    state.made = true;
    ++pairs_made_;
    ++executed_;
    advance(state.qpu);
    return true;
}

/// Waits for both sides, then the contents of the qubit that leaves stand where it arrives.
bool Replay::transfer(std::uint32_t qpu, const Instruction& i) {
    if (i.transfer.value >= transfers_.size()) wrong("a transfer that is not in the table");
    const QubitTransfer& entry = program_.transfers[i.transfer.value];
    PairState& state = transfers_[i.transfer.value];
    const std::string name = "transfer " + std::to_string(i.transfer.value);
    if (state.made) wrong(name + " is done twice");
    if (entry.from == entry.to || (entry.from.value != qpu && entry.to.value != qpu))
        wrong(name + " has no side at this QPU");
    const QpuId other = entry.from.value == qpu ? entry.to : entry.from;
    if (i.peer.valid() && i.peer != other) wrong(name + " has no side at its peer");
    if (state.qpu == qpu) wrong(name + " has both sides at one QPU");
    if (state.qpu == kNobody) {
        state = {qpu, region_, operands_[0], false};
        return false;
    }
    if (state.region != region_) wrong(name + " has its sides in different blocks");
    const bool leaves = entry.from.value == qpu;
    quantum_.carry(leaves ? operands_[0] : state.qubit, leaves ? state.qubit : operands_[0]);
    state.made = true;
    ++transfers_made_;
    ++executed_;
    advance(state.qpu);
    return true;
}

// --- classical instructions -----------------------------------------------------------------

void Replay::send(std::uint32_t qpu, const Instruction& i) {
    if (i.message.value >= messages_.size()) wrong("a message that does not exist");
    MessageState& m = messages_[i.message.value];
    const std::string name = "message " + std::to_string(i.message.value);
    if (m.sent) wrong(name + " is sent twice");
    if (i.peer.value >= program_.qpus.size() || i.peer.value == qpu)
        wrong(name + " has no receiver");
    m.value = classical_.read(bit(qpu, i.bit));
    m.sent = true;
    m.from = qpu;
    m.to = i.peer.value;
    if (m.receiver == kNobody) {
        m.region = region_;
        return;
    }
    if (m.region != region_) wrong(name + " is sent and received in different blocks");
    ready_.push_back(m.receiver);
}

bool Replay::receive(std::uint32_t qpu, const Instruction& i) {
    if (i.message.value >= messages_.size()) wrong("a message that does not exist");
    MessageState& m = messages_[i.message.value];
    const std::string name = "message " + std::to_string(i.message.value);
    if (m.received || (m.receiver != kNobody && m.receiver != qpu))
        wrong(name + " is received twice");
    if (!m.sent) {
        m.receiver = qpu;
        m.region = region_;
        return false;
    }
    if (m.region != region_) wrong(name + " is sent and received in different blocks");
    if (m.to != qpu) wrong(name + " goes to " + names_.qpu_name(m.to));
    if (m.from != i.peer.value) wrong(name + " comes from " + names_.qpu_name(m.from));
    m.received = true;
    classical_.write(bit(qpu, i.bit), m.value);
    return true;
}

void Replay::assign(std::uint32_t qpu, const Instruction& i) {
    const SourceEvent& event = source_event(i, OpKind::kAssign);
    if (event.block != source_block_) wrong("stands in another block than its source");
    const Operation& op = *event.operation;
    const bool same = op.variable.valid()
                          ? i.variable == op.variable
                          : !i.variable.valid() && i.bit == op.bit && i.bit_count == op.bit_count;
    if (!same) wrong("assigns to something else than source operation " + std::to_string(i.source));
    check_expression(qpu, i, event);
    if (op.variable.valid()) {
        const std::uint32_t slot = source_.num_bits + op.variable.value;
        return classical_.write(classical_.slot_cell(qpu, slot), event.definition);
    }
    for (std::uint32_t k = 0; k < op.bit_count; ++k)
        classical_.write(classical_.slot_cell(qpu, op.bit.value + k), event.definition + k);
}

}  // namespace carillon::validation
