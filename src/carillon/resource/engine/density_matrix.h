// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/channel.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {

/// The density matrix of a number of qubits: exact under noise, 4^qubits numbers.
///
/// It is a state of twice as many axes: entry (row, column) stands at index row + (column <<
/// qubits), so that axis q is the row bit of qubit q and axis qubits + q its column bit. A gate is
/// its matrix on the row axes and the conjugate on the column axes; a channel is a superoperator on
/// both. Gates and channels on one or two qubits wait for what follows on the same qubits, so that
/// a gate and its noise become one superoperator.
///
/// Worked case: X with probability p on |0>. The superoperator has rows (0,0), (1,0), (0,1), (1,1);
/// it takes the state (1, 0, 0, 0) to (1 - p, 0, 0, p): the populations of a coin.
template <class Real>
class DensityMatrix {
  public:
    /// |0...0>.
    ///
    /// Throws: ResourceError when it does not fit, with the number of qubits that would.
    explicit DensityMatrix(int qubits, const StateOptions& options = {});

    int qubits() const { return qubits_; }
    std::uint64_t bytes() const { return bytes_for(qubits_); }
    static std::uint64_t bytes_for(int qubits) { return StateVector<Real>::bytes_for(2 * qubits); }
    /// Largest number of qubits whose density matrix fits in `bytes`.
    static int fits(std::uint64_t bytes);
    /// Passes over the matrix so far.
    std::uint64_t passes() const;

    /// Becomes |state><state|; the amplitudes are taken as they are.
    void set_pure(std::span<const Complex> amplitudes);
    Complex entry(std::uint64_t row, std::uint64_t column) const;
    /// All entries, for small matrices.
    Matrix matrix() const;

    /// A gate of the gate table; the first `controls` qubits are controls. Throws: InputError when
    /// an angle is not finite or a qubit is given twice.
    void gate(GateKind kind, int controls, std::span<const double> angles, std::span<const int> on);
    /// A custom gate. Throws: InputError when it is not unitary.
    void unitary(const Matrix& matrix, int controls, std::span<const int> on);
    void apply(const Channel& channel, std::span<const int> on);
    /// depolarizing() on any number of qubits; takes a second matrix when they are more than two.
    void depolarize(double p, std::span<const int> on);
    void reset(int qubit) { apply(reset_channel(), {&qubit, 1}); }
    /// A measurement whose outcome nobody looks at.
    void dephase(int qubit) { apply(dephase_channel(), {&qubit, 1}); }

    /// Probability that `qubit` is measured as 1.
    double probability(int qubit) const;
    /// Probabilities of the outcomes of measuring qubits, the first the least significant bit.
    std::vector<double> probabilities(std::span<const int> measured) const;
    /// Keeps the part where `qubit` is `value`, normalised. Returns: its probability.
    ///
    /// Throws: InputError when it cannot happen.
    double project(int qubit, bool value);

    double trace() const;
    /// Tr(rho^2).
    double purity() const;
    /// <state|rho|state>.
    double fidelity(std::span<const Complex> state) const;
    /// Tr(P rho) of the Pauli string with X on the qubits of `x`, Z on those of `z`, Y on both.
    double expectation(std::uint64_t x, std::uint64_t z) const;
    /// The density matrix of some of the qubits, the first of them its qubit 0.
    DensityMatrix partial_trace(std::span<const int> kept) const;

    /// Adds factor * other: mixtures, and branches that come together.
    void add(double factor, const DensityMatrix& other);
    void scale(double factor);

  private:
    /// What waits on one or two qubits: a unitary, or a superoperator once noise came.
    struct Held {
        std::vector<int> on;
        bool channel = false;
        Matrix matrix{};  ///< unitary on one qubit or of kUnitary; or the superoperator
        GateKind kind = GateKind::kUnitary;
        int controls = 0;
        std::vector<double> angles{};
        std::vector<Held> before{};  ///< on single qubits, earlier than this gate on two
    };

    void check_operands(std::span<const int> on) const;
    void add_gate(Held gate);
    void emit(const Held& held) const;
    void emit_on(int qubit) const;
    Held take(int qubit) const;
    static Channel as_channel(const Held& held);
    void make_channel(Held& held) const;
    std::size_t holder(int qubit) const { return holder_[static_cast<std::size_t>(qubit)]; }
    void hold(Held held) const;
    void flush() const;

    static constexpr std::size_t kNone = ~std::size_t{0};

    int qubits_;
    StateOptions options_;
    mutable StateVector<Real> state_;
    mutable std::vector<Held> held_;
    mutable std::vector<std::size_t> holder_;  ///< by qubit: index into held_
};

extern template class DensityMatrix<float>;
extern template class DensityMatrix<double>;

}  // namespace carillon::engine
