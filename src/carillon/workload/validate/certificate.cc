// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/certificate.h"

#include <algorithm>
#include <cmath>

#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/gate_check.h"

namespace carillon::validation {

namespace {

std::string fault_of(const Circuit& circuit, const Operation& op) {
    if (op.kind != OpKind::kGate) return "something that is not a gate";
    if (!in_arena(op.first_operand, op.num_operands, circuit.operands.size()) ||
        !in_arena(op.first_param, op.num_params, circuit.params.size()))
        return "operands or angles that do not exist";
    for (const Param& p : circuit.parameters(op))
        if (!p.constant()) return "an angle that is known at run time only";
    return gate_fault(op.gate, op.controls, op.num_operands, circuit.parameters(op), op.matrix,
                      circuit.matrices);
}

/// Appends everything that the matrix of a gate depends on.
void describe(const LocalGate& gate, std::string& text) {
    const auto put = [&](const auto& value) {
        text.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    put(gate.op->gate);
    put(gate.op->controls);
    for (const std::uint32_t q : gate.at) put(q);
    for (const Param& p : gate.circuit->parameters(*gate.op)) put(p.value);
    if (gate.op->gate == GateKind::kUnitary)
        for (const Complex& v : gate.circuit->matrices[gate.op->matrix].data) put(v);
}

/// Multiplies `total` from the left by a gate.
void apply(Matrix& total, const LocalGate& gate) {
    const Matrix m = operation_matrix(*gate.circuit, *gate.op, {});
    std::size_t mask = 0;
    for (const std::uint32_t q : gate.at) mask |= std::size_t{1} << q;
    std::vector<std::size_t> offset(m.dim(), 0);
    for (std::size_t i = 0; i < m.dim(); ++i)
        for (std::size_t b = 0; b < gate.at.size(); ++b)
            if (i >> b & 1) offset[i] |= std::size_t{1} << gate.at[b];
    std::vector<Complex> in(m.dim());
    for (std::size_t row = 0; row < total.dim(); ++row) {
        if (row & mask) continue;
        for (std::size_t col = 0; col < total.dim(); ++col) {
            for (std::size_t i = 0; i < m.dim(); ++i) in[i] = total(row | offset[i], col);
            for (std::size_t i = 0; i < m.dim(); ++i) {
                Complex sum = 0;
                for (std::size_t j = 0; j < m.dim(); ++j) sum += m(i, j) * in[j];
                total(row | offset[i], col) = sum;
            }
        }
    }
}

Matrix product(const std::vector<LocalGate>& gates, std::size_t qubits) {
    Matrix total = Matrix::identity(static_cast<int>(qubits));
    for (const LocalGate& gate : gates) apply(total, gate);
    return total;
}

bool has_repetition(std::vector<std::uint32_t> values) {
    std::ranges::sort(values);
    return std::ranges::adjacent_find(values) != values.end();
}

}  // namespace

void CertificateChecker::check_equal(const Circuit& a, const Circuit& b, const std::string& name) {
    if (a.num_qubits > kMostQubits) throw Difference(name + " touches more than eight qubits");
    std::vector<LocalGate> gates[2];
    for (const Circuit* circuit : {&a, &b})
        for (const Operation& op : circuit->body()) {
            LocalGate gate{circuit, &op, {}};
            for (const QubitId q : circuit->qubits(op)) gate.at.push_back(q.value);
            gates[circuit == &b].push_back(std::move(gate));
        }
    multiply_out(gates[0], gates[1], a.num_qubits, name);
}

void CertificateChecker::check(const Circuit& source, std::span<const Operation* const> window,
                               const Rewrite& rewrite, std::size_t number) {
    const std::string name = "rewrite " + std::to_string(number);
    const auto require = [&](bool holds, const std::string& what) {
        if (!holds) throw Difference(name + ": " + what);
    };
    std::vector<std::uint32_t> names;
    for (const QubitId q : rewrite.qubits) {
        require(q.value < source.num_qubits, "names a qubit that does not exist");
        names.push_back(q.value);
    }
    require(!has_repetition(names), "names a qubit twice");
    const Circuit& replacement = rewrite.replacement;
    require(replacement.num_qubits == names.size(),
            "its replacement has another number of qubits than it names");
    require(!replacement.blocks.empty(), "has no replacement");

    std::vector<LocalGate> before, after;
    for (const Operation* op : window) {
        const std::string fault = fault_of(source, *op);
        require(fault.empty(), "replaces " + fault);
        LocalGate gate{&source, op, {}};
        for (const QubitId q : source.qubits(*op)) {
            auto at = std::ranges::find(names, q.value);
            if (at == names.end()) at = names.insert(names.end(), q.value);
            gate.at.push_back(static_cast<std::uint32_t>(at - names.begin()));
        }
        before.push_back(std::move(gate));
        require(names.size() <= kMostQubits, "touches more than eight qubits");
    }
    require(names.size() <= kMostQubits, "touches more than eight qubits");
    for (const Operation& op : replacement.body()) {
        const std::string fault = fault_of(replacement, op);
        require(fault.empty(), "its replacement has " + fault);
        LocalGate gate{&replacement, &op, {}};
        for (const QubitId q : replacement.qubits(op)) {
            require(q.value < replacement.num_qubits,
                    "its replacement uses a qubit that does not exist");
            gate.at.push_back(q.value);
        }
        require(!has_repetition(gate.at), "its replacement uses a qubit twice in one gate");
        after.push_back(std::move(gate));
    }
    multiply_out(before, after, names.size(), name);
}

/// Compares the products of two lists of gates, each pair of lists once.
void CertificateChecker::multiply_out(const std::vector<LocalGate>& before,
                                      const std::vector<LocalGate>& after, std::size_t qubits,
                                      const std::string& name) {
    ++checked_;
    std::string key;
    for (const LocalGate& gate : before) describe(gate, key);
    key += "|" + std::to_string(before.size()) + "|" + std::to_string(qubits) + "|";
    for (const LocalGate& gate : after) describe(gate, key);
    if (accepted_.contains(key)) return;
    const Matrix a = product(before, qubits), b = product(after, qubits);
    const auto finite = [](const Complex& v) {
        return std::isfinite(v.real()) && std::isfinite(v.imag());
    };
    if (!std::ranges::all_of(a.data, finite) || !std::ranges::all_of(b.data, finite))
        throw Difference(name + ": is wrong: a matrix is not finite");
    const double distance = distance_up_to_phase(a, b);
    if (distance > 1e-8)
        throw Difference(name + ": is wrong: the matrices differ by " + std::to_string(distance));
    if (accepted_.size() < 100000) accepted_.insert(std::move(key));
}

}  // namespace carillon::validation
