// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/network/link_prices.h"

#include <algorithm>
#include <cmath>

#include "carillon/resource/network/network.h"

namespace carillon {

namespace {

constexpr double kFinest = 1000;  ///< most steps per 1 of price

/// Steps per 1 of price that say every price exactly; 0 when more than kFinest would be needed.
double exact_scale(const std::vector<double>& prices) {
    for (double scale = 1; scale <= kFinest; scale *= 10) {
        const bool exact = std::all_of(prices.begin(), prices.end(), [scale](double p) {
            return std::abs(p * scale - std::round(p * scale)) < 1e-9 * std::max(1.0, p * scale);
        });
        if (exact) return scale;
    }
    return 0;
}

}  // namespace

Carrier cheaper_carrier(const Link& link) {
    if (!link.carries_qubits()) return Carrier::kPair;
    if (!link.makes_pairs()) return Carrier::kTransfer;
    return link.transfer_cost < link.pair_cost ? Carrier::kTransfer : Carrier::kPair;
}

double cheaper_price(const Link& link) {
    return cheaper_carrier(link) == Carrier::kPair ? link.pair_cost : link.transfer_cost;
}

LinkPrices::LinkPrices(const Network& network) : steps_(network.links.size(), 1) {
    if (network.links.empty()) return;
    std::vector<double> prices;
    for (const Link& link : network.links) {
        prices.push_back(cheaper_price(link));
        transfers_ = transfers_ || cheaper_carrier(link) == Carrier::kTransfer;
    }
    const auto [least, most] = std::minmax_element(prices.begin(), prices.end());
    uniform_ = *least == *most;
    if (uniform_) {
        step_ = *least;
        return;
    }
    const double bound = kMostSteps / (*most * static_cast<double>(network.nodes.size()));
    double scale = exact_scale(prices);
    if (scale == 0) scale = kFinest;
    scale = std::min(scale, bound);
    step_ = 1 / scale;
    for (std::size_t l = 0; l < prices.size(); ++l)
        steps_[l] = static_cast<std::uint32_t>(std::max(1.0, std::round(prices[l] * scale)));
}

}  // namespace carillon
