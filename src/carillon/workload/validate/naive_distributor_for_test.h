// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/workload/validate/program_builder_for_test.h"

namespace carillon::validation {

/// Distributes a circuit the simplest way, with choices drawn at random: where qubits stand, where
/// a gate is done, whether a copy is kept for later gates. Qubits that a gate is not diagonal on
/// travel there and back. Links can be told to carry qubits: copies and travelling qubits then go
/// over them now and then without a pair. Every outcome is told to all QPUs, and all take part in
/// every block.
class NaiveDistributor {
  public:
    NaiveDistributor(const Circuit& source, std::uint32_t qpus, std::uint32_t data,
                     std::uint32_t comm, std::uint64_t seed, bool carries = false)
        : source_(source), builder_(source, qpus, data, comm), random_(seed), carries_(carries) {
        std::vector<Location> slots;
        for (std::uint32_t k = 0; k < qpus; ++k) {
            for (std::uint32_t d = 0; d < data; ++d) slots.push_back({QpuId{k}, d});
            free_.emplace_back();
            for (std::uint32_t c = 0; c < comm; ++c) free_[k].push_back(data + c);
        }
        for (std::size_t i = slots.size(); i > 1; --i)
            std::swap(slots[i - 1], slots[random_.below(i)]);
        where_.assign(slots.begin(), slots.begin() + source.num_qubits);
        builder_.program.initial_layout = where_;
    }

    DistributedProgram run() {
        walk(BlockId{0});
        close_all();
        builder_.program.final_layout = where_;
        for (std::size_t b = 0; b < source_.num_bits; ++b)
            builder_.program.bit_owner[b] = QpuId{random_.below(num_qpus())};
        for (QpuId& owner : builder_.program.variable_owner)
            owner = QpuId{random_.below(num_qpus())};
        return std::move(builder_.program);
    }

  private:
    struct Copy {
        std::uint32_t qubit, qpu;
        LocalQubit at;
        bool used;  ///< by the gate in progress
    };

    std::uint32_t num_qpus() const {
        return static_cast<std::uint32_t>(builder_.program.qpus.size());
    }
    std::uint32_t home(std::uint32_t qubit) const { return where_[qubit].qpu.value; }
    bool coin() { return random_.below(2) == 0; }

    /// A free communication qubit in |0>; a copy that is not in use makes room.
    LocalQubit take(std::uint32_t qpu) {
        if (free_[qpu].empty())
            for (std::size_t i = 0; i < copies_.size(); ++i)
                if (copies_[i].qpu == qpu && !copies_[i].used) {
                    close(i);
                    break;
                }
        if (free_[qpu].empty()) throw std::logic_error("too few communication qubits");
        const LocalQubit q = free_[qpu].back();
        free_[qpu].pop_back();
        return q;
    }
    void give(std::uint32_t qpu, LocalQubit q) {
        if (q >= builder_.program.qpus[qpu].data_qubits) free_[qpu].push_back(q);
    }
    /// Entangles, through a free communication qubit at `a`.
    void entangle(std::uint32_t a, LocalQubit q, std::uint32_t b, LocalQubit qb) {
        const LocalQubit qa = take(a);
        if (carries_ && coin())
            builder_.carry_copy(a, q, qa, b, qb);
        else
            builder_.entangle(a, q, qa, b, qb);
        give(a, qa);
    }
    void close(std::size_t index) {
        const Copy copy = copies_[index];
        copies_.erase(copies_.begin() + static_cast<std::ptrdiff_t>(index));
        builder_.disentangle(copy.qpu, copy.at, home(copy.qubit), where_[copy.qubit].qubit);
        give(copy.qpu, copy.at);
    }
    void close_copies_of(std::uint32_t qubit) {
        for (std::size_t i = copies_.size(); i-- > 0;)
            if (copies_[i].qubit == qubit) close(i);
    }
    void close_all() {
        while (!copies_.empty()) close(copies_.size() - 1);
    }
    /// Where `qubit` can be used diagonally at `qpu`.
    LocalQubit reach(std::uint32_t qubit, std::uint32_t qpu) {
        if (home(qubit) == qpu) return where_[qubit].qubit;
        for (Copy& c : copies_)
            if (c.qubit == qubit && c.qpu == qpu) {
                c.used = true;
                return c.at;
            }
        const LocalQubit at = take(qpu);
        entangle(home(qubit), where_[qubit].qubit, qpu, at);
        copies_.push_back({qubit, qpu, at, true});
        return at;
    }
    /// Moves a qubit without copies; its old place becomes free.
    void move(std::uint32_t qubit, std::uint32_t to, LocalQubit at) {
        const Location from = where_[qubit];
        if (carries_ && coin()) {
            builder_.transfer(from.qpu.value, from.qubit, to, at);
            give(from.qpu.value, from.qubit);
            where_[qubit] = {QpuId{to}, at};
            return;
        }
        entangle(from.qpu.value, from.qubit, to, at);
        builder_.disentangle(from.qpu.value, from.qubit, to, at);
        give(from.qpu.value, from.qubit);
        where_[qubit] = {QpuId{to}, at};
    }

    static bool diagonal_on(const Operation& op, std::size_t operand) {
        if (operand < op.controls) return true;
        const GateInfo& info = gate_info(op.gate);
        return info.diagonal || info.diagonal_on >> (operand - op.controls) & 1;
    }

    void gate(const Operation& op) {
        const auto qubits = source_.qubits(op);
        if (op.gate == GateKind::kX && op.controls == 0 && coin()) return x_everywhere(qubits[0]);
        if (op.gate == GateKind::kX && op.controls == 1 && coin())
            return cx_everywhere(qubits[0].value, qubits[1].value);
        for (std::size_t i = 0; i < qubits.size(); ++i)
            if (!diagonal_on(op, i)) close_copies_of(qubits[i].value);
        std::uint32_t host = home(qubits[random_.below(qubits.size())].value);
        if (qubits.size() == 1 && diagonal_on(op, 0))
            for (const Copy& c : copies_)
                if (c.qubit == qubits[0].value && coin()) host = c.qpu;
        struct Visitor {
            std::uint32_t qubit;
            Location home;
        };
        std::vector<Visitor> visitors;
        std::vector<LocalQubit> at(qubits.size());
        for (std::size_t i = 0; i < qubits.size(); ++i)
            if (diagonal_on(op, i)) at[i] = reach(qubits[i].value, host);
        for (std::size_t i = 0; i < qubits.size(); ++i) {
            if (diagonal_on(op, i)) continue;
            const std::uint32_t q = qubits[i].value;
            if (home(q) != host) {
                visitors.push_back({q, where_[q]});
                move(q, host, take(host));
            }
            at[i] = where_[q].qubit;
        }
        Instruction& instruction =
            builder_.gate(host, op.gate, op.controls, at, source_.parameters(op));
        instruction.matrix = op.matrix;
        for (const Visitor& v : visitors) return_home(v.qubit, v.home);
        for (std::size_t i = copies_.size(); i-- > 0;) {
            copies_[i].used = false;
            if (coin()) close(i);
        }
    }
    void return_home(std::uint32_t qubit, const Location& slot) {
        const std::uint32_t qpu = slot.qpu.value;
        const LocalQubit at = take(qpu);
        move(qubit, qpu, at);
        if (coin()) {
            builder_.gate(qpu, GateKind::kSwap, 0, {at, slot.qubit});
        } else {
            builder_.gate(qpu, GateKind::kX, 1, {at, slot.qubit});
            builder_.gate(qpu, GateKind::kX, 1, {slot.qubit, at});
        }
        give(qpu, at);
        where_[qubit] = slot;
    }
    void x_everywhere(QubitId qubit) {
        builder_.gate(home(qubit.value), GateKind::kX, 0, {where_[qubit.value].qubit});
        for (const Copy& c : copies_)
            if (c.qubit == qubit.value) builder_.gate(c.qpu, GateKind::kX, 0, {c.at});
    }
    /// A CX whose target keeps its copies: done on each of them, in any order.
    void cx_everywhere(std::uint32_t control, std::uint32_t target) {
        std::vector<Location> holders{where_[target]};
        for (Copy& c : copies_) {
            if (c.qubit != target) continue;
            c.used = true;
            holders.push_back({QpuId{c.qpu}, c.at});
        }
        for (std::size_t i = holders.size(); i > 1; --i)
            std::swap(holders[i - 1], holders[random_.below(i)]);
        std::vector<LocalQubit> controls;
        for (const Location& h : holders) controls.push_back(reach(control, h.qpu.value));
        for (std::size_t i = 0; i < holders.size(); ++i)
            builder_.gate(holders[i].qpu.value, GateKind::kX, 1, {controls[i], holders[i].qubit});
        for (std::size_t i = copies_.size(); i-- > 0;) {
            copies_[i].used = false;
            if (coin()) close(i);
        }
    }
    void tell_all(std::uint32_t from, BitId bit) {
        for (std::uint32_t k = 0; k < num_qpus(); ++k)
            if (k != from) builder_.send(from, bit, k, bit);
    }
    void measure(const Operation& op, std::uint32_t number) {
        const std::uint32_t q = source_.qubits(op)[0].value;
        close_copies_of(q);
        builder_.measure_source(home(q), where_[q].qubit, op.bit, number);
        if (op.bit.valid()) tell_all(home(q), op.bit);
    }
    void assign(const Operation& op, std::uint32_t number) {
        for (std::uint32_t k = 0; k < num_qpus(); ++k) {
            Instruction& i = builder_.add(k, InstructionKind::kAssign);
            i.source = number;
            i.variable = op.variable;
            i.bit = op.bit;
            i.bit_count = op.bit_count;
            i.condition = op.condition;
        }
    }
    void block(const Operation& op, std::uint32_t number) {
        close_all();
        const auto kind = op.kind == OpKind::kIf ? InstructionKind::kIf : InstructionKind::kWhile;
        for (std::uint32_t k = 0; k < num_qpus(); ++k)
            builder_.open_block(k, kind, number, op.condition);
        walk(op.body);
        close_all();
        if (op.otherwise.valid()) {
            for (std::uint32_t k = 0; k < num_qpus(); ++k) builder_.open_else(k);
            walk(op.otherwise);
            close_all();
        }
        for (std::uint32_t k = 0; k < num_qpus(); ++k) builder_.close_block(k);
    }
    void walk(BlockId where) {
        for (const Operation& op : source_.block(where)) {
            const std::uint32_t number = next_++;
            switch (op.kind) {
                case OpKind::kGate:
                    gate(op);
                    break;
                case OpKind::kMeasure:
                    measure(op, number);
                    break;
                case OpKind::kReset: {
                    const std::uint32_t q = source_.qubits(op)[0].value;
                    close_copies_of(q);
                    builder_.reset(home(q), where_[q].qubit, number);
                    break;
                }
                case OpKind::kAssign:
                    assign(op, number);
                    break;
                case OpKind::kIf:
                case OpKind::kWhile:
                    block(op, number);
                    break;
                default:
                    break;
            }
        }
    }

    const Circuit& source_;
    ProgramBuilder builder_;
    Random random_;
    std::vector<Location> where_;                ///< by source qubit
    std::vector<std::vector<LocalQubit>> free_;  ///< by QPU
    std::vector<Copy> copies_;
    std::uint32_t next_ = 0;
    bool carries_;
};

}  // namespace carillon::validation
