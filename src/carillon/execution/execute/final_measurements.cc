// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/final_measurements.h"

namespace carillon {

namespace {

/// What operations that were looked at so far, from the last one on, use.
class Uses {
  public:
    explicit Uses(const Circuit& circuit)
        : circuit_(circuit), qubits_(circuit.num_qubits), bits_(circuit.num_bits) {}

    bool qubit(QubitId q) const { return qubits_[q.value]; }
    bool bit(BitId b) const { return bits_[b.value]; }

    void add(const Operation& op) {
        for (const QubitId q : circuit_.qubits(op)) qubits_[q.value] = true;
        read(op.condition);
        if (op.kind == OpKind::kGate)
            for (const Param& p : circuit_.parameters(op)) read(p.expr);
        if (op.kind == OpKind::kMeasure && op.bit.valid()) bits_[op.bit.value] = true;
        for (std::uint32_t k = 0; op.kind == OpKind::kAssign && k < op.bit_count; ++k)
            bits_[op.bit.value + k] = true;
        for (const BlockId block : {op.body, op.otherwise})
            if (block.valid())
                for (const Operation& inner : circuit_.block(block)) add(inner);
    }

  private:
    void read(ExprId expression) {
        if (!expression.valid()) return;
        std::vector<BitId> bits;
        std::vector<VariableId> variables;
        collect_reads(circuit_.exprs, expression, bits, variables);
        for (const BitId b : bits) bits_[b.value] = true;
    }

    const Circuit& circuit_;
    std::vector<bool> qubits_, bits_;
};

}  // namespace

std::vector<bool> final_measurements(const Circuit& circuit) {
    const Block& block = circuit.body();
    std::vector<bool> result(block.size());
    Uses later(circuit);
    for (std::size_t i = block.size(); i-- > 0;) {
        const Operation& op = block[i];
        if (op.kind == OpKind::kBarrier) continue;
        result[i] = op.kind == OpKind::kMeasure && op.bit.valid() &&
                    !later.qubit(circuit.qubits(op)[0]) && !later.bit(op.bit);
        later.add(op);
    }
    return result;
}

}  // namespace carillon
