// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/density_matrix.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/engine/apply_gate.h"
#include "carillon/resource/engine/memory.h"

namespace carillon::engine {

namespace {

constexpr int kMaxQubits = 24;

template <class Real>
void check_fits(int qubits, std::uint64_t copies, const StateOptions& options) {
    const bool representable = qubits <= kMaxQubits;
    const std::uint64_t limit =
        options.max_memory_bytes != 0 ? options.max_memory_bytes : available_memory_bytes();
    const std::uint64_t needed =
        representable ? copies * DensityMatrix<Real>::bytes_for(qubits) : ~std::uint64_t{0};
    if (needed <= limit) return;
    const int fits = DensityMatrix<Real>::fits(limit / copies);
    std::string message =
        "a density matrix of " + std::to_string(qubits) + " qubits in " +
        (sizeof(Real) == 4 ? "single" : "double") + " precision needs " +
        (representable ? bytes_text(needed) : "more memory than any machine has") +
        (copies > 1 ? " with the copies for this" : "") + ", and " + bytes_text(limit) +
        (options.max_memory_bytes != 0 ? " are allowed" : " are available") + "; " +
        std::to_string(fits) + " qubits would fit";
    if (sizeof(Real) == 8) message += ", single precision needs half";
    throw ResourceError(message);
}

/// The superoperator with its operands in the order of `wanted` instead of `given`.
Channel in_order(const Channel& channel, std::span<const int> given, std::span<const int> wanted) {
    if (channel.qubits == 1 || given[0] == wanted[0]) return channel;
    const auto exchanged = [](std::size_t i) {
        return (i & 5) << 1 | (i >> 1 & 5);  // bits 0 and 1 are the row, 2 and 3 the column
    };
    Channel result = channel;
    for (std::size_t row = 0; row < 16; ++row)
        for (std::size_t col = 0; col < 16; ++col)
            result.superoperator(exchanged(row), exchanged(col)) = channel.superoperator(row, col);
    return result;
}

}  // namespace

template <class Real>
DensityMatrix<Real>::DensityMatrix(int qubits, const StateOptions& options)
    : qubits_(qubits),
      options_(options),
      state_(options),
      holder_(static_cast<std::size_t>(std::max(qubits, 0)), kNone) {
    if (qubits < 0) throw InternalError("DensityMatrix: a negative number of qubits");
    check_fits<Real>(qubits, 1, options);
    state_.reset(2 * qubits);
}

template <class Real>
int DensityMatrix<Real>::fits(std::uint64_t bytes) {
    int qubits = kMaxQubits;
    while (qubits > 0 && bytes_for(qubits) > bytes) --qubits;
    return qubits;
}

template <class Real>
std::uint64_t DensityMatrix<Real>::passes() const {
    flush();
    return state_.passes();
}

// Gates and channels held back.

template <class Real>
void DensityMatrix<Real>::check_operands(std::span<const int> on) const {
    for (std::size_t k = 0; k < on.size(); ++k) {
        if (on[k] < 0 || on[k] >= qubits_)
            throw InternalError("DensityMatrix: there is no qubit " + std::to_string(on[k]));
        for (std::size_t j = 0; j < k; ++j)
            if (on[j] == on[k]) throw InputError("a gate or channel is given the same qubit twice");
    }
}

template <class Real>
void DensityMatrix<Real>::hold(Held held) const {
    if (held_.size() > 4 * holder_.size() + 16) {  // mostly places of what was emitted
        std::erase_if(held_, [](const Held& h) { return h.on.empty(); });
        for (std::size_t k = 0; k < held_.size(); ++k)
            for (const int q : held_[k].on) holder_[static_cast<std::size_t>(q)] = k;
    }
    for (const int q : held.on) holder_[static_cast<std::size_t>(q)] = held_.size();
    held_.push_back(std::move(held));
}

/// What waits on `qubit`, which then waits no more; its place stays empty until flush().
template <class Real>
auto DensityMatrix<Real>::take(int qubit) const -> Held {
    Held held = std::exchange(held_[holder(qubit)], {});
    for (const int q : held.on) holder_[static_cast<std::size_t>(q)] = kNone;
    return held;
}

template <class Real>
void DensityMatrix<Real>::emit(const Held& held) const {
    for (const Held& h : held.before) emit(h);
    std::vector<int> columns;
    for (const int q : held.on) columns.push_back(q + qubits_);
    if (held.channel) {
        std::vector<int> axes = held.on;
        axes.insert(axes.end(), columns.begin(), columns.end());
        state_.apply(held.matrix, axes);
    } else if (held.kind == GateKind::kUnitary) {
        apply_matrix(state_, held.matrix, held.controls, held.on);
        apply_matrix(state_, conjugate(held.matrix), held.controls, columns);
    } else {
        apply_gate(state_, held.kind, held.controls, held.angles, held.on);
        apply_gate(state_, held.kind, held.controls, held.angles, columns, true);
    }
}

template <class Real>
void DensityMatrix<Real>::emit_on(int qubit) const {
    if (holder(qubit) != kNone) emit(take(qubit));
}

template <class Real>
void DensityMatrix<Real>::flush() const {
    if (held_.empty()) return;
    for (const Held& held : held_)
        if (!held.on.empty()) emit(held);
    held_.clear();
    std::fill(holder_.begin(), holder_.end(), kNone);
}

template <class Real>
Channel DensityMatrix<Real>::as_channel(const Held& held) {
    const int qubits = static_cast<int>(held.on.size());
    if (held.channel) return {qubits, held.matrix};
    const Matrix base =
        held.kind == GateKind::kUnitary ? held.matrix : gate_matrix(held.kind, held.angles);
    Channel channel = unitary_channel(add_controls(base, held.controls));
    for (const Held& h : held.before)
        channel = then(on_operand(as_channel(h), h.on[0] == held.on[0] ? 0 : 1), channel);
    return channel;
}

template <class Real>
void DensityMatrix<Real>::make_channel(Held& held) const {
    if (held.channel) return;
    held.matrix = as_channel(held).superoperator;
    held.channel = true;
    held.before.clear();
}

/// A gate on any number of qubits.
template <class Real>
void DensityMatrix<Real>::add_gate(Held gate) {
    check_operands(gate.on);
    if (gate.on.empty()) return;  // a global phase
    if (gate.on.size() > 2) {
        for (const int q : gate.on) emit_on(q);
        return emit(gate);
    }
    const int first = gate.on.front(), last = gate.on.back();
    const std::size_t same = holder(first) == holder(last) ? holder(first) : kNone;
    if (gate.on.size() == 1) {
        const Matrix base =
            gate.kind == GateKind::kUnitary ? gate.matrix : gate_matrix(gate.kind, gate.angles);
        Held one{.on = gate.on, .matrix = add_controls(base, gate.controls)};
        if (same == kNone) return hold(std::move(one));
        Held& held = held_[same];
        if (held.channel) return apply(unitary_channel(one.matrix), one.on);
        if (held.on.size() == 1) {
            held.matrix = multiply(one.matrix, held.matrix);
            return;
        }
        emit_on(first);
        return hold(std::move(one));
    }
    if (same != kNone && held_[same].channel && held_[same].on.size() == 2)
        return apply(as_channel(gate), gate.on);
    for (const int q : gate.on) {
        if (holder(q) == kNone) continue;
        if (held_[holder(q)].on.size() == 2)
            emit_on(q);
        else
            gate.before.push_back(take(q));
    }
    hold(std::move(gate));
}

template <class Real>
void DensityMatrix<Real>::gate(GateKind kind, int controls, std::span<const double> angles,
                               std::span<const int> on) {
    const GateInfo& info = gate_info(kind);
    if (static_cast<int>(on.size()) != info.targets + controls)
        throw InternalError("DensityMatrix::gate: wrong number of operands for " +
                            std::string(info.name));
    check_angles(info.name, angles);
    if (kind == GateKind::kId) return check_operands(on);
    Held gate{.on = {on.begin(), on.end()}, .kind = kind, .controls = controls};
    gate.angles.assign(angles.begin(), angles.end());
    if (kind == GateKind::kGphase && controls > 0)  // a phase on its last operand
        gate.kind = GateKind::kP, --gate.controls;
    add_gate(std::move(gate));
}

template <class Real>
void DensityMatrix<Real>::unitary(const Matrix& matrix, int controls, std::span<const int> on) {
    if (static_cast<int>(on.size()) != matrix.qubits + controls)
        throw InternalError("DensityMatrix::unitary: the matrix does not fit the operands");
    check_unitary(matrix);
    add_gate({.on = {on.begin(), on.end()}, .matrix = matrix, .controls = controls});
}

template <class Real>
void DensityMatrix<Real>::apply(const Channel& channel, std::span<const int> on) {
    if (channel.qubits != static_cast<int>(on.size()) ||
        channel.superoperator.qubits != 2 * channel.qubits)
        throw InternalError("DensityMatrix::apply: the channel does not fit the operands");
    check_operands(on);
    Held alone{.on = {on.begin(), on.end()}, .channel = true, .matrix = channel.superoperator};
    if (on.size() > 2) {
        for (const int q : on) emit_on(q);
        return emit(alone);
    }
    const std::size_t same = holder(on.front()) == holder(on.back()) ? holder(on.front()) : kNone;
    if (same != kNone && (held_[same].on.size() == on.size() || on.size() == 1)) {
        Held& held = held_[same];
        make_channel(held);
        const Channel more = held.on.size() == on.size()
                                 ? in_order(channel, on, held.on)
                                 : on_operand(channel, held.on[0] == on[0] ? 0 : 1);
        held.matrix = multiply(more.superoperator, held.matrix);
        return;
    }
    for (std::size_t k = 0; k < on.size(); ++k) {  // two qubits with nothing in common yet
        if (holder(on[k]) == kNone) continue;
        if (held_[holder(on[k])].on.size() == 2) {
            emit_on(on[k]);
            continue;
        }
        const Channel before = on_operand(as_channel(take(on[k])), static_cast<int>(k));
        alone.matrix = multiply(alone.matrix, before.superoperator);
    }
    hold(std::move(alone));
}

template <class Real>
void DensityMatrix<Real>::depolarize(double p, std::span<const int> on) {
    if (on.size() <= 2) return apply(depolarizing(static_cast<int>(on.size()), p), on);
    check_operands(on);
    if (!(p >= 0 && p <= 1))
        throw InputError("a depolarizing probability on many qubits must be from 0 to 1");
    check_fits<Real>(qubits_, 2, options_);
    DensityMatrix mixed = *this;
    for (const int q : on) mixed.apply(depolarizing(1, 1), {&q, 1});
    scale(1 - p);
    add(p, mixed);
}

// Reading.

template <class Real>
void DensityMatrix<Real>::set_pure(std::span<const Complex> amplitudes) {
    const std::uint64_t dim = std::uint64_t{1} << qubits_;
    if (amplitudes.size() != dim)
        throw InternalError("DensityMatrix::set_pure: wrong number of amplitudes");
    flush();
    for (std::uint64_t column = 0; column < dim; ++column)
        for (std::uint64_t row = 0; row < dim; ++row)
            state_.set_amplitude(row | column << qubits_,
                                 amplitudes[row] * std::conj(amplitudes[column]));
}

template <class Real>
Complex DensityMatrix<Real>::entry(std::uint64_t row, std::uint64_t column) const {
    flush();
    return state_.amplitude(row | column << qubits_);
}

template <class Real>
Matrix DensityMatrix<Real>::matrix() const {
    Matrix m = Matrix::identity(qubits_);
    for (std::size_t row = 0; row < m.dim(); ++row)
        for (std::size_t column = 0; column < m.dim(); ++column)
            m(row, column) = entry(row, column);
    return m;
}

template <class Real>
double DensityMatrix<Real>::probability(int qubit) const {
    return probabilities({&qubit, 1})[1];
}

template <class Real>
std::vector<double> DensityMatrix<Real>::probabilities(std::span<const int> measured) const {
    check_operands(measured);
    std::vector<double> result(std::size_t{1} << measured.size());
    for (std::uint64_t i = 0; i >> qubits_ == 0; ++i) {
        std::size_t outcome = 0;
        for (std::size_t k = 0; k < measured.size(); ++k)
            outcome |= std::size_t{i >> measured[k] & 1} << k;
        result[outcome] += entry(i, i).real();
    }
    return result;
}

template <class Real>
double DensityMatrix<Real>::project(int qubit, bool value) {
    constexpr double kImpossible = sizeof(Real) == 4 ? 1e-7 : 1e-14;
    const std::vector<double> both = probabilities({&qubit, 1});
    const double p = both[value ? 1 : 0] / (both[0] + both[1]);
    if (!(p > kImpossible))
        throw InputError("qubit " + std::to_string(qubit) + " cannot be measured as " +
                         (value ? "1" : "0"));
    apply(reading(value ? 0 : 1 / both[0], value ? 1 / both[1] : 0), {&qubit, 1});
    return p;
}

template <class Real>
double DensityMatrix<Real>::trace() const {
    return probabilities({})[0];
}

template <class Real>
double DensityMatrix<Real>::purity() const {
    flush();
    return state_.weight();
}

template <class Real>
double DensityMatrix<Real>::fidelity(std::span<const Complex> state) const {
    if (state.size() != std::size_t{1} << qubits_)
        throw InternalError("DensityMatrix::fidelity: wrong number of amplitudes");
    Complex sum = 0;
    for (std::uint64_t column = 0; column < state.size(); ++column) {
        if (state[column] == Complex{}) continue;
        Complex part = 0;
        for (std::uint64_t row = 0; row < state.size(); ++row)
            part += std::conj(state[row]) * entry(row, column);
        sum += part * state[column];
    }
    return sum.real();
}

template <class Real>
double DensityMatrix<Real>::expectation(std::uint64_t x, std::uint64_t z) const {
    static constexpr std::array<Complex, 4> kPowers = {Complex{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    if (((x | z) >> qubits_) != 0)
        throw InternalError("DensityMatrix::expectation: a Pauli on a qubit that is not there");
    const Complex phase = kPowers[static_cast<std::size_t>(std::popcount(x & z) & 3)];
    Complex sum = 0;
    for (std::uint64_t i = 0; i >> qubits_ == 0; ++i)
        sum += (odd_parity(z & i) ? -phase : phase) * entry(i, i ^ x);
    return sum.real();
}

template <class Real>
DensityMatrix<Real> DensityMatrix<Real>::partial_trace(std::span<const int> kept) const {
    check_operands(kept);
    std::vector<int> traced;
    for (int q = 0; q < qubits_; ++q)
        if (std::find(kept.begin(), kept.end(), q) == kept.end()) traced.push_back(q);
    const auto spread = [](std::uint64_t bits, std::span<const int> to) {
        std::uint64_t result = 0;
        for (std::size_t k = 0; k < to.size(); ++k) result |= (bits >> k & 1) << to[k];
        return result;
    };
    DensityMatrix result(static_cast<int>(kept.size()), options_);
    for (std::uint64_t column = 0; column >> kept.size() == 0; ++column)
        for (std::uint64_t row = 0; row >> kept.size() == 0; ++row) {
            const std::uint64_t r = spread(row, kept), c = spread(column, kept);
            Complex sum = 0;
            for (std::uint64_t t = 0; t >> traced.size() == 0; ++t) {
                const std::uint64_t rest = spread(t, traced);
                sum += entry(r | rest, c | rest);
            }
            result.state_.set_amplitude(row | column << kept.size(), sum);
        }
    return result;
}

template <class Real>
void DensityMatrix<Real>::add(double factor, const DensityMatrix& other) {
    if (other.qubits_ != qubits_) throw InternalError("DensityMatrix::add: of different size");
    flush();
    other.flush();
    state_.add(factor, other.state_);
}

template <class Real>
void DensityMatrix<Real>::scale(double factor) {
    flush();
    state_.scale(factor);
}

template class DensityMatrix<float>;
template class DensityMatrix<double>;

}  // namespace carillon::engine
