// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/localize.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/coupling.h"
#include "carillon/workload/distribute/native.h"
#include "carillon/workload/distribute/router.h"
#include "carillon/workload/distribute/stream_graph.h"

namespace carillon {

namespace {

constexpr std::size_t kLookahead = 12;  ///< two-qubit gates that a routing choice looks at
constexpr double kFade = 0.8;           ///< weight of each further one

/// Compiles the stream of one QPU.
class Localizer {
  public:
    Localizer(DistributedProgram& program, QpuId id, const Node& node, bool keep_cx_order,
              LocalizeResult& result)
        : program_(program),
          id_(id),
          qpu_(program.qpu(id)),
          node_(node),
          coupling_(node),
          native_(node),
          keep_cx_order_(keep_cx_order),
          result_(result),
          layout_(qpu_.num_qubits()) {}

    void run() {
        if (coupling_.complete() && native_.everything()) return;
        if (coupling_.complete())
            block(BlockId{0});
        else
            route();
        for (Location& at : program_.final_layout)
            if (at.qpu == id_) at.qubit = layout_.place[at.qubit];
    }

  private:
    /// The stream itself, with lookahead. Blocks in it are compiled one instruction after the
    /// other.
    void route() {
        const InstructionBlock before = std::exchange(qpu_.block(BlockId{0}), {});
        for (const Instruction& i : before) check_width(i);
        const StreamGraph graph = build_stream_graph(qpu_, before, keep_cx_order_);
        const Router router(graph, coupling_, qpu_.data_qubits, held(program_.initial_layout),
                            held(program_.final_layout));
        const Router::Start start = router.find_start();
        layout_ = start.layout;
        for (Location& at : program_.initial_layout)
            if (at.qpu == id_) at.qubit = layout_.place[at.qubit];
        RouteEvents events;
        events.swap = [&](LocalQubit p, LocalQubit q) { write_swap(p, q, order_); };
        events.instruction = [&](std::uint32_t k) {
            Instruction i = before[k];
            if (i.kind == InstructionKind::kGate)
                i.order = order_;  // gates are moved past others, which keep their order
            order_ = i.order;
            if (i.body.valid()) nested(i);
            write(i);
        };
        router.route(layout_, start.seed, events);
    }

    /// By qubit: holds a source qubit.
    std::vector<bool> held(const std::vector<Location>& layout) const {
        std::vector<bool> result(qpu_.num_qubits());
        for (const Location& at : layout)
            if (at.qpu == id_) result[at.qubit] = true;
        return result;
    }

    void check_width(const Instruction& i) const {
        if (!coupling_.complete() && i.kind == InstructionKind::kGate && i.num_operands > 2)
            throw InputError("node " + node_.name + " has a coupling map: gates on " +
                             std::to_string(i.num_operands) +
                             " qubits must be lowered to two-qubit gates");
    }

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
        if (!before.empty()) order_ = std::max(order_, before.back().order);
        where_ = outer;
    }

    void nested(const Instruction& i) {
        block(i.body);
        if (i.otherwise.valid()) block(i.otherwise);
    }

    void instruction(const InstructionBlock& before, std::size_t k) {
        const Instruction& i = before[k];
        check_width(i);
        if (i.body.valid())
            nested(i);
        else if (i.kind == InstructionKind::kPair)
            bring_to_comm(qpu_.qubits(i)[0], i.order);
        else if (i.kind == InstructionKind::kGate && i.num_operands > 1 && !coupling_.complete())
            bring_together(before, k);
        write(i);
    }

    /// An instruction whose operands stand where it needs them.
    void write(const Instruction& i) {
        LocalQubit* operands = qpu_.operands.data() + i.first_operand;
        for (std::uint32_t q = 0; q < i.num_operands; ++q) operands[q] = layout_.place[operands[q]];
        if (i.kind == InstructionKind::kGate)
            gate(i);
        else
            qpu_.block(where_).push_back(i);
    }

    // --- coupling map
    // ------------------------------------------------------------------------------------------------

    /// Exchanges the contents of two coupled physical qubits.
    void swap(LocalQubit a, LocalQubit b, std::uint32_t order) {
        write_swap(a, b, order);
        layout_.exchange(a, b);
        swaps_.emplace_back(a, b);
    }

    void write_swap(LocalQubit a, LocalQubit b, std::uint32_t order) {
        Instruction i;
        i.gate = GateKind::kSwap;
        i.first_operand = static_cast<std::uint32_t>(qpu_.operands.size());
        i.num_operands = 2;
        i.order = order;
        qpu_.operands.insert(qpu_.operands.end(), {a, b});
        gate(i);
        ++result_.swaps;
    }

    /// Walks along a shortest path until the two operands are neighbours; how many steps each end
    /// takes is chosen by the gates that follow.
    void bring_together(const InstructionBlock& before, std::size_t k) {
        const auto operands = qpu_.qubits(before[k]);
        const auto path = coupling_.path(layout_.place[operands[0]], layout_.place[operands[1]]);
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
        Layout layout = layout_;
        for (std::size_t s = 0; s < left; ++s) layout.exchange(path[s], path[s + 1]);
        for (std::size_t s = path.size() - 1; s > left + 1; --s)
            layout.exchange(path[s], path[s - 1]);
        double cost = 0, weight = 1;
        std::size_t seen = 0;
        const std::size_t stop = std::min(before.size(), k + 200);
        for (std::size_t next = k + 1; next < stop && seen < kLookahead; ++next) {
            const Instruction& i = before[next];
            if (i.kind != InstructionKind::kGate || i.num_operands != 2) continue;
            const auto operands = qpu_.qubits(i);  // not yet mapped
            cost +=
                weight * coupling_.distance(layout.place[operands[0]], layout.place[operands[1]]);
            weight *= kFade;
            ++seen;
        }
        return cost;
    }

    /// A pair is made on a physical communication qubit.
    void bring_to_comm(LocalQubit logical, std::uint32_t order) {
        if (qpu_.is_comm(layout_.place[logical])) return;
        LocalQubit target = qpu_.data_qubits;
        for (LocalQubit c = target; c < qpu_.num_qubits(); ++c)
            if (coupling_.distance(layout_.place[logical], c) <
                coupling_.distance(layout_.place[logical], target))
                target = c;
        const auto path = coupling_.path(layout_.place[logical], target);
        for (std::size_t s = 0; s + 1 < path.size(); ++s) swap(path[s], path[s + 1], order);
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
    const bool keep_cx_order_;
    LocalizeResult& result_;
    Layout layout_;
    std::vector<std::pair<LocalQubit, LocalQubit>> swaps_;  ///< of blocks not yet left
    BlockId where_{0};
    std::uint32_t order_ = 0;  ///< of the last instruction that keeps its order
};

}  // namespace

LocalizeResult localize(DistributedProgram& program, const Network& network) {
    LocalizeResult result;
    const bool keep_cx_order = turns_copies(program);
    for (std::size_t q = 0; q < program.qpus.size(); ++q)
        Localizer(program, QpuId{q}, network.nodes[q], keep_cx_order, result).run();
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
