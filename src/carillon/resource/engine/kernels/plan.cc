// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/kernels/plan.h"

#include <algorithm>

namespace carillon::engine::kernels {

namespace {

/// Brings conditions into reduced echelon form with lane bits leading, so that at most `lane_bits`
/// of them involve lanes and single-axis ones show. False when they contradict each other.
bool reduce(std::vector<Condition>& conditions, std::uint64_t lanes) {
    // Lane bits are moved to the top for the elimination: the leading bit is the highest one.
    const auto leading = [&](std::uint64_t mask) {
        const std::uint64_t low = mask & lanes;
        return std::bit_floor(low != 0 ? low : mask);
    };
    std::vector<Condition> basis;
    for (Condition c : conditions) {
        for (const Condition& b : basis)
            if ((c.mask & leading(b.mask)) != 0) c = {c.mask ^ b.mask, c.odd != b.odd};
        if (c.mask == 0) {
            if (c.odd) return false;
            continue;
        }
        const std::uint64_t lead = leading(c.mask);
        for (Condition& b : basis)
            if ((b.mask & lead) != 0) b = {b.mask ^ c.mask, b.odd != c.odd};
        basis.push_back(c);
    }
    conditions = std::move(basis);
    return true;
}

/// Fills `active` from the lane parts of the mixed and lane-only conditions.
void find_active_lanes(Plan& plan, int lane_bits, std::span<const Condition> with_lanes) {
    const unsigned lanes = 1U << lane_bits;
    for (unsigned row = 0; row < 1U << plan.mixed.size(); ++row) {
        for (unsigned lane = 0; lane < lanes; ++lane) {
            bool on = true;
            unsigned k = 0;
            for (const Condition& c : with_lanes) {
                const bool high = c.mask >> lane_bits != 0 && (row >> k++ & 1) != 0;
                on &= (odd_parity(c.mask & lane) != high) == c.odd;
            }
            plan.active[row] |= static_cast<std::uint16_t>(on << lane);
        }
        const unsigned all = (1U << lanes) - 1;
        plan.partial |= plan.active[row] != 0 && plan.active[row] != all;
    }
}

}  // namespace

Plan make_plan(int axes, int lane_bits, std::span<const Condition> conditions,
               std::uint64_t pivots) {
    Plan plan;
    const std::uint64_t lane_mask = (std::uint64_t{1} << lane_bits) - 1;
    std::vector<Condition> reduced(conditions.begin(), conditions.end());
    if (!reduce(reduced, lane_mask)) {
        plan.never = true;
        return plan;
    }
    std::vector<Condition> with_lanes;
    std::uint64_t skipped = pivots >> lane_bits;
    for (const Condition& c : reduced) {
        const std::uint64_t high = c.mask >> lane_bits;
        if ((c.mask & lane_mask) != 0) {
            with_lanes.push_back(c);
            if (high != 0) plan.mixed.push_back(high);
        } else if (std::has_single_bit(high)) {
            skipped |= high;
            if (c.odd) plan.fixed |= high;
        } else {
            plan.checks.push_back({high, c.odd});
        }
    }
    for (std::uint64_t rest = skipped; rest != 0; rest &= rest - 1)
        plan.inserted.push_back(std::countr_zero(rest));
    plan.unit_bits = std::max(axes - lane_bits, 0) - static_cast<int>(plan.inserted.size());
    find_active_lanes(plan, lane_bits, with_lanes);
    return plan;
}

}  // namespace carillon::engine::kernels
