// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon::qasm {

/// A number that reads back equal: `pi / 4` where that is exactly the value, else its shortest
/// decimal form.
///
/// Throws: InputError when it is not finite.
std::string number_text(double value);

/// A type as it is declared: `int[32]`, `bool`.
std::string type_text(ScalarType type, int width);

/// Identifiers that are free in an OpenQASM program: no keyword, no standard gate, not given twice.
class NameTable {
  public:
    NameTable();
    /// `wanted`, or the nearest identifier to it that is still free.
    std::string take(std::string_view wanted);

  private:
    std::set<std::string, std::less<>> taken_;
};

/// How an expression's leaves are written.
struct ExpressionNames {
    std::function<std::string(VariableId)> variable;
    /// `count` bits from a bit on as an unsigned integer, e.g. `uint[3](c)`.
    std::function<std::string(BitId, std::uint32_t)> bits;
};

/// A classical expression. OpenQASM has no `a ? b : c`; it is written as T(a) * b + T(!a) * c.
std::string expression_text(const ExprArena& arena, ExprId root, const ExpressionNames& names);

/// The same where a bool is needed.
std::string condition_text(const ExprArena& arena, ExprId root, const ExpressionNames& names);

/// Writes OpenQASM 3 gate calls and remembers which definitions they need.
class GateWriter {
  public:
    /// Statements of one gate, without indentation or line ends; usually one. An empty result means
    /// that nothing has to be done.
    ///
    /// Args:
    ///     matrix: of a unitary, else null.
    ///     params, operands: as they stand in the text; operands start with the controls.
    /// Throws:
    ///     InputError: for a unitary on more than one qubit.
    std::vector<std::string> call(GateKind kind, int controls, const Matrix* matrix,
                                  std::span<const std::string> params,
                                  std::span<const std::string> operands);

    /// Definitions of the gates that the standard library lacks, each ending in a line end.
    std::string definitions() const;

  private:
    std::set<GateKind> used_;
};

/// Definition of a gate that stdgates.inc lacks, or empty when it needs none.
std::string_view gate_definition(GateKind kind);

/// delta, theta, phi, lambda with m = e^{i delta} U(theta, phi, lambda) as OpenQASM 3 defines U.
struct UAngles {
    double delta, theta, phi, lambda;
};
UAngles u_angles(const Matrix& m);

}  // namespace carillon::qasm
