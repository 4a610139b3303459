// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "carillon/language/circuit/gate.h"
#include "carillon/language/circuit/pauli_sum.h"
#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine {

/// What a Pauli is along.
using Axis = Pauli;

/// X, Y or Z with a sign.
struct SignedPauli {
    Axis axis = Axis::kZ;
    bool negative = false;
};

/// u^dagger P u when it is a signed Pauli again, as for a Clifford gate u.
std::optional<SignedPauli> conjugated(const Matrix2& u, Axis pauli);

/// The Pauli of a gate that is a Pauli under one control, whatever its name: cx, cy, cz, cp(pi),
/// and gphase(pi) under two controls.
std::optional<Axis> controlled_pauli(GateKind kind, int controls, std::span<const double> angles);

/// a * b.
Matrix2 multiply(const Matrix2& a, const Matrix2& b);

}  // namespace carillon::engine
