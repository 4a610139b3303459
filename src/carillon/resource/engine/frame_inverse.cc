// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/frame_inverse.h"

#include "carillon/base/error.h"

namespace carillon::engine {

FrameInverse::FrameInverse(const AffineFrame& frame) : frame_(frame) {
    struct Reduced {
        AxisSet mask, pivots;
    };
    std::vector<Reduced> reduced;  // each with a highest axis that no other has
    const auto add = [](Reduced& to, const Reduced& row) {
        to.mask ^= row.mask;
        to.pivots ^= row.pivots;
    };
    for (const Handle h : frame.bound()) {
        Reduced row{frame.mask(h), AxisSet::single(static_cast<int>(pivots_.size()))};
        for (const Reduced& r : reduced)
            if (row.mask.has(r.mask.highest())) add(row, r);
        if (row.mask.empty()) continue;
        for (Reduced& r : reduced)
            if (r.mask.has(row.mask.highest())) add(r, row);
        reduced.push_back(row);
        pivots_.push_back(h);
    }
    // All masks together span the axes in use, so that every reduced mask is one axis.
    for (const Reduced& r : reduced) {
        if (r.mask != AxisSet::single(r.mask.highest()))
            throw InternalError("FrameInverse: the masks do not span the axes");
        rows_.push_back({r.mask.highest(), r.pivots});
    }
}

std::optional<AxisSet> FrameInverse::axes_of(const std::vector<bool>& wanted) const {
    AxisSet values, axes;
    for (std::size_t k = 0; k < pivots_.size(); ++k)
        if (wanted[pivots_[k]]) values.flip(static_cast<int>(k));
    for (const Row& row : rows_)
        if (row.pivots.dot(values)) axes.flip(row.axis);
    for (Handle h = 0; h < wanted.size(); ++h)
        if (frame_.mask(h).dot(axes) != wanted[h]) return std::nullopt;
    return axes;
}

}  // namespace carillon::engine
