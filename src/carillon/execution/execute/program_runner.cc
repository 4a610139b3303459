// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/program_runner.h"

#include <array>

#include "carillon/base/error.h"
#include "carillon/execution/execute/sample_deferred.h"
#include "carillon/resource/substrate/turns.h"

namespace carillon {

using substrate::Act;
using substrate::ActKind;

template <class Real>
ProgramRunner<Real>::ProgramRunner(const DistributedProgram& program,
                                   const SimulateOptions& options, int threads, bool defer)
    : program_(&program),
      performer_(register_options(options, threads)),
      mail_(program.num_messages) {
    std::uint32_t number = 0;
    Handle handle = 0;
    streams_.reserve(program.qpus.size());
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        const QpuProgram& qpu = program.qpus[q];
        first_handle_.push_back(handle);
        streams_.emplace_back(program, QpuId{q}, number, handle, defer, options);
        for (const InstructionBlock& block : qpu.blocks)
            number += static_cast<std::uint32_t>(block.size());
        for (std::uint32_t k = 0; k < qpu.num_qubits(); ++k, ++handle)
            performer_.qubits().allocate();
    }
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
            state.bits[b] = streams_[owner.value].memory().bits[b];
    for (std::size_t v = 0; v < program_->variables.size(); ++v) {
        const QpuId owner = program_->variable_owner[v];
        state.variables.push_back(owner.valid() ? streams_[owner.value].memory().variables[v]
                                                : program_->variables[v].initial);
    }
    return state;
}

template <class Real>
ProgramCounters ProgramRunner<Real>::counters() const {
    ProgramCounters all;
    all.runs = 1;
    for (const Stream& stream : streams_) add_counters(stream.counters(), all);
    return all;
}

template <class Real>
void ProgramRunner<Real>::run(std::uint64_t shot) {
    for (Stream& stream : streams_) stream.start(shot);
    substrate::Turns<ProgramRunner>(*this, streams_.size()).run();
}

template <class Real>
void ProgramRunner<Real>::perform(std::uint32_t qpu, const Act& act) {
    if (act.kind == ActKind::kFail) throw InputError(std::string(act.text));
    bool outcome = false;
    try {
        outcome = performer_.perform(act);
    } catch (const InputError& error) {
        if (act.kind != ActKind::kGate) throw;
        throw InputError("QPU " + program_->qpus[qpu].name + ": " + error.what());
    }
    if (act.kind != ActKind::kMeasure && act.kind != ActKind::kReset) return;
    Stream& stream = streams_[qpu];
    stream.result(outcome);
    if (!stream.draw().of_source) return;
    outcomes_.add(stream.draw().number, stream.draw().repetition, outcome);
    probability_ *= performer_.qubits().last_probability();
}

template <class Real>
void ProgramRunner<Real>::join(ActKind kind, Handle a, Handle b) {
    const std::array<Handle, 2> both{a, b};
    Act act;
    act.kind = kind;
    act.qubits = both;
    performer_.perform(act);
}

template <class Real>
void ProgramRunner<Real>::pair(std::uint32_t, const Act& a, std::uint32_t, const Act& b) {
    join(ActKind::kPair, a.qubits[0], b.qubits[0]);
}

/// The qubit that leaves changes places with the one in |0> where it arrives.
template <class Real>
void ProgramRunner<Real>::carry(std::uint32_t, const Act& leaves, std::uint32_t,
                                const Act& arrives) {
    join(ActKind::kArrive, leaves.qubits[0], arrives.qubits[0]);
}

template <class Real>
void ProgramRunner<Real>::send(std::uint32_t qpu, const Act& act) {
    mail_[act.key].bits.push_back(streams_[qpu].bit() ? 1 : 0);
}

template <class Real>
void ProgramRunner<Real>::receive(std::uint32_t qpu, const Act& act) {
    Mail& mail = mail_[act.key];
    streams_[qpu].result(mail.bits[mail.first++] != 0);
    if (mail.first == mail.bits.size()) mail = {};
}

template class ProgramRunner<float>;
template class ProgramRunner<double>;

}  // namespace carillon
