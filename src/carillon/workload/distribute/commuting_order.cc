// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/commuting_order.h"

#include <algorithm>

namespace carillon {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;

}  // namespace

/// Adds items in the program's order; each waits for what it does not commute with.
class CommutingOrder::Builder {
  public:
    Builder(CommutingOrder& order, std::uint32_t num_qubits)
        : order_(order), lines_(num_qubits + 2) {}

    std::uint32_t add(const Item& item) {
        order_.items_.push_back(item);
        order_.waits_for_.push_back(0);
        order_.followers_.emplace_back();
        return static_cast<std::uint32_t>(order_.items_.size() - 1);
    }
    void phase_on(std::uint32_t item, std::size_t line) {
        Line& l = lines_[line];
        if (l.fence != kNone) wait(item, l.fence);
        l.phases.push_back(item);
    }
    void fence_on(std::uint32_t item, std::size_t line) {
        Line& l = lines_[line];
        for (const std::uint32_t p : l.phases) wait(item, p);
        if (l.phases.empty() && l.fence != kNone) wait(item, l.fence);
        l = {item, {}};
    }
    std::size_t classical() const { return lines_.size() - 2; }
    std::size_t moving() const { return lines_.size() - 1; }

  private:
    struct Line {
        std::uint32_t fence = kNone;        ///< last item that commutes with no other
        std::vector<std::uint32_t> phases;  ///< since then
    };
    void wait(std::uint32_t item, std::uint32_t earlier) {
        if (item == earlier) return;  // both operands of one item
        order_.followers_[earlier].push_back(item);
        ++order_.waits_for_[item];
    }

    CommutingOrder& order_;
    std::vector<Line> lines_;  ///< qubits, classical memory, moves
};

CommutingOrder::CommutingOrder(const Circuit& lowered, const Placement& placement,
                               std::span<const OneQubitAction> actions) {
    Builder builder(*this, lowered.num_qubits);
    std::size_t next_move = 0;
    const auto moves_up_to = [&](std::uint32_t position) {
        while (next_move < placement.moves.size() &&
               placement.moves[next_move].position <= position) {
            const std::uint32_t at = placement.moves[next_move].position;
            const std::uint32_t item = builder.add({at, 0, true});
            builder.fence_on(item, builder.moving());
            for (; next_move < placement.moves.size() && placement.moves[next_move].position == at;
                 ++next_move)
                builder.fence_on(item, placement.moves[next_move].qubit.value);
        }
    };
    const Block& body = lowered.body();
    std::uint32_t number = 0;
    for (std::uint32_t position = 0; position < body.size(); ++position) {
        moves_up_to(position);
        const Operation& op = body[position];
        const auto qubits = lowered.qubits(op);
        const std::uint32_t item = builder.add({position, number, false});
        const auto params = lowered.parameters(op);
        const bool gate = op.kind == OpKind::kGate;
        const bool phase =
            gate && (qubits.size() > 1 || actions[number] == OneQubitAction::kDiagonal);
        const bool nested = op.kind == OpKind::kIf || op.kind == OpKind::kWhile;
        const bool classical =
            nested || op.kind == OpKind::kMeasure || op.kind == OpKind::kAssign ||
            std::ranges::any_of(params, [](const Param& p) { return !p.constant(); });
        if (classical) builder.fence_on(item, builder.classical());
        const std::vector<QubitId> touched =
            nested ? touched_qubits(lowered, op) : std::vector(qubits.begin(), qubits.end());
        for (const QubitId q : touched)
            phase ? builder.phase_on(item, q.value) : builder.fence_on(item, q.value);
        ++number;
        for (const BlockId inner : {op.body, op.otherwise})
            if (inner.valid())
                visit_operations(
                    lowered, [&](const Operation&, BlockId, std::size_t) { ++number; }, inner);
    }
    moves_up_to(kNone);
    for (std::uint32_t i = 0; i < items_.size(); ++i)
        if (waits_for_[i] == 0) ready_.insert(i);
}

void CommutingOrder::done(std::uint32_t index) {
    ready_.erase(index);
    for (const std::uint32_t next : followers_[index])
        if (--waits_for_[next] == 0) ready_.insert(next);
}

}  // namespace carillon
