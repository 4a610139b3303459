// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/localize.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/coupling.h"
#include "carillon/workload/distribute/native.h"

namespace carillon {

namespace {

constexpr std::size_t kLookahead = 12;  ///< two-qubit gates that a routing choice looks at
constexpr double kFade = 0.8;           ///< weight of each further one

/// Compiles the stream of one QPU.
class Localizer {
  public:
    Localizer(DistributedProgram& program, QpuId id, const Node& node, LocalizeResult& result)
        : program_(program),
          id_(id),
          qpu_(program.qpu(id)),
          node_(node),
          coupling_(node),
          native_(node),
          result_(result) {
        for (LocalQubit q = 0; q < qpu_.num_qubits(); ++q) place_.push_back(q);
        holder_ = place_;
    }

    void run() {
        if (coupling_.complete() && native_.everything()) return;
        block(BlockId{0});
        bring_home();
        for (Location& at : program_.final_layout)
            if (at.qpu == id_) at.qubit = place_[at.qubit];
    }

  private:
    void block(BlockId id) {
        const InstructionBlock before = std::exchange(qpu_.block(id), {});
        const BlockId outer = std::exchange(where_, id);
        const std::size_t first_swap = swaps_.size();
        for (std::size_t k = 0; k < before.size(); ++k) instruction(before, k);
        if (id != BlockId{0})  // a block leaves every qubit where it found it
            while (swaps_.size() > first_swap) {
                const auto [a, b] = swaps_.back();
                swap(a, b, before.empty() ? 0 : before.back().order);
                swaps_.resize(swaps_.size() - 2);
            }
        where_ = outer;
    }

    void instruction(const InstructionBlock& before, std::size_t k) {
        Instruction i = before[k];
        if (i.body.valid()) {
            block(i.body);
            if (i.otherwise.valid()) block(i.otherwise);
        } else if (i.kind == InstructionKind::kPair) {
            bring_to_comm(qpu_.qubits(i)[0], i.order);
        } else if (i.kind == InstructionKind::kGate && i.num_operands > 1 &&
                   !coupling_.complete()) {
            if (i.num_operands > 2)
                throw InputError("node " + node_.name + " has a coupling map: gates on " +
                                 std::to_string(i.num_operands) +
                                 " qubits must be lowered to two-qubit gates");
            bring_together(before, k);
        }
        LocalQubit* operands = qpu_.operands.data() + i.first_operand;
        for (std::uint32_t q = 0; q < i.num_operands; ++q) operands[q] = place_[operands[q]];
        if (i.kind == InstructionKind::kGate)
            gate(i);
        else
            qpu_.block(where_).push_back(i);
    }

    // --- coupling map
    // ------------------------------------------------------------------------------------------------

    /// Exchanges the contents of two coupled physical qubits.
    void swap(LocalQubit a, LocalQubit b, std::uint32_t order) {
        Instruction i;
        i.gate = GateKind::kSwap;
        i.first_operand = static_cast<std::uint32_t>(qpu_.operands.size());
        i.num_operands = 2;
        i.order = order;
        qpu_.operands.insert(qpu_.operands.end(), {a, b});
        gate(i);
        std::swap(holder_[a], holder_[b]);
        place_[holder_[a]] = a;
        place_[holder_[b]] = b;
        swaps_.emplace_back(a, b);
        ++result_.swaps;
    }

    /// Walks along a shortest path until the two operands are neighbours; how many steps each end
    /// takes is chosen by the gates that follow.
    void bring_together(const InstructionBlock& before, std::size_t k) {
        const auto operands = qpu_.qubits(before[k]);
        const auto path = coupling_.path(place_[operands[0]], place_[operands[1]]);
        if (path.size() <= 2) return;
        const std::size_t steps = path.size() - 2;
        std::size_t best_left = 0;
        double best = -1;
        for (std::size_t left = 0; left <= steps; ++left) {
            const double cost = future_cost(before, k, path, left);
            if (best < 0 || cost < best) best = cost, best_left = left;
        }
        for (std::size_t s = 0; s < best_left; ++s) swap(path[s], path[s + 1], before[k].order);
        for (std::size_t s = path.size() - 1; s > best_left + 1; --s)
            swap(path[s], path[s - 1], before[k].order);
    }

    /// Distances of the gates after `k` if the left end takes `left` steps.
    double future_cost(const InstructionBlock& before, std::size_t k,
                       const std::vector<LocalQubit>& path, std::size_t left) const {
        std::vector<LocalQubit> place = place_, holder = holder_;
        const auto exchange = [&](LocalQubit a, LocalQubit b) {
            std::swap(holder[a], holder[b]);
            place[holder[a]] = a;
            place[holder[b]] = b;
        };
        for (std::size_t s = 0; s < left; ++s) exchange(path[s], path[s + 1]);
        for (std::size_t s = path.size() - 1; s > left + 1; --s) exchange(path[s], path[s - 1]);
        double cost = 0, weight = 1;
        std::size_t seen = 0;
        const std::size_t stop = std::min(before.size(), k + 200);
        for (std::size_t next = k + 1; next < stop && seen < kLookahead; ++next) {
            const Instruction& i = before[next];
            if (i.kind != InstructionKind::kGate || i.num_operands != 2) continue;
            const auto operands = qpu_.qubits(i);  // not yet mapped
            cost += weight * coupling_.distance(place[operands[0]], place[operands[1]]);
            weight *= kFade;
            ++seen;
        }
        return cost;
    }

    /// A pair is made on a physical communication qubit.
    void bring_to_comm(LocalQubit logical, std::uint32_t order) {
        if (qpu_.is_comm(place_[logical])) return;
        LocalQubit target = qpu_.data_qubits;
        for (LocalQubit c = target; c < qpu_.num_qubits(); ++c)
            if (coupling_.distance(place_[logical], c) <
                coupling_.distance(place_[logical], target))
                target = c;
        const auto path = coupling_.path(place_[logical], target);
        for (std::size_t s = 0; s + 1 < path.size(); ++s) swap(path[s], path[s + 1], order);
    }

    /// At the end every source qubit stands on a data qubit: for each on a communication qubit the
    /// nearest data qubit without one comes over, and what lies between moves up.
    void bring_home() {
        std::vector<bool> home(qpu_.num_qubits());
        for (const Location& at : program_.final_layout)
            if (at.qpu == id_) home[at.qubit] = true;
        for (;;) {
            std::vector<LocalQubit> best;
            for (LocalQubit c = qpu_.data_qubits; c < qpu_.num_qubits(); ++c)
                for (LocalQubit d = 0; d < qpu_.data_qubits; ++d) {
                    if (!home[holder_[c]] || home[holder_[d]]) continue;
                    if (best.empty() || coupling_.distance(c, d) + 1 < best.size())
                        best = coupling_.path(d, c);
                }
            if (best.empty()) return;
            const InstructionBlock& stream = qpu_.block(where_);
            for (std::size_t s = 0; s + 1 < best.size(); ++s)
                swap(best[s], best[s + 1], stream.empty() ? 0 : stream.back().order);
        }
    }

    // --- native gates
    // ------------------------------------------------------------------------------------------------

    void gate(const Instruction& i) {
        InstructionBlock& out = qpu_.block(where_);
        const auto params = qpu_.parameters(i);
        const bool known =
            std::all_of(params.begin(), params.end(), [](const Param& p) { return p.constant(); });
        if (native_.has(i.gate, i.controls) || !known) {
            out.push_back(i);
            return;
        }
        std::vector<double> angles;
        for (const Param& p : qpu_.parameters(i)) angles.push_back(p.value);
        const std::vector<LocalQubit> operands(qpu_.qubits(i).begin(), qpu_.qubits(i).end());
        LocalWindow window{id_, where_, static_cast<std::uint32_t>(out.size()), 0, i};
        for (const NativeGate& g : native_.express(i.gate, i.controls, angles)) {
            Instruction n = i;  // order and condition bits stay
            n.gate = g.kind;
            n.controls = static_cast<std::uint16_t>(g.controls);
            n.first_operand = static_cast<std::uint32_t>(qpu_.operands.size());
            n.num_operands = static_cast<std::uint32_t>(g.operands.size());
            for (const int q : g.operands)
                qpu_.operands.push_back(operands[static_cast<std::size_t>(q)]);
            n.first_param = static_cast<std::uint32_t>(qpu_.params.size());
            n.num_params = static_cast<std::uint32_t>(g.params.size());
            qpu_.params.insert(qpu_.params.end(), g.params.begin(), g.params.end());
            out.push_back(n);
            ++window.count;
        }
        ++result_.rewritten;
        if (window.count > 0) program_.windows.push_back(window);
    }

    DistributedProgram& program_;
    QpuId id_;
    QpuProgram& qpu_;
    const Node& node_;
    CouplingMap coupling_;
    NativeSet native_;
    LocalizeResult& result_;
    std::vector<LocalQubit> place_;   ///< by qubit of the stream as it came: where it stands now
    std::vector<LocalQubit> holder_;  ///< inverse of place_
    std::vector<std::pair<LocalQubit, LocalQubit>> swaps_;
    BlockId where_{0};
};

}  // namespace

LocalizeResult localize(DistributedProgram& program, const Network& network) {
    LocalizeResult result;
    for (std::size_t q = 0; q < program.qpus.size(); ++q)
        Localizer(program, QpuId{q}, network.nodes[q], result).run();
    std::sort(program.windows.begin(), program.windows.end(),
              [](const LocalWindow& a, const LocalWindow& b) {
                  return std::tuple(a.qpu, a.block, a.first) < std::tuple(b.qpu, b.block, b.first);
              });
    return result;
}

bool needs_two_qubit_gates(const Network& network) {
    return std::any_of(network.nodes.begin(), network.nodes.end(),
                       [](const Node& n) { return !n.coupling.empty(); });
}

}  // namespace carillon
