// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace carillon {

/// For which placements a lower bound holds.
enum class BoundScope : std::uint8_t {
    kStaticUnfolded,  ///< as kStatic, and every gate on three or more qubits has copies of its
                      ///< operands at its site
    kStatic,          ///< qubits that never move, copies that end with their segment
    kAny,             ///< all placements: with moves and kept copies too
};

/// No placement of its scope costs less, in the Steiner model; but for kStaticUnfolded, not even
/// when gates on three or more qubits are folded (PlacementCost::with_folding).
struct LowerBound {
    std::int64_t cost = 0;
    BoundScope scope = BoundScope::kAny;
    std::string method;  ///< "connectivity", "cut", "integer program", ...
};

/// "any placement", "placements without moves or kept copies",
/// "placements without moves, kept copies or folded gates".
std::string scope_name(BoundScope scope);

/// The greater one. A bound on any placement holds for static ones too.
LowerBound greater(const LowerBound& a, const LowerBound& b);

/// Throws: InternalError when a placement of the bound's scope costs less than the bound: one of
///     the two is wrong.
void check_bound(const LowerBound& bound, std::int64_t cost);

/// How much above the bound a cost may be: 1 - bound / cost, 0 when the cost is 0.
double optimality_gap(std::int64_t bound, std::int64_t cost);

}  // namespace carillon
