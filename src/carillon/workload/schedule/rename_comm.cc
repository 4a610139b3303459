// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/rename_comm.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace carillon {

namespace {

/// Renames the communication qubits of one stream.
class Renamer {
  public:
    /// Args:
    ///     stays: those of this QPU, with the qubits they get.
    Renamer(DistributedProgram& program, QpuId id,
            std::vector<std::vector<std::pair<std::uint32_t, LocalQubit>>> stays)
        : program_(program), id_(id), qpu_(program.qpu(id)), stays_(std::move(stays)) {
        while (window_ < program.windows.size() && program.windows[window_].qpu < id) ++window_;
    }

    void run() { block(BlockId{0}); }

  private:
    void block(BlockId id) {
        const std::size_t count = qpu_.block(id).size();
        std::size_t window = first_window(id);
        for (std::size_t k = 0; k < count; ++k) {
            rename(qpu_.block(id)[k], position_);
            if (in_block(window, id) && program_.windows[window].first == k) {
                LocalWindow& w = program_.windows[window++];
                rename(w.meaning, position_ + std::max(w.count, 1u) - 1);
            }
            ++position_;
            const Instruction i = qpu_.block(id)[k];
            for (const BlockId inner : {i.body, i.otherwise})
                if (inner.valid()) block(inner);
        }
    }

    bool in_block(std::size_t window, BlockId id) const {
        return window < program_.windows.size() && program_.windows[window].qpu == id_ &&
               program_.windows[window].block == id;
    }

    std::size_t first_window(BlockId id) const {
        std::size_t w = window_;
        while (w < program_.windows.size() && program_.windows[w].qpu == id_ &&
               program_.windows[w].block < id)
            ++w;
        return w;
    }

    void rename(Instruction& i, std::uint32_t position) {
        const auto old = qpu_.qubits(i);
        std::vector<LocalQubit> names(old.begin(), old.end());
        for (LocalQubit& q : names) q = name_at(q, position);
        if (std::equal(names.begin(), names.end(), old.begin())) return;
        i.first_operand = static_cast<std::uint32_t>(qpu_.operands.size());
        qpu_.operands.insert(qpu_.operands.end(), names.begin(), names.end());
    }

    /// The qubit that takes the place of `q` at a position of the stream.
    LocalQubit name_at(LocalQubit q, std::uint32_t position) const {
        const auto& list = stays_[q];
        const auto after =
            std::upper_bound(list.begin(), list.end(), position,
                             [](std::uint32_t p, const auto& stay) { return p < stay.first; });
        return after == list.begin() ? q : std::prev(after)->second;
    }

    DistributedProgram& program_;
    QpuId id_;
    QpuProgram& qpu_;
    /// By qubit: the position at which each stay begins and the qubit it gets.
    std::vector<std::vector<std::pair<std::uint32_t, LocalQubit>>> stays_;
    std::size_t window_ = 0;  ///< first one of this QPU
    std::uint32_t position_ = 0;
};

/// By QPU: the place of every instruction in the plan's sequence.
std::vector<std::vector<std::uint32_t>> places_in_sequence(const DistributedProgram& program,
                                                           const DependencyGraph& graph,
                                                           const PoolPlan& plan) {
    std::vector<std::vector<std::uint32_t>> places;
    for (const QpuProgram& qpu : program.qpus) places.emplace_back(qpu.block(BlockId{0}).size());
    for (std::uint32_t k = 0; k < plan.sequence.size(); ++k) {
        const Step& step = graph.steps[plan.sequence[k]];
        places[static_cast<std::size_t>(step.qpu)][step.position] = k;
        if (step.other_qpu.valid())
            places[static_cast<std::size_t>(step.other_qpu)][step.other_position] = k;
    }
    for (const LocalWindow& w : program.windows) {
        auto& own = places[static_cast<std::size_t>(w.qpu)];
        for (std::uint32_t k = 1; k < w.count; ++k) own[w.first + k] = own[w.first];
    }
    return places;
}

/// Puts every stream in the order of `places`; windows move with their gates.
void reorder(DistributedProgram& program, const std::vector<std::vector<std::uint32_t>>& places) {
    std::vector<std::vector<std::uint32_t>> moved_to(program.qpus.size());
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        InstructionBlock& stream = program.qpus[q].block(BlockId{0});
        const InstructionBlock before = stream;
        std::vector<std::uint32_t> order(before.size());
        std::iota(order.begin(), order.end(), 0u);
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return places[q][a] < places[q][b];
        });
        moved_to[q].resize(before.size());
        for (std::uint32_t k = 0; k < order.size(); ++k) {
            stream[k] = before[order[k]];
            stream[k].order = places[q][order[k]];
            moved_to[q][order[k]] = k;
        }
    }
    for (LocalWindow& w : program.windows)
        if (w.count > 0) w.first = moved_to[static_cast<std::size_t>(w.qpu)][w.first];
    std::sort(program.windows.begin(), program.windows.end(),
              [](const LocalWindow& a, const LocalWindow& b) {
                  return std::pair(a.qpu, a.first) < std::pair(b.qpu, b.first);
              });
}

}  // namespace

bool keeps_order(const DistributedProgram& program) {
    auto window = program.windows.begin();
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        const QpuProgram& qpu = program.qpus[q];
        const InstructionBlock& stream = qpu.block(BlockId{0});
        std::vector<bool> fresh(qpu.num_qubits());  // half of a pair not yet used
        for (std::size_t k = 0; k < stream.size();) {
            const Instruction* i = &stream[k];
            if (i->body.valid() || i->otherwise.valid()) return true;
            std::size_t count = 1;
            while (window != program.windows.end() && window->qpu < QpuId{q}) ++window;
            if (window != program.windows.end() && window->qpu == QpuId{q} && window->first == k) {
                i = &window->meaning;
                count = std::max<std::size_t>(window++->count, 1);
            }
            const auto operands = qpu.qubits(*i);
            const bool cx =
                i->kind == InstructionKind::kGate && i->gate == GateKind::kX && i->controls > 0;
            if (cx && qpu.is_comm(operands.back()) && !fresh[operands.back()]) return true;
            for (const LocalQubit x : operands) fresh[x] = i->kind == InstructionKind::kPair;
            k += count;
        }
    }
    return false;
}

DistributedProgram rename_comm_qubits(const DistributedProgram& program,
                                      const DependencyGraph& graph, const PoolPlan& plan) {
    DistributedProgram result = program;
    std::vector<std::vector<std::vector<std::pair<std::uint32_t, LocalQubit>>>> stays;
    for (const QpuProgram& qpu : program.qpus) stays.emplace_back(qpu.num_qubits());
    for (std::size_t b = 0; b < graph.stays.size(); ++b) {
        const Stay& s = graph.stays[b];
        stays[static_cast<std::size_t>(s.qpu)][s.qubit].emplace_back(s.first_position,
                                                                     plan.qubit[b]);
    }
    for (std::size_t q = 0; q < result.qpus.size(); ++q)
        Renamer(result, QpuId{q}, std::move(stays[q])).run();
    if (!keeps_order(program)) reorder(result, places_in_sequence(program, graph, plan));
    return result;
}

}  // namespace carillon
