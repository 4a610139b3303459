// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "carillon/execution/execute/circuit_runner.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/execution/execute/stream.h"
#include "carillon/resource/engine/register.h"
#include "carillon/resource/substrate/performer.h"

namespace carillon {

/// Runs one shot of a distributed program on one whole state: its instruction streams take turns
/// over one register, the one whose next instruction comes earliest in the program's order first,
/// so that few communication qubits are alive at once.
template <class Real>
class ProgramRunner {
  public:
    using Handle = engine::AffineFrame::Handle;

    /// Program and options must outlive the runner.
    ///
    /// Args:
    ///     defer: source measurements are not done; the qubit of each source bit is remembered.
    ProgramRunner(const DistributedProgram& program, const SimulateOptions& options, int threads,
                  bool defer = false);

    /// Runs all streams to their ends.
    void run(std::uint64_t shot);

    engine::Register<Real>& qubits() { return performer_.qubits(); }
    Handle handle(Location location) const;
    /// Source bits and variables, each from the QPU that owns it.
    ClassicalState classical() const;
    /// By source bit, as far as there are any: the qubit whose measurement was deferred, or
    /// kNoHandle.
    const std::vector<Handle>& deferred_qubits() const { return performer_.deferred(); }
    static constexpr Handle kNoHandle = substrate::Performer<Real>::kNoHandle;

    const OutcomeScript& outcomes() const { return outcomes_; }
    /// Probability of the outcomes of the source's measurements and resets, in the order they came.
    double probability() const { return probability_; }
    ProgramCounters counters() const;

    // For Turns.
    const substrate::Act* next(std::uint32_t qpu) { return streams_[qpu].next(); }
    void done(std::uint32_t qpu) { streams_[qpu].done(); }
    void perform(std::uint32_t qpu, const substrate::Act& act);
    void pair(std::uint32_t first, const substrate::Act& a, std::uint32_t second,
              const substrate::Act& b);
    void carry(std::uint32_t from, const substrate::Act& leaves, std::uint32_t to,
               const substrate::Act& arrives);
    void send(std::uint32_t qpu, const substrate::Act& act);
    void receive(std::uint32_t qpu, const substrate::Act& act);
    std::string waiting(std::uint32_t qpu, const substrate::Act& act) const {
        return Stream::waiting(*program_, QpuId{qpu}, act);
    }

  private:
    /// Bits of one message that were sent and not received.
    struct Mail {
        std::vector<std::uint8_t> bits;
        std::size_t first = 0;
    };

    void join(substrate::ActKind kind, Handle a, Handle b);

    const DistributedProgram* program_;
    substrate::Performer<Real> performer_;
    std::vector<Handle> first_handle_;  ///< by QPU
    std::vector<Stream> streams_;
    std::vector<Mail> mail_;  ///< by message
    OutcomeScript outcomes_;
    double probability_ = 1;
};

extern template class ProgramRunner<float>;
extern template class ProgramRunner<double>;

}  // namespace carillon
