// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/bounds/bound.h"

#include "carillon/base/error.h"

namespace carillon {

std::string scope_name(BoundScope scope) {
    return scope == BoundScope::kAny ? "any placement" : "placements without moves or kept copies";
}

LowerBound greater(const LowerBound& a, const LowerBound& b) {
    return b.cost > a.cost ? b : a;
}

void check_bound(const LowerBound& bound, std::int64_t cost) {
    if (bound.cost <= cost) return;
    throw InternalError("the lower bound " + std::to_string(bound.cost) + " (" + bound.method +
                        ") is above a placement's cost, " + std::to_string(cost));
}

double optimality_gap(std::int64_t bound, std::int64_t cost) {
    return cost > 0 ? 1 - static_cast<double>(bound) / static_cast<double>(cost) : 0;
}

}  // namespace carillon
