// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/gradient.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "carillon/base/error.h"
#include "carillon/resource/engine/apply_gate.h"
#include "carillon/resource/engine/memory.h"
#include "carillon/resource/engine/pauli_sums.h"

namespace carillon::engine {

namespace {

constexpr Complex kI{0, 1};

/// A gate with its angles bound.
struct Step {
    GateKind kind;
    int controls;
    std::vector<double> angles;
    const Matrix* matrix;  ///< kUnitary
    std::vector<int> axes;
    std::uint32_t first_angle;  ///< in Circuit::params

    std::uint64_t flips = 0;  ///< axes on which it is not diagonal
    std::uint64_t reads = 0;  ///< axes on which it is diagonal
    bool wanted = false;      ///< has a derivative to be found
};

/// Gates that others have to come past.
struct Passed {
    std::uint64_t flips = 0, reads = 0;

    /// True when a gate commutes with all of them.
    bool lets(const Step& step) const {
        return (step.flips & (flips | reads)) == 0 && (step.reads & flips) == 0;
    }
    void add(const Step& step) {
        flips |= step.flips;
        reads |= step.reads;
    }
};

std::string at_line(const Operation& op) {
    return op.line == 0 ? "" : "line " + std::to_string(op.line) + ": ";
}

/// Angles by index in Circuit::params, and whether they depend on parameters.
struct Bound {
    std::vector<double> angles;
    std::vector<bool> wanted;
};

std::vector<bool> gate_angles(const Circuit& circuit) {
    std::vector<bool> result(circuit.params.size());
    for (const Operation& op : circuit.body())
        for (std::uint32_t k = 0; op.kind == OpKind::kGate && k < op.num_params; ++k)
            result[op.first_param + k] = true;
    return result;
}

Bound bind(const Circuit& circuit, std::span<const ParameterSlot> slots,
           std::span<const double> values) {
    Bound bound{std::vector<double>(circuit.params.size()),
                std::vector<bool>(circuit.params.size())};
    const std::vector<bool> known = gate_angles(circuit);
    for (const ParameterSlot& slot : slots) {
        if (slot.angle >= known.size() || !known[slot.angle])
            throw InputError("a parameter slot names angle " + std::to_string(slot.angle) +
                             ", which is no gate's");
        if (slot.parameter >= values.size())
            throw InputError("a parameter slot names parameter " + std::to_string(slot.parameter) +
                             ", and " + std::to_string(values.size()) + " values are given");
        bound.angles[slot.angle] += slot.offset + slot.factor * values[slot.parameter];
        bound.wanted[slot.angle] = true;
    }
    const ClassicalState memory = circuit.initial_state();
    for (std::size_t k = 0; k < known.size(); ++k) {
        if (!known[k] || bound.wanted[k]) continue;
        const Param& p = circuit.params[k];
        bound.angles[k] =
            p.constant() ? p.value : evaluate(circuit.exprs, p.expr, memory).as_double();
    }
    return bound;
}

std::vector<Step> gates_of(const Circuit& circuit, const Bound& bound) {
    std::vector<Step> steps;
    std::vector<bool> measured(circuit.num_qubits);
    for (const Operation& op : circuit.body()) {
        if (op.kind == OpKind::kBarrier || op.kind == OpKind::kDelay) continue;
        if (op.kind == OpKind::kMeasure) {
            measured[circuit.qubits(op)[0].value] = true;
            continue;
        }
        if (op.kind != OpKind::kGate)
            throw InputError(at_line(op) +
                             "a gradient needs a circuit of gates; resets, assignments and "
                             "conditions have none");
        Step step{op.gate, op.controls, {}, nullptr, {}, op.first_param};
        const std::uint32_t diagonal_on = gate_info(op.gate).diagonal_on;
        for (const QubitId q : circuit.qubits(op)) {
            if (measured[q.value])
                throw InputError(at_line(op) + "a gradient needs a circuit of gates, and " +
                                 circuit.qubit_name(q) + " was measured before this gate");
            const std::size_t operand = step.axes.size();
            const bool diagonal =
                operand < op.controls || (diagonal_on >> (operand - op.controls) & 1) != 0;
            (diagonal ? step.reads : step.flips) |= std::uint64_t{1} << q.value;
            step.axes.push_back(static_cast<int>(q.value));
        }
        for (std::uint32_t k = 0; k < op.num_params; ++k) {
            step.angles.push_back(bound.angles[op.first_param + k]);
            step.wanted = step.wanted || bound.wanted[op.first_param + k];
        }
        try {
            check_angles(gate_info(op.gate).name, step.angles);
            if (op.gate == GateKind::kUnitary) {
                step.matrix = &circuit.matrices[op.matrix];
                check_unitary(*step.matrix);
            }
        } catch (const InputError& error) {
            throw InputError(at_line(op) + error.what());
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

template <class Real>
void apply(StateVector<Real>& state, const Step& step) {
    if (step.kind == GateKind::kUnitary)
        apply_matrix(state, *step.matrix, step.controls, step.axes);
    else
        apply_gate(state, step.kind, step.controls, step.angles, step.axes);
}

template <class Real>
void apply_inverse(StateVector<Real>& state, const Step& step) {
    if (step.kind == GateKind::kUnitary)
        return apply_matrix(state, adjoint(*step.matrix), step.controls, step.axes);
    if (step.kind == GateKind::kIswap)
        return apply_matrix(state, adjoint(gate_matrix(step.kind, {})), step.controls, step.axes);
    const InverseGate inverse = inverse_gate(step.kind, step.angles);
    apply_gate(state, inverse.kind, step.controls, inverse.params, step.axes);
}

/// Derivative of a one-qubit gate's matrix by angle `which`.
Matrix derivative(GateKind kind, std::span<const double> p, std::size_t which) {
    const Complex half = -kI / 2.0;
    const Matrix u = gate_matrix(kind, p);
    const auto times = [&](Complex a, Complex b, Complex c, Complex d) {
        return multiply(Matrix{1, {a, b, c, d}}, u);
    };
    switch (kind) {
        case GateKind::kP:
            return times(0, 0, 0, kI);
        case GateKind::kRx:
            return times(0, half, half, 0);
        case GateKind::kRy:
            return times(0, -0.5, 0.5, 0);
        case GateKind::kRz:
            return times(half, 0, 0, -half);
        case GateKind::kU3:
        case GateKind::kU:
            break;
        default:
            throw InternalError("gradient: a gate without a derivative");
    }
    if (which == 1) return times(0, 0, 0, kI);                     // phi: a phase after
    if (which == 2) return multiply(u, Matrix{1, {0, 0, 0, kI}});  // lambda: a phase before
    const Complex around = std::polar(1.0, p[1]);                  // theta: ry turned by phi
    const Complex mean = kind == GateKind::kU ? kI / 2.0 : 0;
    return times(mean, -std::conj(around) / 2.0, around / 2.0, mean);
}

/// A term of dU/dangle U^dagger = sum coefficient P.
struct Term {
    std::uint32_t angle;
    Complex coefficient;
    PauliMasks string;
};

/// The Pauli of a rotation on two qubits, X and Z by target.
PauliMasks rotation_axis(GateKind kind, std::uint64_t a, std::uint64_t b) {
    switch (kind) {
        case GateKind::kRxx:
            return {a | b, 0};
        case GateKind::kRyy:
            return {a | b, a | b};
        case GateKind::kRzz:
            return {0, a | b};
        default:  // kRzx
            return {b, a};
    }
}

/// What has to be known of the two states after a gate for its derivatives.
void add_terms(const Step& step, const std::vector<bool>& wanted, std::vector<Term>& terms) {
    std::uint64_t where = 0;
    const auto controls = static_cast<std::size_t>(step.controls);
    for (std::size_t k = 0; k < controls; ++k) where |= std::uint64_t{1} << step.axes[k];
    for (std::uint32_t k = 0; k < step.angles.size(); ++k) {
        const std::uint32_t angle = step.first_angle + k;
        if (!wanted[angle]) continue;
        const std::size_t targets = step.axes.size() - controls;
        if (targets == 0) {
            terms.push_back({angle, kI, {0, 0, where}});
            continue;
        }
        const std::uint64_t bit = std::uint64_t{1} << step.axes[controls];
        if (targets == 2) {
            PauliMasks string =
                rotation_axis(step.kind, bit, std::uint64_t{1} << step.axes[controls + 1]);
            string.where = where;
            terms.push_back({angle, -kI / 2.0, string});
            continue;
        }
        const Matrix a = multiply(derivative(step.kind, step.angles, k),
                                  adjoint(gate_matrix(step.kind, step.angles)));
        const std::array<Term, 4> parts = {
            {{angle, (a(0, 0) + a(1, 1)) / 2.0, {0, 0, where}},
             {angle, (a(0, 1) + a(1, 0)) / 2.0, {bit, 0, where}},
             {angle, kI * (a(0, 1) - a(1, 0)) / 2.0, {bit, bit, where}},
             {angle, (a(0, 0) - a(1, 1)) / 2.0, {0, bit, where}}}};
        for (const Term& term : parts)
            if (std::abs(term.coefficient) > 1e-15) terms.push_back(term);
    }
}

template <class Real>
void check_two_fit(std::uint32_t qubits, const StateOptions& options) {
    const std::uint64_t limit =
        options.max_memory_bytes != 0 ? options.max_memory_bytes : available_memory_bytes();
    const auto bytes = [](int n) { return 2 * StateVector<Real>::bytes_for(n); };
    constexpr std::uint32_t kMost = 47;
    if (qubits <= kMost && bytes(static_cast<int>(qubits)) <= limit) return;
    int fits = static_cast<int>(std::min(qubits, kMost));
    while (fits > 0 && bytes(fits) > limit) --fits;
    throw ResourceError(
        "the gradient of a circuit on " + std::to_string(qubits) +
        " qubits holds two states, which do not fit in the " + bytes_text(limit) +
        (options.max_memory_bytes != 0 ? " that are allowed; " : " that are available; ") +
        std::to_string(fits) + " qubits would fit");
}

void check_observable(const PauliSum& observable, std::uint32_t qubits) {
    for (const PauliTerm& term : observable.terms) {
        if (!std::isfinite(term.coefficient))
            throw InputError("an observable has a coefficient that is not a finite number");
        for (const PauliFactor& factor : term.factors)
            if (factor.qubit >= qubits)
                throw InputError("an observable acts on a qubit beyond the circuit's " +
                                 std::to_string(qubits));
    }
}

/// A term on qubits whose axes have their numbers.
PauliMasks masks_of(const PauliTerm& term) {
    PauliMasks masks;
    for (const PauliFactor& factor : term.factors) {
        const std::uint64_t bit = std::uint64_t{1} << factor.qubit;
        if (factor.pauli != Pauli::kZ) masks.x |= bit;
        if (factor.pauli != Pauli::kX) masks.z |= bit;
    }
    return masks;
}

/// Takes the gates back off both states, and finds the derivatives by all angles on the way.
template <class Real>
std::vector<double> run_back(const Circuit& circuit, const Bound& bound,
                             std::span<const Step> steps, StateVector<Real>& state,
                             StateVector<Real>& costate) {
    const std::size_t most = 256 + 64 * static_cast<std::size_t>(circuit.num_qubits);
    std::vector<double> by_angle(circuit.params.size());
    std::vector<const Step*> left;  // the last is the last of the circuit
    for (const Step& step : steps) left.push_back(&step);
    auto wanted = std::count_if(left.begin(), left.end(), [](auto* step) { return step->wanted; });
    const auto take_back = [&](const Step& step) {
        apply_inverse(state, step);
        apply_inverse(costate, step);
    };
    while (wanted > 0) {
        // Gates without a derivative leave as soon as they can; those with one are looked at
        // together, as many as commute with all that comes after them.
        Passed passed;
        std::vector<const Step*> ready, kept;
        std::size_t at = left.size();
        while (at > 0 && kept.size() < most) {
            const Step* const step = left[--at];
            const bool free = passed.lets(*step);
            if (free && !step->wanted) {
                take_back(*step);
                continue;
            }
            passed.add(*step);
            (free ? ready : kept).push_back(step);
        }
        left.resize(at);
        left.insert(left.end(), kept.rbegin(), kept.rend());
        std::vector<Term> terms;
        std::vector<PauliMasks> strings;
        for (const Step* const step : ready) add_terms(*step, bound.wanted, terms);
        for (const Term& term : terms) strings.push_back(term.string);
        const std::vector<Complex> inners = pauli_inners<Real>(costate, state, strings);
        for (std::size_t k = 0; k < terms.size(); ++k)
            by_angle[terms[k].angle] += 2 * (terms[k].coefficient * inners[k]).real();
        for (const Step* const step : ready) take_back(*step);
        wanted -= static_cast<std::ptrdiff_t>(ready.size());
    }
    return by_angle;
}

}  // namespace

std::vector<ParameterSlot> every_angle(const Circuit& circuit) {
    std::vector<ParameterSlot> slots;
    for (const Operation& op : circuit.body())
        for (std::uint32_t k = 0; op.kind == OpKind::kGate && k < op.num_params; ++k)
            if (circuit.params[op.first_param + k].constant())
                slots.push_back(
                    {op.first_param + k, static_cast<std::uint32_t>(slots.size()), 1, 0});
    return slots;
}

std::vector<double> angle_values(const Circuit& circuit, std::span<const ParameterSlot> slots) {
    std::vector<double> values;
    for (const ParameterSlot& slot : slots) values.push_back(circuit.params[slot.angle].value);
    return values;
}

template <class Real>
Gradient gradient(const Circuit& circuit, std::span<const ParameterSlot> slots,
                  std::span<const double> values, const PauliSum& observable,
                  const StateOptions& options) {
    check_observable(observable, circuit.num_qubits);
    const Bound bound = bind(circuit, slots, values);
    const std::vector<Step> steps = gates_of(circuit, bound);
    check_two_fit<Real>(circuit.num_qubits, options);

    StateVector<Real> state(options);
    state.reset(static_cast<int>(circuit.num_qubits));
    for (const Step& step : steps) apply(state, step);

    // The costate is U_k+1^dagger ... U_n^dagger H |state> all along.
    std::vector<PauliMasks> strings;
    std::vector<double> coefficients;
    for (const PauliTerm& term : observable.terms) {
        strings.push_back(masks_of(term));
        coefficients.push_back(term.coefficient);
    }
    state.flush();
    StateVector<Real> costate = state;
    set_pauli_sum(costate, state, strings, coefficients);
    Gradient result;
    const std::array<PauliMasks, 1> identity{};
    result.value = pauli_inners<Real>(costate, state, identity)[0].real();
    result.peak_bytes = state.peak_bytes() + costate.peak_bytes();

    const std::vector<double> by_angle = run_back(circuit, bound, steps, state, costate);
    result.derivatives.assign(values.size(), 0);
    for (const ParameterSlot& slot : slots)
        result.derivatives[slot.parameter] += slot.factor * by_angle[slot.angle];
    return result;
}

template Gradient gradient<float>(const Circuit&, std::span<const ParameterSlot>,
                                  std::span<const double>, const PauliSum&, const StateOptions&);
template Gradient gradient<double>(const Circuit&, std::span<const ParameterSlot>,
                                   std::span<const double>, const PauliSum&, const StateOptions&);

}  // namespace carillon::engine
