// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "carillon/resource/engine/affine_frame.h"

namespace carillon::engine {

/// The other direction of an AffineFrame: from values of all qubits to the axes.
///
/// Qubits whose masks are independent, the pivots, fix the axes; what the others say must agree.
class FrameInverse {
  public:
    using Handle = AffineFrame::Handle;

    /// The frame must outlive this and not change.
    explicit FrameInverse(const AffineFrame& frame);

    /// The axes x with masks(h) . x == wanted[h] for every qubit h, or nothing when there are none.
    std::optional<AxisSet> axes_of(const std::vector<bool>& wanted) const;

    /// An axis (bit number), and the pivots whose values' parity it is.
    struct Row {
        int axis;
        AxisSet pivots;  ///< bit k for the k-th pivot
    };
    const std::vector<Row>& rows() const { return rows_; }
    const std::vector<Handle>& pivots() const { return pivots_; }

  private:
    const AffineFrame& frame_;
    std::vector<Handle> pivots_;
    std::vector<Row> rows_;
};

}  // namespace carillon::engine
