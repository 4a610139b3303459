// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/workload/validate/classical_memory.h"
#include "carillon/workload/validate/local_windows.h"
#include "carillon/workload/validate/quantum_memory.h"
#include "carillon/workload/validate/source_form.h"

namespace carillon::validation {

/// Runs the streams of all QPUs side by side, symbolically, once through every block.
class Replay {
  public:
    Replay(const Circuit& source, const DistributedProgram& program, const SourceForm& expected,
           const QubitMap& names, ExpressionTable& expressions, MatrixTable& matrices,
           CertificateChecker& certificates);

    /// Throws: Difference at the first instruction that cannot be part of this source's program.
    void run();

    const CanonicalForm& form() const { return form_; }
    std::size_t instructions() const { return executed_; }
    std::size_t pairs() const { return pairs_made_; }
    std::size_t transfers() const { return transfers_made_; }
    const QuantumMemory& quantum() const { return quantum_; }
    /// "QPU 1, block 0, instruction 7 (cx c0 d1)" for an origin kept in form().
    std::string place_name(std::uint64_t origin) const;

  private:
    /// Where one QPU stands.
    struct Cursor {
        std::uint32_t block = 0;
        std::size_t next = 0;
        std::size_t size = 0;
        std::size_t window = 0;  ///< position in windows_
        bool done() const { return next == size; }
    };
    struct PairState {
        std::uint32_t qpu = kNobody;  ///< the side that has arrived
        std::uint32_t region = 0;
        Physical qubit = 0;
        bool made = false;  ///< of a transfer: done
    };
    struct MessageState {
        std::uint32_t receiver = kNobody;  ///< QPU that waits for it
        std::uint32_t region = 0;
        std::uint32_t from = kNobody, to = kNobody;
        Definition value = 0;
        bool sent = false, received = false;
    };
    /// A QPU's part of a block operation.
    struct Part {
        std::uint32_t qpu = 0;
        const Instruction* instruction = nullptr;
    };
    /// A block operation of the source in the program.
    struct Meeting {
        std::vector<Part> parts;
        std::size_t arrived = 0;
    };
    static constexpr std::uint32_t kNobody = 0xffffffff;

    void prepare();
    void prepare_blocks(std::uint32_t qpu);
    void run_region(BlockId source_block, std::span<const Part> parts, bool otherwise);
    void run_ready();
    void run_stream(std::uint32_t qpu);
    bool try_stalled(std::span<const Part> parts);
    void wake_settled();
    void wake_all_stalled();
    bool step(std::uint32_t qpu, const Instruction& i);
    bool gate(std::uint32_t qpu, const Instruction& i);
    Angle run_time_angle(std::uint32_t qpu, ExprId expr);
    void measure(std::uint32_t qpu, const Instruction& i);
    void reset(const Instruction& i);
    void assign(std::uint32_t qpu, const Instruction& i);
    bool pair(std::uint32_t qpu, const Instruction& i);
    bool transfer(std::uint32_t qpu, const Instruction& i);
    void send(std::uint32_t qpu, const Instruction& i);
    bool receive(std::uint32_t qpu, const Instruction& i);
    bool meet(std::uint32_t qpu, const Instruction& i);
    void run_if(std::uint32_t number, const SourceEvent& event, std::span<const Part> parts);
    void run_while(std::uint32_t number, const SourceEvent& event, std::span<const Part> parts);
    std::vector<ClassicalMemory::Cell> cells_written(std::span<const Part> parts) const;

    const SourceEvent& source_event(const Instruction& i, OpKind kind) const;
    void check_expression(std::uint32_t qpu, const Instruction& i, const SourceEvent& event);
    void take_operands(std::uint32_t qpu, const Instruction& i);
    ClassicalMemory::Cell bit(std::uint32_t qpu, BitId id) const;
    void check_all_used() const;
    void check_end();
    [[noreturn]] void report_deadlock(std::span<const Part> parts) const;
    std::string place_name(std::uint32_t qpu, std::uint32_t block, std::size_t index) const;
    void advance(std::uint32_t qpu) {
        ++cursors_[qpu].next;
        ready_.push_back(qpu);
    }

    const Circuit& source_;
    const DistributedProgram& program_;
    const SourceForm& expected_;
    const QubitMap& names_;
    ExpressionTable& expressions_;
    ExpressionTable::Numbered program_expressions_;
    CanonicalForm form_;
    QuantumMemory quantum_;
    LocalWindows windows_;
    ClassicalMemory classical_;
    std::vector<Cursor> cursors_;
    std::vector<std::uint32_t> ready_;
    /// By QPU: the region in which its next gate waits for copies of its operands at other QPUs to
    /// be changed as these were, or 0.
    std::vector<std::uint32_t> stalled_;
    std::size_t num_stalled_ = 0;
    bool patient_ = true;  ///< such gates wait
    std::vector<PairState> pairs_;
    std::vector<PairState> transfers_;
    std::vector<MessageState> messages_;
    std::vector<Meeting> meetings_;  ///< by event of the source
    BlockId source_block_;           ///< of the region that runs
    std::uint32_t region_ = 0, last_region_ = 0;
    std::size_t executed_ = 0, pairs_made_ = 0, transfers_made_ = 0;
    std::vector<Physical> operands_;
    std::vector<Angle> angles_;
    std::vector<Definition> bits_;
};

}  // namespace carillon::validation
