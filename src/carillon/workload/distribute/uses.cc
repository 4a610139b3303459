// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/uses.h"

#include <string>

#include "carillon/base/error.h"

namespace carillon {

Uses::Uses(const Interactions& interactions, const Placement& placement,
           const std::vector<bool>& folded)
    : interactions_(interactions),
      placement_(placement),
      folded_(folded),
      next_(interactions.segments.size(), kNone) {
    for (const auto& own : interactions.of_qubit)
        for (std::size_t i = 0; i + 1 < own.size(); ++i) next_[own[i]] = own[i + 1];
    for (const KeptCopy& k : placement.kept) {
        const std::string name = "a copy kept through segment " + std::to_string(k.segment);
        if (!interactions.segments[k.segment].embeddable)
            throw InternalError(name + ", which is not embeddable");
        if (next_[k.segment] == kNone || !kept(next_[k.segment]).empty())
            throw InternalError(name + " and through the one after it");
    }
}

std::uint32_t Uses::kept_operand(std::uint32_t gate) const {
    if (!any_kept()) return kNone;
    const auto& segments = interactions_.gates[gate].segments;
    for (std::uint32_t i = 0; i < segments.size(); ++i)
        if (!kept(segments[i]).empty()) return i;
    return kNone;
}

}  // namespace carillon
