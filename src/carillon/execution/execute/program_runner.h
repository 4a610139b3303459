// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <string>
#include <vector>

#include "carillon/execution/execute/circuit_runner.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/resource/engine/register.h"

namespace carillon {

/// Runs one shot of a distributed program: its instruction streams take turns over one register,
/// the one whose next instruction comes earliest in the program's order first, so that few
/// communication qubits are alive at once.
template <class Real>
class ProgramRunner {
  public:
    using Handle = engine::AffineFrame::Handle;

    /// Program and options must outlive the runner.
    ProgramRunner(const DistributedProgram& program, const SimulateOptions& options, int threads);

    /// Does not measure source measurements but remembers the qubit of each source bit.
    void defer_source_measurements() { deferred_ = true; }
    /// Runs all streams to their ends.
    void run(std::uint64_t shot);

    engine::Register<Real>& qubits() { return register_; }
    Handle handle(Location location) const;
    /// Source bits and variables, each from the QPU that owns it.
    ClassicalState classical() const;
    /// By source bit: the qubit whose measurement was deferred, or kNoHandle.
    const std::vector<Handle>& deferred_qubits() const { return deferred_qubits_; }
    static constexpr Handle kNoHandle = 0xffffffff;

    const OutcomeScript& outcomes() const { return outcomes_; }
    /// Probability of the outcomes of the source's measurements and resets, in the order they came.
    double probability() const { return probability_; }
    const ProgramCounters& counters() const { return counters_; }

  private:
    struct Frame {
        BlockId block;
        std::size_t next = 0;          ///< index of the instruction to run
        std::uint64_t iterations = 0;  ///< of the while at `next`
    };
    enum class Wait : std::uint8_t { kNothing, kPair, kTransfer, kMessage };
    struct Stream {
        std::vector<Frame> frames;
        ClassicalState memory;
        Wait wait = Wait::kNothing;
    };
    struct Turn {
        std::uint32_t order;
        std::uint32_t qpu;
        friend bool operator>(const Turn& a, const Turn& b) {
            return a.order != b.order ? a.order > b.order : a.qpu > b.qpu;
        }
    };
    /// The side of a pair or transfer that came first.
    struct WaitingHalf {
        std::uint32_t qpu = 0xffffffff;
        Handle handle = 0;
    };

    void make_ready(std::uint32_t qpu);
    const Instruction* next_instruction(std::uint32_t qpu);
    bool advance(std::uint32_t qpu, const Instruction& i);
    bool run_pair(std::uint32_t qpu, const Instruction& i);
    bool run_transfer(std::uint32_t qpu, const Instruction& i);
    void send(std::uint32_t qpu, const Instruction& i);
    bool receive(std::uint32_t qpu, const Instruction& i);
    void run_gate(std::uint32_t qpu, const Instruction& i);
    void measure(std::uint32_t qpu, const Instruction& i);
    bool draw(std::uint32_t qpu, const Instruction& i, Handle h);
    void enter_while(std::uint32_t qpu, const Instruction& i);
    Value value(std::uint32_t qpu, const Instruction& i) const;
    Handle operand(std::uint32_t qpu, const Instruction& i, std::size_t k) const;
    [[noreturn]] void report_deadlock();

    const DistributedProgram* program_;
    const SimulateOptions* options_;
    engine::Register<Real> register_;
    std::vector<Handle> first_handle_;  ///< by QPU
    /// By QPU and block: number of its first instruction, unique over the whole program.
    std::vector<std::vector<std::uint32_t>> first_number_;
    std::vector<Stream> streams_;
    std::priority_queue<Turn, std::vector<Turn>, std::greater<>> ready_;
    std::vector<WaitingHalf> halves_;                  ///< by pair
    std::vector<WaitingHalf> travellers_;              ///< by transfer
    std::vector<std::deque<std::uint8_t>> mail_;       ///< by message: bits sent, not yet received
    std::vector<std::uint32_t> receiver_;              ///< by message: the QPU that waits, or none
    std::vector<std::uint32_t> source_repetitions_;    ///< by source operation
    std::vector<std::uint32_t> protocol_repetitions_;  ///< by instruction number
    std::uint64_t shot_ = 0;
    bool deferred_ = false;
    std::vector<Handle> deferred_qubits_;
    OutcomeScript outcomes_;
    double probability_ = 1;
    ProgramCounters counters_;
    std::vector<Handle> operands_;
    std::vector<double> angles_;
};

extern template class ProgramRunner<float>;
extern template class ProgramRunner<double>;

}  // namespace carillon
