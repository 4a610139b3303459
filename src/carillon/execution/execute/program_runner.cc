// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/program_runner.h"

#include <algorithm>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/outcome.h"

namespace carillon {

namespace {

constexpr std::uint32_t kNobody = 0xffffffff;

std::uint32_t count_source_operations(const DistributedProgram& program) {
    std::uint32_t count = 0;
    for (const QpuProgram& qpu : program.qpus)
        for (const InstructionBlock& block : qpu.blocks)
            for (const Instruction& i : block)
                if (i.source != Instruction::kNoSource) count = std::max(count, i.source + 1);
    return count;
}

}  // namespace

template <class Real>
ProgramRunner<Real>::ProgramRunner(const DistributedProgram& program,
                                   const SimulateOptions& options, int threads)
    : program_(&program),
      options_(&options),
      register_({.threads = threads,
                 .max_memory_bytes = options.max_memory_bytes,
                 .physical = options.physical,
                 .record = options.explain,
                 .ranks = options.ranks,
                 .spread_axes = options.spread_axes,
                 .safety = options.safety,
                 .locality = options.locality,
                 .spill = options.spill}),
      halves_(program.pairs.size()),
      travellers_(program.transfers.size()),
      mail_(program.num_messages),
      receiver_(program.num_messages, kNobody),
      source_repetitions_(count_source_operations(program)),
      deferred_qubits_(program.num_bits, kNoHandle) {
    std::uint32_t number = 0;
    Handle handle = 0;
    for (const QpuProgram& qpu : program.qpus) {
        first_handle_.push_back(handle);
        for (std::uint32_t q = 0; q < qpu.num_qubits(); ++q, ++handle) register_.allocate();
        first_number_.emplace_back();
        for (const InstructionBlock& block : qpu.blocks) {
            first_number_.back().push_back(number);
            number += static_cast<std::uint32_t>(block.size());
        }
        Stream stream;
        stream.frames.push_back({BlockId{0}});
        stream.memory.bits.assign(std::max(qpu.num_bits, program.num_bits), 0);
        for (const Variable& v : program.variables) stream.memory.variables.push_back(v.initial);
        streams_.push_back(std::move(stream));
    }
    protocol_repetitions_.resize(number);
}

template <class Real>
auto ProgramRunner<Real>::handle(Location location) const -> Handle {
    if (location.qpu.value >= program_->qpus.size() ||
        location.qubit >= program_->qpu(location.qpu).num_qubits())
        throw InputError("the final layout names a qubit that no QPU has");
    return first_handle_[location.qpu.value] + location.qubit;
}

template <class Real>
ClassicalState ProgramRunner<Real>::classical() const {
    ClassicalState state;
    state.bits.assign(program_->num_bits, 0);
    for (std::uint32_t b = 0; b < program_->num_bits; ++b)
        if (const QpuId owner = program_->bit_owner[b]; owner.valid())
            state.bits[b] = streams_[owner.value].memory.bits[b];
    for (std::size_t v = 0; v < program_->variables.size(); ++v) {
        const QpuId owner = program_->variable_owner[v];
        state.variables.push_back(owner.valid() ? streams_[owner.value].memory.variables[v]
                                                : program_->variables[v].initial);
    }
    return state;
}

// The streams.

/// The instruction a stream stands at, after leaving blocks that are done; nullptr at its end.
template <class Real>
const Instruction* ProgramRunner<Real>::next_instruction(std::uint32_t qpu) {
    Stream& stream = streams_[qpu];
    while (!stream.frames.empty()) {
        const Frame& frame = stream.frames.back();
        const InstructionBlock& block = program_->qpus[qpu].block(frame.block);
        if (frame.next < block.size()) return &block[frame.next];
        stream.frames.pop_back();
    }
    return nullptr;
}

template <class Real>
void ProgramRunner<Real>::make_ready(std::uint32_t qpu) {
    streams_[qpu].wait = Wait::kNothing;
    if (const Instruction* i = next_instruction(qpu)) ready_.push({i->order, qpu});
}

template <class Real>
void ProgramRunner<Real>::run(std::uint64_t shot) {
    shot_ = shot;
    counters_.runs = 1;
    for (std::uint32_t qpu = 0; qpu < streams_.size(); ++qpu) make_ready(qpu);
    while (!ready_.empty()) {
        const std::uint32_t qpu = ready_.top().qpu;
        ready_.pop();
        const Instruction* i = next_instruction(qpu);
        // Goes on with this stream as long as no other comes before it.
        while (i != nullptr && (ready_.empty() || !(Turn{i->order, qpu} > ready_.top()))) {
            if (!advance(qpu, *i)) break;
            i = next_instruction(qpu);
        }
        if (i != nullptr && streams_[qpu].wait == Wait::kNothing) ready_.push({i->order, qpu});
    }
    for (const Stream& stream : streams_)
        if (stream.wait != Wait::kNothing) report_deadlock();
}

/// Runs one instruction; false when the stream has to wait for it.
template <class Real>
bool ProgramRunner<Real>::advance(std::uint32_t qpu, const Instruction& i) {
    Stream& stream = streams_[qpu];
    switch (i.kind) {
        case InstructionKind::kGate:
            try {
                run_gate(qpu, i);
            } catch (const InputError& error) {
                throw InputError("QPU " + program_->qpus[qpu].name + ": " + error.what());
            }
            break;
        case InstructionKind::kMeasure:
            measure(qpu, i);
            break;
        case InstructionKind::kReset:
            if (!deferred_ || i.source == Instruction::kNoSource) draw(qpu, i, operand(qpu, i, 0));
            break;
        case InstructionKind::kPair:
            return run_pair(qpu, i);
        case InstructionKind::kTransfer:
            return run_transfer(qpu, i);
        case InstructionKind::kSend:
            send(qpu, i);
            break;
        case InstructionKind::kRecv:
            return receive(qpu, i);
        case InstructionKind::kAssign:
            if (i.variable.valid())
                assign_variable(stream.memory, i.variable, value(qpu, i));
            else
                assign_bits(stream.memory, i.bit, i.bit_count, value(qpu, i));
            break;
        case InstructionKind::kIf: {
            const BlockId taken = value(qpu, i).truthy() ? i.body : i.otherwise;
            ++stream.frames.back().next;
            if (taken.valid()) stream.frames.push_back({taken});
            return true;
        }
        case InstructionKind::kWhile:
            enter_while(qpu, i);
            return true;
        case InstructionKind::kDelay:
        case InstructionKind::kBarrier:
            break;
    }
    ++stream.frames.back().next;
    return true;
}

/// Goes into the body, which comes back to the `while` when it is done, or past it.
template <class Real>
void ProgramRunner<Real>::enter_while(std::uint32_t qpu, const Instruction& i) {
    Stream& stream = streams_[qpu];
    Frame& frame = stream.frames.back();
    if (!value(qpu, i).truthy()) {
        ++frame.next;
        frame.iterations = 0;
        return;
    }
    if (frame.iterations++ == options_->max_loop_iterations)
        throw InputError("QPU " + program_->qpus[qpu].name + ": a loop ran " +
                         std::to_string(options_->max_loop_iterations) +
                         " times without ending; raise the limit of loop iterations if it is "
                         "meant to");
    stream.frames.push_back({i.body});
}

template <class Real>
Value ProgramRunner<Real>::value(std::uint32_t qpu, const Instruction& i) const {
    return evaluate(program_->exprs, i.condition, streams_[qpu].memory);
}

template <class Real>
auto ProgramRunner<Real>::operand(std::uint32_t qpu, const Instruction& i, std::size_t k) const
    -> Handle {
    return first_handle_[qpu] + program_->qpus[qpu].qubits(i)[k];
}

// Quantum instructions.

template <class Real>
void ProgramRunner<Real>::run_gate(std::uint32_t qpu, const Instruction& i) {
    const QpuProgram& qpu_program = program_->qpus[qpu];
    const ClassicalState& memory = streams_[qpu].memory;
    if (i.num_conditions > 0) {
        bool on = false;
        for (const BitId bit : qpu_program.conditions(i)) on ^= memory.bits[bit.value] != 0;
        if (!on) return;
    }
    ++counters_.gates;
    operands_.clear();
    for (std::size_t k = 0; k < i.num_operands; ++k) operands_.push_back(operand(qpu, i, k));
    if (i.gate == GateKind::kUnitary)
        return register_.unitary(program_->matrices[i.matrix], i.controls, operands_);
    angles_.clear();
    for (const Param& p : qpu_program.parameters(i))
        angles_.push_back(p.constant() ? p.value
                                       : evaluate(program_->exprs, p.expr, memory).as_double());
    register_.gate(i.gate, i.controls, angles_, operands_);
}

template <class Real>
void ProgramRunner<Real>::measure(std::uint32_t qpu, const Instruction& i) {
    ++counters_.measurements;
    const Handle h = operand(qpu, i, 0);
    if (deferred_ && i.source != Instruction::kNoSource) {
        if (i.bit.valid()) deferred_qubits_[i.bit.value] = h;
        return;
    }
    const bool outcome = draw(qpu, i, h);
    if (i.bit.valid()) streams_[qpu].memory.bits[i.bit.value] = outcome;
}

/// Runs a measurement or reset with the random number that belongs to it.
template <class Real>
bool ProgramRunner<Real>::draw(std::uint32_t qpu, const Instruction& i, Handle h) {
    const bool of_source = i.source != Instruction::kNoSource;
    const Frame& frame = streams_[qpu].frames.back();
    const std::uint32_t number =
        of_source ? i.source
                  : first_number_[qpu][frame.block.value] + static_cast<std::uint32_t>(frame.next);
    const std::uint32_t repetition =
        (of_source ? source_repetitions_ : protocol_repetitions_)[number]++;
    const double uniform =
        keyed_uniform(options_->seed, of_source ? kStreamMeasurement : kStreamProtocol, shot_,
                      measurement_event(number, repetition));
    const bool outcome = i.kind == InstructionKind::kReset ? register_.reset(h, uniform)
                                                           : register_.measure(h, uniform);
    if (of_source) {
        outcomes_.add(number, repetition, outcome);
        probability_ *= register_.last_probability();
    }
    return outcome;
}

template <class Real>
bool ProgramRunner<Real>::run_pair(std::uint32_t qpu, const Instruction& i) {
    const BellPair& pair = program_->pairs[i.pair.value];
    WaitingHalf& half = halves_[i.pair.value];
    if (pair.a.value != qpu && pair.b.value != qpu)
        throw InputError("QPU " + program_->qpus[qpu].name + " makes pair " +
                         std::to_string(i.pair.value) + ", of which it is no end");
    const Handle own = operand(qpu, i, 0);
    if (half.qpu == kNobody) {
        half = {qpu, own};
        streams_[qpu].wait = Wait::kPair;
        return false;
    }
    const std::uint32_t peer = half.qpu;
    register_.bell_pair(half.handle, own);
    half = {};
    ++counters_.pairs;
    ++counters_.pairs_by_link[pair.link.value];
    ++counters_.pairs_by_purpose[std::string(purpose_name(pair.purpose))];
    ++streams_[peer].frames.back().next;
    make_ready(peer);
    ++streams_[qpu].frames.back().next;
    return true;
}

/// The qubit that leaves changes places with the one in |0> where it arrives.
template <class Real>
bool ProgramRunner<Real>::run_transfer(std::uint32_t qpu, const Instruction& i) {
    const QubitTransfer& transfer = program_->transfers[i.transfer.value];
    WaitingHalf& first = travellers_[i.transfer.value];
    const std::string name = "transfer " + std::to_string(i.transfer.value);
    if (transfer.from.value != qpu && transfer.to.value != qpu)
        throw InputError("QPU " + program_->qpus[qpu].name + " has a side of " + name +
                         ", which leads elsewhere");
    const Handle own = operand(qpu, i, 0);
    if (first.qpu == kNobody) {
        first = {qpu, own};
        streams_[qpu].wait = Wait::kTransfer;
        return false;
    }
    const std::uint32_t peer = first.qpu;
    const bool arrives_here = transfer.to.value == qpu;
    register_.carry(arrives_here ? first.handle : own, arrives_here ? own : first.handle);
    first = {};
    ++counters_.transfers;
    ++counters_.transfers_by_link[transfer.link.value];
    ++streams_[peer].frames.back().next;
    make_ready(peer);
    ++streams_[qpu].frames.back().next;
    return true;
}

// Messages.

template <class Real>
void ProgramRunner<Real>::send(std::uint32_t qpu, const Instruction& i) {
    ++counters_.classical_bits;
    mail_[i.message.value].push_back(streams_[qpu].memory.bits[i.bit.value]);
    std::uint32_t& receiver = receiver_[i.message.value];
    if (receiver == kNobody) return;
    make_ready(receiver);
    receiver = kNobody;
}

template <class Real>
bool ProgramRunner<Real>::receive(std::uint32_t qpu, const Instruction& i) {
    std::deque<std::uint8_t>& mail = mail_[i.message.value];
    if (mail.empty()) {
        receiver_[i.message.value] = qpu;
        streams_[qpu].wait = Wait::kMessage;
        return false;
    }
    if (i.bit.valid()) streams_[qpu].memory.bits[i.bit.value] = mail.front();
    mail.pop_front();
    ++streams_[qpu].frames.back().next;
    return true;
}

template <class Real>
void ProgramRunner<Real>::report_deadlock() {
    constexpr int kShown = 8;
    std::string message = "the QPUs wait for each other:";
    int waiting = 0;
    for (std::uint32_t qpu = 0; qpu < streams_.size(); ++qpu) {
        if (streams_[qpu].wait == Wait::kNothing || ++waiting > kShown) continue;
        const Instruction& i = *next_instruction(qpu);
        message += "\n  " + program_->qpus[qpu].name + ", at instruction " +
                   std::to_string(streams_[qpu].frames.back().next) + " of block " +
                   std::to_string(streams_[qpu].frames.back().block.value) + ", waits for ";
        message += i.kind == InstructionKind::kPair ? "pair " + std::to_string(i.pair.value)
                   : i.kind == InstructionKind::kTransfer
                       ? "transfer " + std::to_string(i.transfer.value)
                       : "message " + std::to_string(i.message.value);
        if (i.peer.value < program_->qpus.size())
            message += " with " + program_->qpus[i.peer.value].name;
    }
    if (waiting > kShown) message += "\n  and " + std::to_string(waiting - kShown) + " more";
    throw InputError(message);
}

template class ProgramRunner<float>;
template class ProgramRunner<double>;

}  // namespace carillon
