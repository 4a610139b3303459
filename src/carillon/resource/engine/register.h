// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/affine_state.h"
#include "carillon/resource/engine/locality.h"
#include "carillon/resource/engine/pauli.h"

namespace carillon::engine {

struct RegisterOptions {
    int threads = 0;                     ///< 0: one per core
    std::uint64_t max_memory_bytes = 0;  ///< 0: what the machine has available
    bool physical = false;  ///< every qubit that left |0> is an axis of its own; no shortcuts
    bool record = false;    ///< see StateOptions
    host::Ranks* ranks = nullptr;  ///< see StateOptions
    int spread_axes = 0;           ///< see StateOptions
    SafetyOptions safety = {};     ///< see StateOptions
    Locality locality = {};
    std::shared_ptr<const DiskOptions> spill = {};  ///< see StateOptions
};

/// Qubits that are allocated, entangled, measured and used again while a program runs; they cost
/// memory only as far as they hold something that no other qubit tells.
///
/// Over AffineState, gates on one qubit are held back until something else needs the qubit. So X,
/// Z, CX, SWAP, a Bell pair, the measurement of half a pair, a cat copy and its undoing by an X
/// measurement, and their corrections take no pass over the state. A controlled Pauli that meets
/// held Clifford gates acts as the Pauli that they turn it into, so CX written as H, CZ, H is free
/// too.
///
/// Worked case, teleportation of a qubit with mask {a} by a pair with masks {r}, {r}, r free: CX
/// makes the near half {a, r}; its measurement (uniform) puts r = a xor m, so the far half is {a}
/// xor m, and the correction X^m makes it {a}. The X measurement of the source qubit, whose value
/// the far half tells, is uniform again and adds m.{a} to the signs, which Z^m takes away.
///
/// Outcomes and amplitudes are those of the physical mode up to rounding.
template <class Real>
class Register {
  public:
    using Handle = AffineFrame::Handle;

    explicit Register(const RegisterOptions& options = {});

    /// A qubit in |0>.
    Handle allocate();
    /// Gives a qubit back, which is |0> when it is allocated again.
    ///
    /// Throws: InternalError unless it was measured or reset since its last gate.
    void release(Handle h);

    /// Makes (|00> + |11>)/sqrt2 of two qubits in |0>. Throws InputError when one is not.
    void bell_pair(Handle a, Handle b);
    /// Puts what `from` holds into `to`, a qubit in |0>, and leaves |0> behind. Throws InputError
    /// when `to` is not in |0>.
    void carry(Handle from, Handle to);
    /// A gate of the gate table; the first `controls` operands are controls. Throws InputError when
    /// an angle is not finite.
    void gate(GateKind kind, int controls, std::span<const double> angles,
              std::span<const Handle> operands);
    /// An explicit matrix; its operand 0 is the first operand after the controls. Throws InputError
    /// when it is not unitary.
    void unitary(const Matrix& matrix, int controls, std::span<const Handle> operands);
    void multiply_phase(Complex factor) { state_.multiply_phase(factor); }

    /// Z measurement: 1 if `uniform`, drawn from [0, 1), is below the probability of 1.
    bool measure(Handle h, double uniform);
    /// Measures with `uniform` and sets to |0>. Returns: the outcome.
    bool reset(Handle h, double uniform);
    /// Probability that the last measurement or reset had of giving what it gave.
    double last_probability() const { return last_probability_; }
    /// Probability that `h` is measured as 1.
    double probability(Handle h);

    /// True when `h` is in |0> or |1>, as far as the register knows.
    bool definite(Handle h) const;
    /// The qubits that are not.
    std::vector<Handle> indefinite() const;

    /// Amplitudes of the listed qubits, the first the least significant bit of the index.
    ///
    /// Throws:
    ///     InputError: a qubit that is not listed is not in |0> or |1>.
    ///     ResourceError: more than memory holds.
    std::vector<Complex> amplitudes(std::span<const Handle> handles);

    /// Becomes the state whose amplitudes read(first, out) gives for indices from `first` on; the
    /// first listed qubit is the least significant bit. Nothing may have been done before, and the
    /// list is of all qubits.
    ///
    /// Throws: ResourceError when the state would not fit; what `read` throws.
    void load(std::span<const Handle> handles,
              const std::function<void(std::uint64_t first, std::span<Complex> out)>& read);

    /// Applies all that is held back, so that affine() is the whole truth about the listed qubits.
    ///
    /// Throws: InputError when a qubit that is not listed is not in |0> or |1>.
    void settle_all(std::span<const Handle> handles);
    /// What a Pauli on `h` is on affine(): below a Clifford gate that is held back; any other gate
    /// is applied first.
    SignedPauli see_pauli(Handle h, Axis pauli);
    /// Applies what is held back on `h` except for a diagonal gate, so that affine() tells the
    /// truth about its Z values.
    void settle(Handle h);
    const AffineState<Real>& affine() const { return state_; }
    /// Does what the state holds back, so that a copy need not do it again.
    void flush() const { state_.state().flush(); }

    /// The last call on a register over ranks: no rank goes on before all have come here.
    void close() { state_.close(); }

    int peak_axes() const { return state_.state().peak_axes(); }
    std::uint64_t peak_bytes() const { return state_.state().peak_bytes(); }
    std::uint64_t passes() const { return state_.state().passes(); }
    std::optional<DiskCounts> disk() const { return state_.state().disk(); }

  private:
    void collapse_if_known(Handle h);
    enum class Held : std::uint8_t { kNothing, kDiagonal, kGeneral };
    struct Pending {
        Matrix2 matrix{1, 0, 0, 1};
        Held held = Held::kNothing;
    };
    using Handles = std::span<const Handle>;

    void check_operands(Handles operands) const;
    void hold(Handle h, const Matrix2& matrix);
    void simplify(Handle h);
    void flush(Handle h);
    /// The controls that matter, or nothing when one of them is 0.
    bool reduce(Handles controls, std::vector<Handle>& left);

    bool in_phases(GateKind kind, std::span<const double> angles, Handles operands);
    void physical_gate(const Matrix& base, int controls, Handles operands);
    void diagonal(Handles controls, Handles targets, std::span<const Complex> entries);
    void phase_where_all(std::vector<Handle> qubits, Complex factor);
    void parity_phase(Handles controls, Handle a, Handle b, double angle);
    void controlled_pauli_gate(Handle control, Handle target, Axis pauli);
    std::optional<SignedPauli> under_held(Handle h, Axis pauli) const;
    bool change_basis(Handle h);
    void flip_if(Handle h, SignedPauli on, Handle target, bool negative);
    void sign_where(Handle a, bool a_value, Handle b, bool b_value);
    void controlled_swap(Handles controls, Handle a, Handle b);
    void one_target(Handles controls, Handle target, GateKind kind, const Matrix2& matrix);
    void many_targets(const Matrix& matrix, Handles controls, Handles targets);

    bool measure_product(Handle h, Complex zero, Complex one, double uniform);
    bool measure_general(Handle h, double uniform);

    bool physical_;
    AffineState<Real> state_;
    std::vector<Pending> pending_;
    std::vector<Handle> released_;
    double last_probability_ = 1;
};

extern template class Register<float>;
extern template class Register<double>;

}  // namespace carillon::engine
