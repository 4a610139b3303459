// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/random_program.h"

#include <string>

#include "carillon/base/random.h"
#include "carillon/workload/program/builder.h"

namespace carillon {

namespace {

class Generator {
  public:
    Generator(const RandomProgramOptions& options, std::uint64_t seed)
        : options_(options), random_(seed), builder_("random " + std::to_string(seed)) {}

    DistributedProgram generate() {
        for (std::uint32_t q = 0; q < options_.qpus; ++q)
            builder_.add_qpu("qpu" + std::to_string(q), options_.data_qubits, options_.comm_qubits);
        bits_ = builder_.add_bits("c", options_.qpus * 2);
        for (std::uint32_t q = 0; q < options_.qpus; ++q)
            for (LocalQubit d = 0; d < options_.data_qubits; ++d) builder_.add_qubit(QpuId{q}, d);
        if (options_.control_flow) add_variable();
        for (source_ = 0; source_ < options_.operations; ++source_) add_operation();
        return builder_.finish();
    }

  private:
    void add_variable() {
        DistributedProgram& p = builder_.program();
        p.variables.push_back({"angle", Value::floating(0.25), true});
        p.variable_owner.push_back(QpuId{0});
    }

    void add_operation() {
        switch (random_.below(10)) {
            case 0:
            case 1:
            case 2:
                if (!options_.links.empty()) return telegate();
                return one_qubit_gate(random_qpu());
            case 3:
                return measure(random_qpu());
            case 4:
                if (options_.control_flow) return control(random_qpu());
                return two_qubit_gate(random_qpu());
            case 5:
            case 6:
                return two_qubit_gate(random_qpu());
            case 7: {
                const QpuId q = random_qpu();
                return builder_.reset(q, data(), source_);
            }
            default:
                return one_qubit_gate(random_qpu());
        }
    }

    QpuId random_qpu() { return QpuId{random_.below(options_.qpus)}; }
    LocalQubit data() { return static_cast<LocalQubit>(random_.below(options_.data_qubits)); }
    LocalQubit comm() {
        return options_.data_qubits + static_cast<LocalQubit>(random_.below(options_.comm_qubits));
    }
    BitId own_bit(QpuId q) { return BitId{bits_.value + q.value * 2 + random_.below(2)}; }
    ExprId add(Expr e) {
        builder_.program().exprs.push_back(e);
        return ExprId{builder_.program().exprs.size() - 1};
    }

    ExprId bit_expression(BitId bit) {
        Expr e;
        e.kind = ExprKind::kBits;
        e.type = ScalarType::kUint;
        e.width = 1;
        e.first_bit = bit;
        e.bit_count = 1;
        return add(e);
    }

    void one_qubit_gate(QpuId q) {
        if (random_.below(2)) return builder_.gate(q, GateKind::kH, 0, {data()}, {}, {}, source_);
        builder_.gate(q, GateKind::kRz, 0, {data()}, {random_.uniform() * 6}, {}, source_);
    }

    void two_qubit_gate(QpuId q) {
        const LocalQubit a = data();
        const LocalQubit b = (a + 1) % options_.data_qubits;
        builder_.gate(q, GateKind::kX, 1, {a, b}, {}, {}, source_);
    }

    void measure(QpuId q) { builder_.measure(q, data(), own_bit(q), source_); }

    /// One of the source qubit's gates done on the other side of a link, through a cat copy.
    void telegate() {
        const LinkId link{random_.below(options_.links.size())};
        auto [a, b] = options_.links[link.value];
        if (random_.below(2)) std::swap(a, b);
        const LocalQubit control = data(), on_a = comm(), on_b = comm(), target = data();
        const QubitId serves{a.value * options_.data_qubits + control};
        if (options_.carried && random_.below(2)) {
            builder_.gate(a, GateKind::kX, 1, {control, on_a});
            builder_.transfer(a, on_a, b, on_b, link, TransferPurpose::kCopy, serves);
        } else {
            builder_.pair(a, on_a, b, on_b, link, PairPurpose::kTelegate, serves);
            builder_.gate(a, GateKind::kX, 1, {control, on_a});
            const BitId parity = builder_.protocol_bit(a);
            builder_.measure(a, on_a, parity);
            builder_.reset(a, on_a);
            const BitId arrived = builder_.message(a, parity, b);
            builder_.gate(b, GateKind::kX, 0, {on_b}, {}, {arrived});
        }
        builder_.gate(b, GateKind::kZ, 1, {on_b, target}, {}, {}, source_);
        builder_.gate(b, GateKind::kH, 0, {on_b});
        const BitId phase = builder_.protocol_bit(b);
        builder_.measure(b, on_b, phase);
        builder_.reset(b, on_b);
        const BitId back = builder_.message(b, phase, a);
        builder_.gate(a, GateKind::kZ, 0, {control}, {}, {back});
    }

    void control(QpuId q) {
        const BitId bit = own_bit(q);
        const ExprId condition = bit_expression(bit);
        switch (random_.below(4)) {
            case 0:
                builder_.begin_if(q, condition, source_);
                two_qubit_gate(q);
                if (random_.below(2)) {
                    builder_.otherwise(q);
                    one_qubit_gate(q);
                    one_qubit_gate(q);
                }
                return builder_.end(q);
            case 1:
                builder_.begin_while(q, condition, source_);
                builder_.measure(q, data(), bit, source_);
                return builder_.end(q);
            case 2:
                builder_.assign_bits(q, bit, 1, condition);
                builder_.program().bit_owner[bit.value] = q;
                return;
            default: {
                Expr e;
                e.kind = ExprKind::kVariable;
                e.type = ScalarType::kFloat;
                e.variable = VariableId{0};
                const Param angle{add(e)};
                builder_.barrier(q, {data()});
                builder_.delay(q, {data()}, 12.5);
                return builder_.gate(q, GateKind::kRx, 0, {data()}, {angle}, {}, source_);
            }
        }
    }

    const RandomProgramOptions& options_;
    Random random_;
    ProgramBuilder builder_;
    BitId bits_;
    std::uint32_t source_ = 0;
};

}  // namespace

DistributedProgram random_program(const RandomProgramOptions& options, std::uint64_t seed) {
    return Generator(options, seed).generate();
}

}  // namespace carillon
