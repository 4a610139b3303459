// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "carillon/execution/execute/run_program.h"
#include "carillon/resource/substrate/act.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Runs the instruction stream of one QPU: its control flow and its classical memory. What needs
/// qubits or other QPUs it gives as acts, one at a time, and goes on when it is told that they are
/// over. It does not know what does them: one register beside all streams, or other processes.
class Stream {
  public:
    /// A measurement or reset by its random number.
    struct Draw {
        bool of_source = false;
        std::uint32_t number = 0;      ///< of the source operation, or of the instruction
        std::uint32_t repetition = 0;  ///< how often it ran before in this shot
    };

    /// Args:
    ///     program: needs to hold the stream of this QPU only.
    ///     first_number: instructions of all QPUs before this one.
    ///     first_qubit: the number that the QPU's qubit 0 has in acts.
    ///     defer: source measurements become kDefer acts, and source resets are left out.
    /// Program and options must outlive the stream.
    Stream(const DistributedProgram& program, QpuId qpu, std::uint32_t first_number,
           std::uint32_t first_qubit, bool defer, const SimulateOptions& options);

    /// Goes to the beginning.
    void start(std::uint64_t shot);
    /// What the stream needs next, the same until done(); nullptr when it is over.
    const substrate::Act* next();
    /// The act is over. A measurement and a kReceive need result() before, or the former
    /// done_later() in its place.
    void done();
    void result(bool bit);
    /// Goes on without the outcome of a kMeasure, which outcome() gives later.
    void done_later();
    /// The outcome of the oldest measurement that went on without.
    void outcome(bool bit);
    /// Called before memory is read while outcomes are missing; has to give them.
    void before_read(std::function<void()> collect) { collect_ = std::move(collect); }

    /// Of the act: the bit of a kSend, the draw of a kMeasure or kReset.
    bool bit();
    const Draw& draw() const { return draw_; }
    /// For messages: "A, at instruction 2 of block 0, waits for pair 0 with B".
    static std::string waiting(const DistributedProgram& program, QpuId qpu,
                               const substrate::Act& act);

    const ClassicalState& memory() const { return memory_; }
    /// Bits of memory whose outcomes are missing, the oldest first; none where an outcome goes
    /// nowhere.
    const std::deque<BitId>& missing() const { return missing_; }
    const ProgramCounters& counters() const { return counters_; }

  private:
    struct Frame {
        BlockId block;
        std::size_t next = 0;          ///< index of the instruction to run
        std::uint64_t iterations = 0;  ///< of the while at `next`
    };

    const QpuProgram& own() const { return program_->qpus[qpu_.value]; }
    const Instruction* next_instruction();
    bool interpret(const Instruction& i);
    bool make_gate(const Instruction& i);
    bool make_draw(const Instruction& i);
    bool make_pair(const Instruction& i);
    bool make_transfer(const Instruction& i);
    bool make_message(const Instruction& i);
    void assign(const Instruction& i);
    void enter_while(const Instruction& i);
    bool act(substrate::ActKind kind, const Instruction& i);
    void fail(const std::string& message);
    void settle() {
        if (!missing_.empty()) collect_();
    }
    Value value(const Instruction& i);

    const DistributedProgram* program_;
    const SimulateOptions* options_;
    QpuId qpu_;
    std::uint32_t first_qubit_;
    bool defer_;
    std::uint64_t shot_ = 0;
    std::vector<std::uint32_t> first_number_;  ///< by block, unique over the whole program
    std::vector<Frame> frames_;
    ClassicalState memory_;
    std::deque<BitId> missing_;
    std::function<void()> collect_;
    std::unordered_map<std::uint32_t, std::uint32_t> source_repetitions_;    ///< by operation
    std::unordered_map<std::uint32_t, std::uint32_t> protocol_repetitions_;  ///< by instruction
    ProgramCounters counters_;

    const Instruction* instruction_ = nullptr;  ///< of the act; nullptr when there is none
    substrate::Act act_;
    std::uint32_t order_ = 0;  ///< highest of the instructions since the last act
    Draw draw_;
    std::vector<std::uint32_t> qubits_;
    std::vector<double> angles_;
    std::string text_;
};

}  // namespace carillon
