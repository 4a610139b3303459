// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/base/ids.h"

namespace carillon {

struct Link;
struct Network;

/// How the value of a qubit gets over a link.
enum class Carrier : std::uint8_t {
    kPair,      ///< by a Bell pair: a cat copy or teledata
    kTransfer,  ///< carried: the qubit itself crosses, or a cat copy made beforehand
};

/// The price of the cheaper carrier of every link. Either carrier leaves the value at the other
/// end, as a copy or as the new home, so where both are offered the cheaper is chosen for each use.
///
/// Search works with whole steps, so that sums are exact: one step is `step()` of price. Where
/// every link has the same price, that price is the step; else the step is the coarsest of 1, 0.1,
/// 0.01 and 0.001 that says every price exactly. A step is coarser still on networks on which sums
/// would reach kMostSteps; prices are then rounded.
class LinkPrices {
  public:
    /// No path and no tree in the network costs more steps.
    static constexpr std::uint32_t kMostSteps = (1u << 20) - 1;

    explicit LinkPrices(const Network& network);

    std::uint32_t steps(LinkId link) const { return steps_[static_cast<std::size_t>(link)]; }
    double step() const { return step_; }
    bool uniform() const { return uniform_; }          ///< every link costs one step
    bool has_transfers() const { return transfers_; }  ///< some link's cheaper carrier

  private:
    std::vector<std::uint32_t> steps_;  ///< by link
    double step_ = 1;
    bool uniform_ = true, transfers_ = false;
};

/// The cheaper way over a link; a Bell pair where both cost the same.
Carrier cheaper_carrier(const Link& link);
/// Its price.
double cheaper_price(const Link& link);

}  // namespace carillon
