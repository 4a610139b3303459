// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/copy_life.h"

#include <optional>
#include <utility>

namespace carillon {
namespace {

constexpr Time kNotYet{-1};

/// Follows the copies on one QPU.
class CopyWatch {
  public:
    CopyWatch(const DistributedProgram& program, const Timeline& timeline, QpuId here,
              std::vector<CopyLife>& lives)
        : program_(program),
          qpu_(program.qpu(here)),
          spans_(timeline.instructions[here.value]),
          here_(here),
          lives_(lives),
          held_(qpu_.num_qubits()) {}

    void run() {
        std::size_t position = 0;
        visit_instructions(qpu_, [&](const Instruction& i) {
            const TimeSpan span = spans_[position++];
            if (span.scheduled()) see(i, span);
        });
    }

  private:
    /// A copy in a qubit; `from` is not known before its first instruction.
    struct Held {
        QubitId serves;
        Time from = kNotYet;
    };

    void see(const Instruction& i, TimeSpan span) {
        const auto qubits = qpu_.qubits(i);
        switch (i.kind) {
            case InstructionKind::kPair: {
                const BellPair& pair = program_.pairs[i.pair.value];
                const bool copy = pair.b == here_ && pair.purpose == PairPurpose::kTelegate;
                if (copy && pair.serves.valid()) held_[qubits[0]] = {pair.serves, kNotYet};
                return;
            }
            case InstructionKind::kTransfer: {
                const QubitTransfer& t = program_.transfers[i.transfer.value];
                const bool copy = t.to == here_ && t.purpose == TransferPurpose::kCopy;
                if (copy && t.serves.valid()) held_[qubits[0]] = {t.serves, span.end};
                return;
            }
            case InstructionKind::kMeasure:
            case InstructionKind::kReset:
                return ended(qubits[0], span.start);
            case InstructionKind::kGate:
                for (const LocalQubit q : qubits)
                    if (held_[q] && held_[q]->from == kNotYet) held_[q]->from = span.start;
                if (i.gate == GateKind::kSwap && i.controls == 0) swapped(qubits[0], qubits[1]);
                return;
            default:
                return;
        }
    }

    void ended(LocalQubit q, Time at) {
        if (!held_[q]) return;
        const Time from = held_[q]->from == kNotYet ? at : held_[q]->from;
        lives_.push_back({here_, held_[q]->serves, from, at});
        held_[q].reset();
    }

    void swapped(LocalQubit a, LocalQubit b) {
        std::swap(held_[a], held_[b]);
        for (const LocalQubit q : {a, b})
            if (!qpu_.is_comm(q)) held_[q].reset();
    }

    const DistributedProgram& program_;
    const QpuProgram& qpu_;
    const std::vector<TimeSpan>& spans_;
    QpuId here_;
    std::vector<CopyLife>& lives_;
    std::vector<std::optional<Held>> held_;  ///< by local qubit
};

}  // namespace

std::vector<CopyLife> copy_lives(const DistributedProgram& program, const Timeline& timeline) {
    std::vector<CopyLife> lives;
    for (std::uint32_t q = 0; q < program.qpus.size(); ++q)
        CopyWatch(program, timeline, QpuId{q}, lives).run();
    return lives;
}

}  // namespace carillon
