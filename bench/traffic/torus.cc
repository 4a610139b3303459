// SPDX-License-Identifier: Apache-2.0
#include "torus.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

namespace carillon::bench {

namespace {

using Place = std::array<int, 3>;

/// Bit b of a node's number is a bit of the coordinate b % 3.
Place place_of(std::uint64_t node) {
    Place place{};
    for (int bit = 0; node >> bit != 0; ++bit)
        place[static_cast<std::size_t>(bit % 3)] |= static_cast<int>(node >> bit & 1) << bit / 3;
    return place;
}

/// Bytes over every link of a torus, by the link's start and direction.
class Loads {
  public:
    explicit Loads(int node_bits) {
        for (int d = 0; d < 3; ++d)
            sides_[static_cast<std::size_t>(d)] = 1 << (node_bits - d + 2) / 3;
        loads_.resize(std::size_t{6} << node_bits);
    }
    void add(Place from, const Place& to, double bytes) {
        for (std::size_t d = 0; d < 3; ++d) {
            const int side = sides_[d], ahead = (to[d] - from[d] + side) % side;
            // Half way round is as far both ways: neighbours go opposite ways.
            const bool back = 2 * ahead > side || (2 * ahead == side && from[d] % 2 == 1);
            for (int hop = back ? side - ahead : ahead; hop > 0; --hop) {
                loads_[number(from) * 6 + 2 * d + (back ? 1 : 0)] += bytes;
                from[d] = (from[d] + (back ? side - 1 : 1)) % side;
            }
        }
    }
    double most() const { return *std::ranges::max_element(loads_); }
    double mean() const {
        return std::accumulate(loads_.begin(), loads_.end(), 0.0) /
               static_cast<double>(loads_.size());
    }

  private:
    std::size_t number(const Place& p) const {
        return static_cast<std::size_t>((p[2] * sides_[1] + p[1]) * sides_[0] + p[0]);
    }
    std::array<int, 3> sides_{};
    std::vector<double> loads_;
};

}  // namespace

ExchangeTime exchange_time(const Torus& torus, std::uint64_t bits, double part_bytes) {
    ExchangeTime time;
    const std::uint64_t near = bits & ((std::uint64_t{1} << torus.rank_bits) - 1);
    const std::uint64_t far = bits >> torus.rank_bits;
    const double ranks = std::ldexp(1.0, torus.rank_bits);
    const double piece = std::ldexp(part_bytes, -std::popcount(bits));
    const double near_values = std::ldexp(1.0, std::popcount(near));
    time.shared_s =
        torus.shared_bytes_s > 0 ? ranks * (near_values - 1) * piece / torus.shared_bytes_s : 0;
    time.messages = ((std::uint64_t{1} << std::popcount(far)) - 1) << std::popcount(near);
    time.seconds = time.shared_s + torus.latency_s * static_cast<double>(time.messages);
    if (far == 0) return time;
    // All ranks of a node together, to each node that differs in some of the bits.
    const double flow = ranks * near_values * piece;
    Loads loads(torus.node_bits);
    for (std::uint64_t node = 0; node < std::uint64_t{1} << torus.node_bits; ++node)
        for (std::uint64_t step = far; step != 0; step = (step - 1) & far)
            loads.add(place_of(node), place_of(node ^ step), flow);
    time.wire_bytes = flow * static_cast<double>((std::uint64_t{1} << std::popcount(far)) - 1);
    time.link_use = loads.mean() / loads.most();
    time.seconds += loads.most() / torus.link_bytes_s;
    return time;
}

}  // namespace carillon::bench
