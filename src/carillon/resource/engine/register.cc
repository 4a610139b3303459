// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/register.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/engine/apply_gate.h"

namespace carillon::engine {

namespace {

constexpr double kTiny = 1e-14;  ///< rounding of products of a few matrices
constexpr Complex kI{0, 1};
constexpr Matrix2 kX{0, 1, 1, 0};

Matrix2 two_by_two(const Matrix& m) {
    return {m.data[0], m.data[1], m.data[2], m.data[3]};
}

bool is_diagonal(const Matrix& m) {
    for (std::size_t row = 0; row < m.dim(); ++row)
        for (std::size_t col = 0; col < m.dim(); ++col)
            if (row != col && m(row, col) != Complex{}) return false;
    return true;
}

std::vector<Complex> diagonal_of(const Matrix& m) {
    std::vector<Complex> entries;
    for (std::size_t row = 0; row < m.dim(); ++row) entries.push_back(m(row, row));
    return entries;
}

}  // namespace

template <class Real>
Register<Real>::Register(const RegisterOptions& options)
    : physical_(options.physical),
      state_({.threads = options.threads,
              .max_memory_bytes = options.max_memory_bytes,
              .record = options.record,
              .ranks = options.ranks,
              .spread_axes = options.spread_axes,
              .safety = options.safety,
              .locality = options.locality,
              .spill = options.spill}) {}

template <class Real>
auto Register<Real>::allocate() -> Handle {
    if (!released_.empty()) {
        const Handle h = released_.back();
        released_.pop_back();
        return h;
    }
    pending_.emplace_back();
    return state_.add_qubit();
}

template <class Real>
void Register<Real>::release(Handle h) {
    if (!definite(h))
        throw InternalError("Register::release: qubit " + std::to_string(h) +
                            " is given back before it was measured");
    flush(h);
    if (state_.frame().value(h)) state_.flip(h);
    released_.push_back(h);
}

template <class Real>
bool Register<Real>::definite(Handle h) const {
    return state_.frame().definite(h) && pending_[h].held != Held::kGeneral;
}

template <class Real>
auto Register<Real>::indefinite() const -> std::vector<Handle> {
    std::vector<Handle> result;
    for (Handle h = 0; h < pending_.size(); ++h)
        if (!definite(h)) result.push_back(h);
    return result;
}

template <class Real>
void Register<Real>::check_operands(Handles operands) const {
    for (std::size_t k = 0; k < operands.size(); ++k) {
        if (operands[k] >= pending_.size())
            throw InternalError("Register: there is no qubit " + std::to_string(operands[k]));
        for (std::size_t j = 0; j < k; ++j)
            if (operands[j] == operands[k])
                throw InputError("a gate is given the same qubit twice");
    }
}

// Gates held back.

template <class Real>
void Register<Real>::hold(Handle h, const Matrix2& matrix) {
    Pending& pending = pending_[h];
    pending.matrix = pending.held == Held::kNothing ? matrix : multiply(matrix, pending.matrix);
    simplify(h);
}

/// Brings what is held on `h` to the least: an X part goes to the value, a Z to the signs, a
/// scalar to the phase.
template <class Real>
void Register<Real>::simplify(Handle h) {
    Pending& pending = pending_[h];
    Matrix2& m = pending.matrix;
    if (std::abs(m[0]) < kTiny) {  // X times a diagonal gate
        state_.flip(h);
        m = {m[1], 0, 0, m[2]};
    }
    pending.held = Held::kGeneral;
    if (std::abs(m[1]) >= kTiny) return;
    const Complex ratio = m[3] / m[0];
    const bool known = state_.frame().definite(h);
    const auto drop = [&](Complex phase) {
        state_.multiply_phase(phase / std::abs(phase));
        pending = Pending{};
    };
    if (known) return drop(state_.frame().value(h) ? m[3] : m[0]);
    if (std::abs(ratio - 1.0) < kTiny) return drop(m[0]);
    if (std::abs(ratio + 1.0) < kTiny) {
        state_.sign(h);
        return drop(m[0]);
    }
    m[1] = m[2] = 0;
    pending.held = Held::kDiagonal;
}

template <class Real>
void Register<Real>::flush(Handle h) {
    const Pending pending = std::exchange(pending_[h], {});
    if (pending.held == Held::kGeneral) state_.apply(h, pending.matrix);
    if (pending.held != Held::kDiagonal) return;
    if (state_.frame().definite(h)) {
        state_.multiply_phase(pending.matrix[state_.frame().value(h) ? 3 : 0]);
    } else {
        state_.multiply_phase(pending.matrix[0]);
        state_.scale_where({&h, 1}, 1, pending.matrix[3] / pending.matrix[0]);
    }
}

template <class Real>
void Register<Real>::settle(Handle h) {
    if (pending_[h].held == Held::kGeneral) flush(h);
}

template <class Real>
bool Register<Real>::reduce(Handles controls, std::vector<Handle>& left) {
    for (const Handle h : controls) settle(h);
    for (const Handle h : controls) {
        if (!state_.frame().definite(h))
            left.push_back(h);
        else if (!state_.frame().value(h))
            return false;
    }
    return true;
}

// Gates.

/// A qubit that gates brought back to |0> or |1>, up to rounding, without the frame knowing.
template <class Real>
void Register<Real>::collapse_if_known(Handle h) {
    constexpr double kRounding = sizeof(Real) == sizeof(float) ? 1e-5 : 1e-12;
    if (definite(h)) return;
    const double one = probability(h);
    if (one < kRounding || one > 1 - kRounding) measure(h, 0.5);
}

template <class Real>
void Register<Real>::bell_pair(Handle a, Handle b) {
    check_operands(std::array{a, b});
    for (const Handle h : {a, b}) {
        flush(h);
        collapse_if_known(h);
        if (!definite(h) || state_.frame().value(h))
            throw InputError(
                "a Bell pair is made on a qubit that is not in |0>; reset it before the pair");
    }
    if (!physical_) return state_.bell_pair(a, b);
    gate(GateKind::kH, 0, {}, std::array{a});
    gate(GateKind::kX, 1, {}, std::array{a, b});
}

template <class Real>
void Register<Real>::carry(Handle from, Handle to) {
    check_operands(std::array{from, to});
    flush(to);
    collapse_if_known(to);
    if (!definite(to) || state_.frame().value(to))
        throw InputError(
            "a qubit is carried to one that is not in |0>; reset that one before it arrives");
    gate(GateKind::kSwap, 0, {}, std::array{from, to});
}

template <class Real>
void Register<Real>::physical_gate(const Matrix& base, int controls, Handles operands) {
    if (operands.empty()) return state_.multiply_phase(base.data[0]);
    if (base.qubits == 0)
        return state_.apply({1, {1, 0, 0, base.data[0]}}, operands.first(controls - 1),
                            operands.subspan(controls - 1));
    // A control must be an axis of its own, too.
    for (const Handle h : operands)
        if (state_.frame().definite(h)) state_.apply(Matrix::identity(1), {}, {&h, 1});
    state_.apply(base, operands.first(controls), operands.subspan(controls));
}

template <class Real>
void Register<Real>::gate(GateKind kind, int controls, std::span<const double> angles,
                          Handles operands) {
    check_operands(operands);
    const GateInfo& info = gate_info(kind);
    if (static_cast<int>(operands.size()) != info.targets + controls)
        throw InternalError("Register::gate: wrong number of operands for " +
                            std::string(info.name));
    check_angles(info.name, angles);
    if (kind == GateKind::kId) return;
    const Matrix base = gate_matrix(kind, angles);
    if (physical_) return physical_gate(base, controls, operands);
    if (controls == 0 && in_phases(kind, angles, operands)) return;
    if (const auto pauli = controlled_pauli(kind, controls, angles))
        return controlled_pauli_gate(operands[0], operands[1], *pauli);
    const Handles targets = operands.subspan(controls);
    std::vector<Handle> left;
    if (!reduce(operands.first(controls), left)) return;
    if (kind == GateKind::kRzz) return parity_phase(left, targets[0], targets[1], angles[0]);
    if (info.diagonal) return diagonal(left, targets, diagonal_of(base));
    if (info.targets == 1) return one_target(left, targets[0], kind, two_by_two(base));
    if (kind == GateKind::kSwap) return controlled_swap(left, targets[0], targets[1]);
    many_targets(base, left, targets);
}

/// Gates on two qubits that are a phase by parity between gates on one; false for other gates.
template <class Real>
bool Register<Real>::in_phases(GateKind kind, std::span<const double> angles, Handles operands) {
    if (operands.size() != 2) return false;
    const Handle a = operands[0], b = operands[1];
    const auto between = [&](GateKind before, GateKind after, std::span<const Handle> on) {
        for (const Handle h : on) gate(before, 0, {}, {&h, 1});
        gate(GateKind::kRzz, 0, angles, operands);
        for (const Handle h : on) gate(after, 0, {}, {&h, 1});
    };
    switch (kind) {
        case GateKind::kRxx:
            between(GateKind::kH, GateKind::kH, operands);
            return true;
        case GateKind::kRyy:
            between(GateKind::kSx, GateKind::kSxdg, operands);
            return true;
        case GateKind::kRzx:
            between(GateKind::kH, GateKind::kH, {&b, 1});
            return true;
        case GateKind::kIswap:
            for (const Handle h : operands) gate(GateKind::kS, 0, {}, {&h, 1});
            gate(GateKind::kZ, 1, {}, operands);
            gate(GateKind::kSwap, 0, {}, operands);
            return true;
        case GateKind::kEcr: {  // rzx(pi/4), x, rzx(-pi/4)
            const double angle = -std::numbers::pi / 2;
            gate(GateKind::kX, 0, {}, {&a, 1});
            gate(GateKind::kRzx, 0, {&angle, 1}, operands);
            return true;
        }
        default:
            return false;
    }
}

template <class Real>
void Register<Real>::unitary(const Matrix& matrix, int controls, Handles operands) {
    check_operands(operands);
    if (static_cast<int>(operands.size()) != matrix.qubits + controls)
        throw InternalError("Register::unitary: the matrix does not fit the operands");
    check_unitary(matrix);
    if (physical_) return physical_gate(matrix, controls, operands);
    const Handles targets = operands.subspan(controls);
    std::vector<Handle> left;
    if (!reduce(operands.first(controls), left)) return;
    if (is_diagonal(matrix)) return diagonal(left, targets, diagonal_of(matrix));
    if (matrix.qubits == 1)
        return one_target(left, targets[0], GateKind::kUnitary, two_by_two(matrix));
    many_targets(matrix, left, targets);
}

/// Multiplies by `factor` where all qubits are 1; what is held on them is diagonal.
template <class Real>
void Register<Real>::phase_where_all(std::vector<Handle> qubits, Complex factor) {
    if (std::abs(factor - 1.0) == 0) return;
    if (qubits.empty()) return state_.multiply_phase(factor);
    if (qubits.size() == 1) return hold(qubits[0], {1, 0, 0, factor});
    state_.scale_where(qubits, ~std::uint64_t{0}, factor);
}

/// A diagonal gate, entries by the targets' values. Controls are reduced already.
template <class Real>
void Register<Real>::diagonal(Handles controls, Handles targets, std::span<const Complex> entries) {
    std::vector<Handle> qubits(controls.begin(), controls.end());
    phase_where_all(qubits, entries[0]);
    if (targets.empty()) return;
    if (targets.size() == 1) {
        const Handle t = targets[0];
        if (controls.empty()) return hold(t, {1, 0, 0, entries[1] / entries[0]});
        settle(t);
        if (!state_.frame().definite(t))
            qubits.push_back(t);
        else if (!state_.frame().value(t))
            return;
        return phase_where_all(qubits, entries[1] / entries[0]);
    }
    for (const Handle t : targets) settle(t);
    qubits.insert(qubits.end(), targets.begin(), targets.end());
    const std::uint64_t on = (std::uint64_t{1} << controls.size()) - 1;
    for (std::uint64_t k = 1; k < entries.size(); ++k)
        if (std::abs(entries[k] - entries[0]) > 0)
            state_.scale_where(qubits, on | k << controls.size(), entries[k] / entries[0]);
}

/// exp(-i angle/2 Z Z).
template <class Real>
void Register<Real>::parity_phase(Handles controls, Handle a, Handle b, double angle) {
    settle(a);
    settle(b);
    phase_where_all({controls.begin(), controls.end()}, std::polar(1.0, -angle / 2));
    const Complex factor = std::polar(1.0, angle);
    if (!controls.empty()) return state_.scale_where_differ(controls, a, b, factor);
    const auto& frame = state_.frame();
    if (frame.definite(a)) std::swap(a, b);
    if (!frame.definite(b)) return state_.scale_where_differ({}, a, b, factor);
    if (!frame.value(b))
        hold(a, {1, 0, 0, factor});
    else
        hold(a, {factor, 0, 0, 1});
}

/// What a Pauli on `h` is on the qubit before the gate held on it.
template <class Real>
std::optional<SignedPauli> Register<Real>::under_held(Handle h, Axis pauli) const {
    if (pending_[h].held == Held::kNothing) return SignedPauli{pauli};
    return conjugated(pending_[h].matrix, pauli);
}

/// As under_held(); a gate that is no Clifford gate is applied first.
template <class Real>
SignedPauli Register<Real>::see_pauli(Handle h, Axis pauli) {
    const auto seen = under_held(h, pauli);
    if (seen) return *seen;
    flush(h);
    return {pauli};
}

/// Writes half of a lone Bell pair, or a lone qubit in |+> or |->, in the X basis, with H held on
/// it; false when `h` is neither.
template <class Real>
bool Register<Real>::change_basis(Handle h) {
    const auto partner = state_.change_basis(h);
    if (!partner) return false;
    constexpr double r = std::numbers::sqrt2 / 2;
    for (const Handle half : {h, *partner}) {
        Pending& pending = pending_[half];
        pending.matrix = multiply(pending.matrix, {r, r, r, -r});
        pending.held = Held::kGeneral;
        simplify(half);
        if (half == *partner) break;
    }
    return true;
}

/// A Pauli under one control. With A and B what Z on the control and the Pauli on the target are
/// below the gates held on them, it is (1 + A + B - AB)/2 there, the same for both qubits.
template <class Real>
void Register<Real>::controlled_pauli_gate(Handle control, Handle target, Axis pauli) {
    SignedPauli a = see_pauli(control, Axis::kZ), b = see_pauli(target, pauli);
    // Z with X is free; so is what a change of basis of one qubit makes that. X with X is better
    // settled when the control has an axis of its own: what is held there must come some time.
    const bool alike = a.axis == b.axis && a.axis != Axis::kY &&
                       !state_.frame().definite(control) && !state_.frame().definite(target);
    if (alike && (a.axis == Axis::kZ || state_.dependent(control)) &&
        (change_basis(control) || change_basis(target))) {
        a = see_pauli(control, Axis::kZ);
        b = see_pauli(target, pauli);
    }
    // Otherwise only Z with Z, and Z with X, are simple; a qubit that no other hangs on is settled
    // for less.
    const auto simple = [&] {
        return (a.axis == Axis::kZ && b.axis != Axis::kY) ||
               (b.axis == Axis::kZ && a.axis != Axis::kY);
    };
    if (!simple() && state_.frame().definite(target)) {
        flush(target);
        b = {pauli};
    }
    if (!simple() && a.axis != Axis::kZ) {
        flush(control);
        a = {Axis::kZ};
    }
    if (!simple()) {
        flush(target);
        b = {pauli};
    }
    if (a.axis == Axis::kZ && b.axis == Axis::kZ)
        return sign_where(control, !a.negative, target, !b.negative);
    if (a.axis == Axis::kZ && b.axis == Axis::kX) return flip_if(control, a, target, b.negative);
    if (a.axis == Axis::kX && b.axis == Axis::kZ) return flip_if(target, b, control, a.negative);
    sign_where(control, true, target, true);  // Y = i X Z; what is held is diagonal
    flip_if(control, a, target, false);
    hold(control, {1, 0, 0, kI});
}

/// X on `target`, or -X when `negative`, where `on` is -1 on `h`; below what is held.
template <class Real>
void Register<Real>::flip_if(Handle h, SignedPauli on, Handle target, bool negative) {
    state_.controlled_flip(h, target);
    if (negative) state_.sign(h);
    if (!on.negative) return;
    state_.flip(target);  // the other half of the cases is meant
    if (negative) state_.multiply_phase(-1);
}

/// -1 where a and b have these values; below what is held.
template <class Real>
void Register<Real>::sign_where(Handle a, bool a_value, Handle b, bool b_value) {
    const AffineFrame& frame = state_.frame();
    if (frame.definite(a)) {
        std::swap(a, b);
        std::swap(a_value, b_value);
    }
    if (!frame.definite(b)) {
        const std::uint64_t pattern = std::uint64_t{a_value} | std::uint64_t{b_value} << 1;
        return state_.scale_where(std::array{a, b}, pattern, -1);
    }
    if (frame.value(b) != b_value) return;
    state_.sign(a);
    if (!a_value) state_.multiply_phase(-1);
}

template <class Real>
void Register<Real>::controlled_swap(Handles controls, Handle a, Handle b) {
    if (controls.empty()) {
        state_.swap(a, b);
        return std::swap(pending_[a], pending_[b]);
    }
    controlled_pauli_gate(b, a, Axis::kX);
    std::vector<Handle> both(controls.begin(), controls.end());
    both.push_back(a);
    std::vector<Handle> left;
    if (reduce(both, left)) one_target(left, b, GateKind::kX, kX);
    controlled_pauli_gate(b, a, Axis::kX);
}

template <class Real>
void Register<Real>::one_target(Handles controls, Handle target, GateKind kind,
                                const Matrix2& matrix) {
    if (controls.empty()) return hold(target, matrix);
    if (const auto pauli = controlled_pauli(kind, static_cast<int>(controls.size()), {}))
        return controlled_pauli_gate(controls[0], target, *pauli);
    flush(target);
    state_.controlled_apply(controls, target, matrix);
}

template <class Real>
void Register<Real>::many_targets(const Matrix& matrix, Handles controls, Handles targets) {
    for (const Handle t : targets) flush(t);
    state_.apply(matrix, controls, targets);
}

// Measurement.

/// Measures a qubit that is zero|0> + one|1> and entangled with nothing.
template <class Real>
bool Register<Real>::measure_product(Handle h, Complex zero, Complex one, double uniform) {
    const double probability = std::norm(one) / (std::norm(zero) + std::norm(one));
    const bool outcome = uniform < probability;
    last_probability_ = outcome ? probability : 1 - probability;
    const Complex kept = outcome ? one : zero;
    state_.multiply_phase(kept / std::abs(kept));
    if (state_.frame().value(h) != outcome) state_.flip(h);
    return outcome;
}

/// Measures a qubit that holds a general gate back, without applying it where possible.
template <class Real>
bool Register<Real>::measure_general(Handle h, double uniform) {
    const Matrix2 m = pending_[h].matrix;
    if (state_.frame().definite(h)) {
        pending_[h] = {};
        const std::size_t column = state_.frame().value(h) ? 1 : 0;
        return measure_product(h, m[column], m[2 + column], uniform);
    }
    bool minus = false;
    if (state_.take_x_state(h, minus)) {
        pending_[h] = {};
        const double s = minus ? -1 : 1;
        return measure_product(h, m[0] + s * m[1], m[2] + s * m[3], uniform);
    }
    const bool equatorial = std::abs(std::norm(m[0]) - 0.5) < kTiny;
    if (equatorial && state_.dependent(h)) {
        pending_[h] = {};
        last_probability_ = 0.5;
        const bool outcome = uniform < 0.5;
        const std::size_t row = outcome ? 2 : 0;
        state_.multiply_phase(m[row] / std::abs(m[row]));
        state_.disentangle(h, m[row + 1] / m[row], outcome);
        return outcome;
    }
    flush(h);
    return state_.measure(h, uniform, last_probability_);
}

template <class Real>
bool Register<Real>::measure(Handle h, double uniform) {
    check_operands({&h, 1});
    if (pending_[h].held == Held::kGeneral) return measure_general(h, uniform);
    const Pending pending = std::exchange(pending_[h], {});
    const bool outcome = state_.measure(h, uniform, last_probability_);
    if (pending.held == Held::kDiagonal) state_.multiply_phase(pending.matrix[outcome ? 3 : 0]);
    return outcome;
}

template <class Real>
bool Register<Real>::reset(Handle h, double uniform) {
    const bool outcome = measure(h, uniform);
    if (outcome) state_.flip(h);
    return outcome;
}

template <class Real>
double Register<Real>::probability(Handle h) {
    check_operands({&h, 1});
    settle(h);
    return state_.probability_of_one(h);
}

template <class Real>
void Register<Real>::load(Handles handles,
                          const std::function<void(std::uint64_t, std::span<Complex>)>& read) {
    check_operands(handles);
    if (handles.size() != pending_.size() || !indefinite().empty())
        throw InternalError("Register::load: the qubits are in use");
    for (const Handle h : handles) flush(h);
    state_.load(handles, read);
}

template <class Real>
void Register<Real>::settle_all(Handles handles) {
    check_operands(handles);
    for (const Handle h : indefinite())
        if (std::ranges::find(handles, h) == handles.end()) collapse_if_known(h);
    for (Handle h = 0; h < pending_.size(); ++h) flush(h);
    std::vector<bool> listed(pending_.size());
    for (const Handle h : handles) listed[h] = true;
    for (const Handle h : state_.frame().bound())
        if (!listed[h])
            throw InputError("qubit " + std::to_string(h) +
                             " is not measured, so the other qubits have no state of their own");
}

template <class Real>
std::vector<Complex> Register<Real>::amplitudes(Handles handles) {
    if (handles.size() > 40)
        throw ResourceError("amplitudes of " + std::to_string(handles.size()) +
                            " qubits are more than any machine holds");
    settle_all(handles);
    state_.make_all_real();
    const AffineFrame& frame = state_.frame();
    const std::uint64_t bytes = sizeof(Complex) << handles.size();
    if (bytes > available_memory_bytes())
        throw ResourceError("the amplitudes of " + std::to_string(handles.size()) +
                            " qubits need " + bytes_text(bytes) + ", and " +
                            bytes_text(available_memory_bytes()) + " are available");
    std::vector<Complex> result(std::size_t{1} << handles.size());
    constexpr std::uint64_t kTogether = 1 << 14;
    std::vector<std::uint64_t> where(std::min(state_.state().size(), kTogether));
    std::vector<Complex> stored(where.size());
    for (std::uint64_t x = 0; x < state_.state().size(); ++x) {
        if (x % kTogether == 0) {
            std::iota(where.begin(), where.end(), x);
            state_.state().read(where, stored);
        }
        std::uint64_t index = 0;
        for (std::size_t k = 0; k < handles.size(); ++k) {
            const bool bit =
                odd_parity(frame.mask(handles[k]).axes() & x) != frame.value(handles[k]);
            index |= std::uint64_t{bit} << k;
        }
        const Complex amplitude = state_.phase() * stored[x % kTogether];
        result[index] = odd_parity(frame.signs().axes() & x) ? -amplitude : amplitude;
    }
    return result;
}

template class Register<float>;
template class Register<double>;

}  // namespace carillon::engine
