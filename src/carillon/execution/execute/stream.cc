// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/stream.h"

#include <algorithm>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/outcome.h"

namespace carillon {

using substrate::Act;
using substrate::ActKind;

Stream::Stream(const DistributedProgram& program, QpuId qpu, std::uint32_t first_number,
               std::uint32_t first_qubit, bool defer, const SimulateOptions& options)
    : program_(&program), options_(&options), qpu_(qpu), first_qubit_(first_qubit), defer_(defer) {
    for (const InstructionBlock& block : own().blocks) {
        first_number_.push_back(first_number);
        first_number += static_cast<std::uint32_t>(block.size());
    }
    start(0);
}

void Stream::start(std::uint64_t shot) {
    shot_ = shot;
    frames_.assign(1, {BlockId{0}});
    memory_.bits.assign(std::max(own().num_bits, program_->num_bits), 0);
    memory_.variables.clear();
    for (const Variable& v : program_->variables) memory_.variables.push_back(v.initial);
    missing_.clear();
    source_repetitions_.clear();
    protocol_repetitions_.clear();
    instruction_ = nullptr;
    order_ = 0;
}

// From act to act.

/// The instruction the stream stands at, after leaving blocks that are done; nullptr at its end.
const Instruction* Stream::next_instruction() {
    while (!frames_.empty()) {
        const Frame& frame = frames_.back();
        const InstructionBlock& block = own().block(frame.block);
        if (frame.next < block.size()) return &block[frame.next];
        frames_.pop_back();
    }
    return nullptr;
}

const Act* Stream::next() {
    if (instruction_ != nullptr) return &act_;
    while (const Instruction* i = next_instruction()) {
        // In turn after whatever comes before any instruction on the way.
        order_ = std::max(order_, i->order);
        bool acts = true;
        try {
            acts = interpret(*i);
        } catch (const InputError& error) {
            fail(error.what());
        }
        if (!acts) continue;
        instruction_ = i;
        act_.order = order_;
        return &act_;
    }
    return nullptr;
}

void Stream::done() {
    instruction_ = nullptr;
    order_ = 0;
    ++frames_.back().next;
}

void Stream::result(bool bit) {
    const bool kept = act_.kind == ActKind::kMeasure || act_.kind == ActKind::kReceive;
    if (kept && instruction_->bit.valid()) memory_.bits[instruction_->bit.value] = bit;
}

void Stream::done_later() {
    missing_.push_back(instruction_->bit);
    done();
}

void Stream::outcome(bool bit) {
    if (missing_.front().valid()) memory_.bits[missing_.front().value] = bit;
    missing_.pop_front();
}

bool Stream::bit() {
    return memory_.bits[instruction_->bit.value] != 0;
}

/// Runs one instruction, or makes it an act: true then. Only acts stay where they are.
bool Stream::interpret(const Instruction& i) {
    switch (i.kind) {
        case InstructionKind::kGate:
            if (make_gate(i)) return true;
            break;
        case InstructionKind::kMeasure:
        case InstructionKind::kReset:
            if (make_draw(i)) return true;
            break;
        case InstructionKind::kPair:
            return make_pair(i);
        case InstructionKind::kTransfer:
            return make_transfer(i);
        case InstructionKind::kSend:
        case InstructionKind::kRecv:
            return make_message(i);
        case InstructionKind::kAssign:
            assign(i);
            break;
        case InstructionKind::kIf: {
            const BlockId taken = value(i).truthy() ? i.body : i.otherwise;
            ++frames_.back().next;
            if (taken.valid()) frames_.push_back({taken});
            return false;
        }
        case InstructionKind::kWhile:
            enter_while(i);
            return false;
        case InstructionKind::kDelay:
        case InstructionKind::kBarrier:
            break;
    }
    ++frames_.back().next;
    return false;
}

void Stream::assign(const Instruction& i) {
    if (i.variable.valid())
        assign_variable(memory_, i.variable, value(i));
    else
        assign_bits(memory_, i.bit, i.bit_count, value(i));
}

/// Goes into the body, which comes back to the `while` when it is done, or past it.
void Stream::enter_while(const Instruction& i) {
    Frame& frame = frames_.back();
    if (!value(i).truthy()) {
        ++frame.next;
        frame.iterations = 0;
        return;
    }
    if (frame.iterations++ == options_->max_loop_iterations)
        throw InputError("QPU " + own().name + ": a loop ran " +
                         std::to_string(options_->max_loop_iterations) +
                         " times without ending; raise the limit of loop iterations if it is "
                         "meant to");
    frames_.push_back({i.body});
}

Value Stream::value(const Instruction& i) {
    settle();
    return evaluate(program_->exprs, i.condition, memory_);
}

// Acts.

/// An act on the operands of an instruction.
bool Stream::act(ActKind kind, const Instruction& i) {
    qubits_.clear();
    for (const LocalQubit q : own().qubits(i)) qubits_.push_back(first_qubit_ + q);
    const Frame& frame = frames_.back();
    act_ = {.kind = kind,
            .peer = i.peer.value,
            .place = std::uint64_t{frame.block.value} << 32 | frame.next,
            .qubits = qubits_};
    return true;
}

/// The stream cannot go on; the others learn it when its turn comes.
void Stream::fail(const std::string& message) {
    text_ = message;
    act_ = {.kind = ActKind::kFail, .text = text_};
}

/// False when its condition does not hold.
bool Stream::make_gate(const Instruction& i) {
    if (i.num_conditions > 0) {
        settle();
        bool on = false;
        for (const BitId bit : own().conditions(i)) on ^= memory_.bits[bit.value] != 0;
        if (!on) return false;
    }
    ++counters_.gates;
    act(ActKind::kGate, i);
    act_.gate = i.gate;
    act_.controls = i.controls;
    if (i.gate == GateKind::kUnitary) {
        act_.matrix = &program_->matrices[i.matrix];
        return true;
    }
    angles_.clear();
    for (const Param& p : own().parameters(i)) {
        if (!p.constant()) settle();
        try {
            angles_.push_back(
                p.constant() ? p.value : evaluate(program_->exprs, p.expr, memory_).as_double());
        } catch (const InputError& error) {
            throw InputError("QPU " + own().name + ": " + error.what());
        }
    }
    act_.angles = angles_;
    return true;
}

/// A measurement or reset, with the random number that belongs to it. False when it is deferred
/// and nothing is to be remembered.
bool Stream::make_draw(const Instruction& i) {
    const bool of_source = i.source != Instruction::kNoSource;
    const bool measures = i.kind == InstructionKind::kMeasure;
    if (measures) ++counters_.measurements;
    if (defer_ && of_source) {
        if (!measures || !i.bit.valid()) return false;
        act(ActKind::kDefer, i);
        act_.key = i.bit.value;
        return true;
    }
    const Frame& frame = frames_.back();
    draw_.of_source = of_source;
    draw_.number = of_source
                       ? i.source
                       : first_number_[frame.block.value] + static_cast<std::uint32_t>(frame.next);
    draw_.repetition = (of_source ? source_repetitions_ : protocol_repetitions_)[draw_.number]++;
    act(measures ? ActKind::kMeasure : ActKind::kReset, i);
    act_.uniform = keyed_uniform(options_->seed, of_source ? kStreamMeasurement : kStreamProtocol,
                                 shot_, measurement_event(draw_.number, draw_.repetition));
    return true;
}

bool Stream::make_pair(const Instruction& i) {
    const BellPair& pair = program_->pairs[i.pair.value];
    if (pair.a != qpu_ && pair.b != qpu_)
        throw InputError("QPU " + own().name + " makes pair " + std::to_string(i.pair.value) +
                         ", of which it is no end");
    if (pair.a == qpu_) {
        ++counters_.pairs;
        ++counters_.pairs_by_link[pair.link.value];
        ++counters_.pairs_by_purpose[std::string(purpose_name(pair.purpose))];
    }
    act(ActKind::kPair, i);
    act_.key = i.pair.value;
    return true;
}

bool Stream::make_transfer(const Instruction& i) {
    const QubitTransfer& transfer = program_->transfers[i.transfer.value];
    if (transfer.from != qpu_ && transfer.to != qpu_)
        throw InputError("QPU " + own().name + " has a side of transfer " +
                         std::to_string(i.transfer.value) + ", which leads elsewhere");
    if (transfer.from == qpu_) {
        ++counters_.transfers;
        ++counters_.transfers_by_link[transfer.link.value];
    }
    act(transfer.from == qpu_ ? ActKind::kLeave : ActKind::kArrive, i);
    act_.key = i.transfer.value;
    return true;
}

bool Stream::make_message(const Instruction& i) {
    const bool sends = i.kind == InstructionKind::kSend;
    if (sends || std::ranges::find(missing_, i.bit) != missing_.end()) settle();
    if (sends) {
        ++counters_.classical_bits;
        ++counters_.bits_by_qpus[{qpu_.value, i.peer.value}];
    }
    act(sends ? ActKind::kSend : ActKind::kReceive, i);
    act_.key = i.message.value;
    return true;
}

std::string Stream::waiting(const DistributedProgram& program, QpuId qpu, const Act& act) {
    std::string line = program.qpu(qpu).name + ", at instruction " +
                       std::to_string(act.place & 0xffffffff) + " of block " +
                       std::to_string(act.place >> 32) + ", waits for ";
    line += act.kind == ActKind::kPair      ? "pair "
            : act.kind == ActKind::kReceive ? "message "
                                            : "transfer ";
    line += std::to_string(act.key);
    if (act.peer < program.qpus.size()) line += " with " + program.qpus[act.peer].name;
    return line;
}

}  // namespace carillon
