// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/classical_flow.h"

#include <algorithm>
#include <set>

#include "carillon/workload/distribute/block_needs.h"
#include "carillon/workload/distribute/fold_stops.h"

namespace carillon {

namespace {

/// Repeats walks over the circuit until nothing new is needed.
class FlowPlanner {
  public:
    FlowPlanner(const Circuit& circuit, const Interactions& interactions,
                const Placement& placement, const Topology& topology)
        : circuit_(circuit),
          interactions_(interactions),
          placement_(placement),
          topology_(topology) {
        flow_.bit_readers.resize(circuit.num_bits);
        flow_.variable_readers.resize(circuit.variables.size());
        flow_.bit_owner.resize(circuit.num_bits);
        flow_.variable_owner.resize(circuit.variables.size());
    }

    ClassicalFlow run() && {
        do {
            changed_ = false;
            home_ = placement_.home;
            next_move_ = 0;
            number_ = 0;
            walk(BlockId{0}, nullptr);
        } while (changed_ && dynamic_);
        return std::move(flow_);
    }

  private:
    using Members = std::set<QpuId>;

    /// Adds to `members` every QPU that must enter the block around these operations.
    void walk(BlockId id, Members* members) {
        const Block& block = circuit_.block(id);
        for (std::size_t position = 0; position < block.size(); ++position) {
            if (id == BlockId{0}) apply_moves(static_cast<std::uint32_t>(position));
            const Operation& op = block[position];
            const std::uint32_t number = number_++;
            switch (op.kind) {
                case OpKind::kGate:
                    gate(op, number, members);
                    break;
                case OpKind::kMeasure:
                    measure(op, members);
                    break;
                case OpKind::kReset:
                case OpKind::kBarrier:
                case OpKind::kDelay:
                    for (const QubitId q : circuit_.qubits(op)) join(members, home(q));
                    break;
                case OpKind::kAssign:
                    assign(op, members);
                    break;
                case OpKind::kIf:
                case OpKind::kWhile:
                    nested(op, number, members);
                    break;
            }
        }
    }

    void gate(const Operation& op, std::uint32_t number, Members* members) {
        const auto qubits = circuit_.qubits(op);
        const QpuId site = qubits.size() > 1 ? placement_.site[number]
                           : qubits.empty()  ? QpuId{}
                                             : home(qubits[0]);
        for (const Param& p : circuit_.parameters(op))
            if (!p.constant()) need_reads(site, p.expr);
        if (!members) return;
        for (const QubitId q : qubits)
            for (const QpuId node : copy_route(topology_, home(q), site)) join(members, node);
        if (qubits.size() > 1 && !topology_.complete()) join_routes(number, members);
        // Wide gates may be folded along a chain or a tree of their homes instead.
        for (std::size_t i = 0; i + 1 < qubits.size() && qubits.size() > 2; ++i)
            for (std::size_t j = i + 1; j < qubits.size(); ++j)
                for (const QpuId node : copy_route(topology_, home(qubits[i]), home(qubits[j])))
                    join(members, node);
        if (qubits.size() > 2 && !topology_.complete()) {
            std::vector<QpuId> homes;
            for (const QubitId q : qubits) homes.push_back(home(q));
            for (const QpuId node : fold_nodes(topology_, homes, site)) join(members, node);
        }
    }

    /// Relays of the segments that a gate belongs to.
    void join_routes(std::uint32_t number, Members* members) {
        const auto gate =
            std::ranges::lower_bound(interactions_.gates, number, {}, &Interaction::operation);
        for (const std::uint32_t s : gate->segments) {
            auto& nodes = routes_[s];
            if (nodes.empty())
                nodes = nested_routes(topology_, interactions_, placement_, s,
                                      home(interactions_.segments[s].qubit))
                            .nodes();
            for (const QpuId node : nodes) join(members, node);
        }
    }

    void measure(const Operation& op, Members* members) {
        const QpuId qpu = home(circuit_.qubits(op)[0]);
        join(members, qpu);
        if (op.bit.valid()) write_bit(op.bit, qpu, members);
    }

    void assign(const Operation& op, Members* members) {
        dynamic_ = true;
        const QpuId fallback = placement_.home.empty() ? QpuId{0} : placement_.home[0];
        if (op.variable.valid()) {
            QpuId& owner = flow_.variable_owner[static_cast<std::size_t>(op.variable)];
            if (!owner.valid()) owner = fallback, need_variable(owner, op.variable);
        }
        for (std::uint32_t i = 0; i < op.bit_count && !op.variable.valid(); ++i)
            write_bit(BitId{op.bit.value + i}, fallback, members);
        for (const QpuId qpu : flow_.assigners(op)) {
            join(members, qpu);
            need_reads(qpu, op.condition);
            for (std::uint32_t i = 0; i < op.bit_count && !op.variable.valid(); ++i)
                need_bit(qpu, BitId{op.bit.value + i});
        }
    }

    void nested(const Operation& op, std::uint32_t number, Members* outer) {
        dynamic_ = true;
        Members members;
        walk(op.body, &members);
        if (op.otherwise.valid()) walk(op.otherwise, &members);
        auto& participants = flow_.participants[number];
        if (participants.size() != members.size()) changed_ = true;
        participants.assign(members.begin(), members.end());
        for (const QpuId qpu : members) {
            need_reads(qpu, op.condition);
            join(outer, qpu);
        }
    }

    void write_bit(BitId bit, QpuId writer, Members* members) {
        QpuId& owner = flow_.bit_owner[static_cast<std::size_t>(bit)];
        if (!owner.valid()) owner = writer, need_bit(owner, bit);
        for (const QpuId qpu : flow_.bit_readers[static_cast<std::size_t>(bit)]) join(members, qpu);
    }

    void need_reads(QpuId qpu, ExprId expr) {
        dynamic_ = true;
        std::vector<BitId> bits;
        std::vector<VariableId> variables;
        collect_reads(circuit_.exprs, expr, bits, variables);
        for (const BitId b : bits) need_bit(qpu, b);
        for (const VariableId v : variables) need_variable(qpu, v);
    }
    void need_bit(QpuId qpu, BitId bit) {
        add(flow_.bit_readers[static_cast<std::size_t>(bit)], qpu);
    }
    void need_variable(QpuId qpu, VariableId variable) {
        add(flow_.variable_readers[static_cast<std::size_t>(variable)], qpu);
    }
    void add(std::vector<QpuId>& readers, QpuId qpu) {
        const auto at = std::lower_bound(readers.begin(), readers.end(), qpu);
        if (at != readers.end() && *at == qpu) return;
        readers.insert(at, qpu);
        changed_ = true;
    }

    static void join(Members* members, QpuId qpu) {
        if (members && qpu.valid()) members->insert(qpu);
    }
    QpuId home(QubitId qubit) const { return home_[static_cast<std::size_t>(qubit)]; }
    void apply_moves(std::uint32_t position) {
        for (; next_move_ < placement_.moves.size() &&
               placement_.moves[next_move_].position <= position;
             ++next_move_)
            home_[static_cast<std::size_t>(placement_.moves[next_move_].qubit)] =
                placement_.moves[next_move_].to;
    }

    const Circuit& circuit_;
    const Interactions& interactions_;
    const Placement& placement_;
    const Topology& topology_;
    ClassicalFlow flow_;
    std::unordered_map<std::uint32_t, std::vector<QpuId>> routes_;  ///< by segment
    std::vector<QpuId> home_;
    std::size_t next_move_ = 0;
    std::uint32_t number_ = 0;
    bool changed_ = false;
    bool dynamic_ = false;
};

}  // namespace

std::vector<QpuId> ClassicalFlow::assigners(const Operation& op) const {
    if (op.variable.valid()) return variable_readers[static_cast<std::size_t>(op.variable)];
    std::vector<QpuId> all;
    for (std::uint32_t i = 0; i < op.bit_count; ++i) {
        const auto& readers = bit_readers[op.bit.value + i];
        all.insert(all.end(), readers.begin(), readers.end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

std::vector<QpuId> copy_route(const Topology& topology, QpuId home, QpuId site) {
    if (home == site) return {home};
    if (topology.complete()) return {home, site};
    return topology.cheapest_path(home, site);
}

ClassicalFlow plan_classical_flow(const Circuit& lowered, const Interactions& interactions,
                                  const Placement& placement, const Topology& topology) {
    return FlowPlanner(lowered, interactions, placement, topology).run();
}

}  // namespace carillon
