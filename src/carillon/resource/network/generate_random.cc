// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/resource/network/network_builder.h"

namespace carillon {

namespace {

struct Point {
    double x = 0, y = 0;
};

struct Near {
    double distance = 0;
    std::uint32_t a = 0, b = 0;

    bool operator<(const Near& other) const {
        return std::tie(distance, a, b) < std::tie(other.distance, other.a, other.b);
    }
};

/// Pairs of points at most `radius` apart, nearest first. Points are sorted into square cells of
/// that width, so only neighbouring cells are compared.
std::vector<Near> pairs_within(const std::vector<Point>& points, double radius) {
    const auto cells = static_cast<std::size_t>(std::clamp(
        std::floor(1 / radius), 1.0, std::ceil(std::sqrt(static_cast<double>(points.size())))));
    auto cell = [&](double v) {
        return std::min(cells - 1, static_cast<std::size_t>(v * static_cast<double>(cells)));
    };
    std::vector<std::vector<std::uint32_t>> members(cells * cells);
    for (std::uint32_t i = 0; i < points.size(); ++i) {
        members[cell(points[i].y) * cells + cell(points[i].x)].push_back(i);
    }
    std::vector<Near> pairs;
    for (std::uint32_t i = 0; i < points.size(); ++i) {
        const std::size_t row = cell(points[i].y), column = cell(points[i].x);
        for (std::size_t r = row > 0 ? row - 1 : 0; r <= std::min(row + 1, cells - 1); ++r) {
            for (std::size_t c = column > 0 ? column - 1 : 0; c <= std::min(column + 1, cells - 1);
                 ++c) {
                for (const std::uint32_t j : members[r * cells + c]) {
                    const double d =
                        std::hypot(points[i].x - points[j].x, points[i].y - points[j].y);
                    if (i < j && d <= radius) pairs.push_back({d, i, j});
                }
            }
        }
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

/// Which nodes hang together.
class Components {
  public:
    explicit Components(std::size_t count) : parent_(count), count_(count) {
        std::iota(parent_.begin(), parent_.end(), 0u);
    }
    std::size_t count() const { return count_; }
    /// Joins two components; false when they are one already.
    bool join(std::uint32_t a, std::uint32_t b) {
        a = root(a);
        b = root(b);
        if (a == b) return false;
        parent_[std::max(a, b)] = std::min(a, b);
        --count_;
        return true;
    }

  private:
    std::uint32_t root(std::uint32_t a) {
        while (parent_[a] != a) a = parent_[a] = parent_[parent_[a]];
        return a;
    }
    std::vector<std::uint32_t> parent_;
    std::size_t count_;
};

/// Radius at which a random geometric graph is likely connected: sqrt(2 ln K / (pi K)), twice the
/// threshold area of Gupta and Kumar (1998).
double likely_radius(std::size_t count) {
    if (count < 2) return 1;
    const double k = static_cast<double>(count);
    return std::min(std::numbers::sqrt2, std::sqrt(2 * std::log(k) / (std::numbers::pi * k)));
}

constexpr std::size_t kMostRandomNodes = 1u << 16;

}  // namespace

void make_random(GeneratorText& text, NetworkBuilder& builder) {
    const std::size_t count = text.size(1, 1, "random:20")[0];
    const auto radius = text.real("radius", 0, 2);
    if (radius == 0.0) text.fail("radius", "radius must be above 0 (the square has side 1)");
    const std::uint64_t seed = text.seed("seed").value_or(0);
    if (count > kMostRandomNodes) {
        text.fail("", "random makes at most " + std::to_string(kMostRandomNodes) + " nodes");
    }
    const double reach = radius.value_or(likely_radius(count));

    std::vector<Point> points(count);
    Random random(seed);
    for (Point& p : points) {
        p.x = random.uniform();
        p.y = random.uniform();
        builder.add_qpu(p.x, p.y);
    }
    auto join = [&](const Near& pair) {
        const QpuId a{pair.a}, b{pair.b};
        if (builder.length_km()) return builder.join(a, b, pair.distance * *builder.length_km());
        builder.join(a, b);
    };
    // Within reach every pair is joined; beyond it the nearest pairs that bring components
    // together.
    Components components(count);
    const double area = std::numbers::pi * reach * reach;
    const double expected = std::min(1.0, area) * 0.5 * static_cast<double>(count * count);
    builder.check_size(count, static_cast<std::uint64_t>(expected));
    for (const Near& pair : pairs_within(points, reach)) {
        components.join(pair.a, pair.b);
        join(pair);
    }
    for (double wide = std::max(reach, likely_radius(count)); components.count() > 1; wide *= 1.5) {
        for (const Near& pair : pairs_within(points, wide)) {
            if (components.join(pair.a, pair.b)) join(pair);
        }
    }
}

}  // namespace carillon
