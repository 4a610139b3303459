// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/bounds/bound.h"

#include "carillon/base/error.h"

namespace carillon {

std::string scope_name(BoundScope scope) {
    switch (scope) {
        case BoundScope::kAny:
            return "any placement";
        case BoundScope::kStatic:
            return "placements without moves or kept copies";
        case BoundScope::kStaticUnfolded:
            return "placements without moves, kept copies or folded gates";
    }
    throw InternalError("a bound of unknown scope");
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
