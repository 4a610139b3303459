// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/network/network.h"

namespace carillon {

/// One gate of a native sequence; operands are positions in the operand list of the gate it came
/// from.
struct NativeGate {
    GateKind kind = GateKind::kId;
    int controls = 0;
    std::vector<int> operands;
    std::vector<double> params;
};

/// The gates a QPU runs, and how every other gate is written with them.
class NativeSet {
  public:
    /// Throws: InputError naming the node when its native gates cannot express every gate.
    explicit NativeSet(const Node& node);

    bool everything() const { return everything_; }
    bool has(GateKind kind, int controls) const;
    /// Native gates equal to the gate up to global phase.
    std::vector<NativeGate> express(GateKind kind, int controls,
                                    std::span<const double> params) const;

  private:
    using Sequence = std::vector<NativeGate>;
    void one_qubit(Sequence& out, int qubit, const Matrix& m) const;
    void cx(Sequence& out, int control, int target) const;
    void cz(Sequence& out, int a, int b) const;
    void cp(Sequence& out, int a, int b, double angle) const;
    /// e^{i angle} where all of `qubits` are 1, by parities along a Gray code.
    void phase(Sequence& out, const std::vector<int>& qubits, double angle) const;

    enum class Entangler { kCz, kCx, kRzz, kRxx, kEcr };
    enum class Rotation { kU3, kU, kRzSx, kRzRx, kRzRy, kRxRy };
    bool everything_ = false;
    std::vector<std::pair<GateKind, int>> gates_;
    Entangler entangler_ = Entangler::kCz;
    Rotation rotation_ = Rotation::kU3;
    GateKind z_rotation_ = GateKind::kRz;
};

}  // namespace carillon
