// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace carillon {

using Complex = std::complex<double>;

/// A base gate. `cx` is kX with one control, `ccx` kX with two, `cp` kP with one: controls are
/// counted beside the base (see GateName), so there is one entry for every family.
enum class GateKind : std::uint8_t {
    kGphase,  ///< no target: multiplies by e^{i p0}; with n controls it is the phase on |1...1>
    kId,
    kX,
    kY,
    kZ,
    kH,
    kS,
    kSdg,
    kT,
    kTdg,
    kSx,
    kSxdg,
    kP,  ///< diag(1, e^{i p0})
    kRx,
    kRy,
    kRz,
    kU,   ///< OpenQASM 3 `U`: e^{i p0/2} times kU3
    kU3,  ///< [[cos, -e^{i p2} sin], [e^{i p1} sin, e^{i(p1+p2)} cos]] of p0/2 (`qelib1.inc` u3)
    kSwap,
    kIswap,
    kEcr,
    kRxx,
    kRyy,
    kRzz,
    kRzx,
    kUnitary,  ///< an explicit matrix kept in Circuit::matrices
};

/// One row of the gate table.
struct GateInfo {
    GateKind kind;
    std::string_view name;  ///< OpenQASM name without controls
    int targets;
    int params;
    bool diagonal;  ///< the matrix is diagonal for every parameter value
    bool clifford;  ///< a Clifford gate without controls, whatever its parameters
    std::uint32_t
        diagonal_on;  ///< bit t set: the gate is block diagonal on target t (commutes with Z there)
};

/// The row of `kind`.
const GateInfo& gate_info(GateKind kind);

/// A gate as people name it: base gate plus number of controls.
struct GateName {
    GateKind kind;
    int controls;
};

/// What `name` ("cx", "ccx", "u3", "cu1", "p" ...) means, or nothing when no built-in gate has that
/// name. Aliases (u1, cu1, cphase, phase, CX, u, id0 ...) resolve to their family. u2, cu and cu3
/// are not single table rows: readers expand them.
std::optional<GateName> find_gate(std::string_view name);

/// Standard name of a base gate with controls ("cx", "ccx", "cp"), or empty when there is none.
std::string_view standard_name(GateKind kind, int controls);

/// Square matrix, row major. Operand 0 is the least significant bit of the row and column index.
struct Matrix {
    int qubits = 0;
    std::vector<Complex> data;

    std::size_t dim() const { return std::size_t{1} << qubits; }
    Complex& operator()(std::size_t row, std::size_t col) { return data[row * dim() + col]; }
    Complex operator()(std::size_t row, std::size_t col) const { return data[row * dim() + col]; }

    static Matrix identity(int qubits);
};

/// a * b.
Matrix multiply(const Matrix& a, const Matrix& b);
/// Conjugate transpose.
Matrix adjoint(const Matrix& a);
/// Largest |a - e^{i phi} b| over the entries, for the best global phase phi.
double distance_up_to_phase(const Matrix& a, const Matrix& b);

/// Matrix of a base gate (targets only). kUnitary has none here.
///
/// Args:
///     params: gate_info(kind).params angles in radians.
Matrix gate_matrix(GateKind kind, std::span<const double> params);

/// Matrix of `base` with `controls` more operands in front: operands 0..controls-1 are the
/// controls.
Matrix add_controls(const Matrix& base, int controls);

/// The inverse of a parametrised base gate as another table row with parameters; kUnitary has none
/// here.
struct InverseGate {
    GateKind kind;
    std::vector<double> params;
};
InverseGate inverse_gate(GateKind kind, std::span<const double> params);

}  // namespace carillon
