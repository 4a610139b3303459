// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "carillon/execution/execute/picture_network.h"

namespace carillon {

namespace {

using Point = std::pair<double, double>;

constexpr std::size_t kCompactAbove = 48;  ///< nodes
constexpr std::uint32_t kChips = 40;       ///< qubits drawn one by one
constexpr double kChip = 13;               ///< distance between chips
constexpr double kMargin = 24;

std::vector<std::vector<std::size_t>> neighbours_of(const Network& network) {
    std::vector<std::vector<std::size_t>> list(network.nodes.size());
    for (const Link& l : network.links) {
        list[l.a.value].push_back(l.b.value);
        list[l.b.value].push_back(l.a.value);
    }
    return list;
}

/// Nodes in the order of a line or ring, or empty when the network is neither.
std::vector<std::size_t> chain_order(const Network& network) {
    const auto next = neighbours_of(network);
    std::size_t start = 0, ends = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
        if (next[i].empty() || next[i].size() > 2) return {};
        if (next[i].size() == 1 && ends++ == 0) start = i;
    }
    std::vector<std::size_t> order;
    std::vector<bool> seen(next.size(), false);
    for (std::size_t at = start; !seen[at];) {
        seen[at] = true;
        order.push_back(at);
        for (const std::size_t n : next[at])
            if (!seen[n]) {
                at = n;
                break;
            }
    }
    return order.size() == next.size() ? order : std::vector<std::size_t>{};
}

std::vector<Point> on_circle(std::size_t n) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < n; ++i) {
        const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n) -
                            std::numbers::pi / 2;
        points.emplace_back(std::cos(turn), std::sin(turn));
    }
    return points;
}

/// Springs along links, repulsion between all; from a circle, so the result is always the same.
std::vector<Point> by_forces(const Network& network) {
    const std::size_t n = network.nodes.size();
    std::vector<Point> at = on_circle(n);
    const double ideal = 1.6 / std::sqrt(static_cast<double>(n));
    double heat = 0.3;
    for (int round = 0; round < 200; ++round, heat *= 0.98) {
        std::vector<Point> push(n, {0, 0});
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j) {
                const double dx = at[i].first - at[j].first, dy = at[i].second - at[j].second;
                const double force = ideal * ideal / std::max(dx * dx + dy * dy, 1e-6);
                push[i].first += dx * force, push[i].second += dy * force;
                push[j].first -= dx * force, push[j].second -= dy * force;
            }
        for (const Link& l : network.links) {
            const std::size_t i = l.a.value, j = l.b.value;
            const double dx = at[i].first - at[j].first, dy = at[i].second - at[j].second;
            const double force = std::hypot(dx, dy) / ideal;
            push[i].first -= dx * force, push[i].second -= dy * force;
            push[j].first += dx * force, push[j].second += dy * force;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const double length = std::max(std::hypot(push[i].first, push[i].second), 1e-9);
            const double step = std::min(length, heat) / length;
            at[i].first += push[i].first * step, at[i].second += push[i].second * step;
        }
    }
    return at;
}

std::vector<Point> on_grid(std::size_t n) {
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(n))));
    std::vector<Point> points;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t row = i / columns;
        points.emplace_back(static_cast<double>(i % columns), static_cast<double>(row));
    }
    return points;
}

std::vector<Point> positions(const Network& network) {
    const std::size_t n = network.nodes.size();
    std::vector<Point> points;
    const bool placed = std::all_of(network.nodes.begin(), network.nodes.end(),
                                    [](const Node& node) { return node.placed; });
    if (placed) {
        for (const Node& node : network.nodes) points.emplace_back(node.x, node.y);
        return points;
    }
    if (const auto order = chain_order(network); !order.empty()) {
        const bool line = network.links.size() + 1 == n;
        const auto circle = on_circle(n);
        points.resize(n);
        for (std::size_t k = 0; k < n; ++k)
            points[order[k]] = line ? Point{static_cast<double>(k), 0} : circle[k];
        return points;
    }
    if (n <= 10) return on_circle(n);
    return n <= 400 ? by_forces(network) : on_grid(n);
}

NetworkLayout::Box box_of(const Node& node, bool compact) {
    if (compact) return {0, 0, 14, 14};
    if (node.kind != NodeKind::kQpu)
        return {0, 0,
                std::max(46.0, 16 + 7.0 * static_cast<double>(
                                              std::min<std::size_t>(node.name.size(), 14))),
                30};
    const std::uint32_t chips = node.data_qubits + node.comm_qubits;
    const double columns =
        chips > kChips ? 8 : std::clamp(std::ceil(std::sqrt(1.6 * chips)), 4.0, 10.0);
    double rows = chips > kChips ? 2
                                 : std::ceil(node.data_qubits / columns) +
                                       std::ceil(node.comm_qubits / columns);
    rows = std::max(rows, 1.0);
    const double name = 7.2 * static_cast<double>(std::min<std::size_t>(node.name.size(), 18));
    return {0, 0, std::max(columns * kChip + 18, name + 24), rows * kChip + 34};
}

/// Shortens empty stretches along one axis: what is far apart stays apart, but not as far.
void close_gaps(std::vector<NetworkLayout::Box>& boxes, double NetworkLayout::Box::*axis,
                double typical) {
    std::vector<std::size_t> order(boxes.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](std::size_t i, std::size_t j) { return boxes[i].*axis < boxes[j].*axis; });
    double before = boxes[order[0]].*axis, at = before;
    for (const std::size_t i : order) {
        const double gap = boxes[i].*axis - before;
        before = boxes[i].*axis;
        at += gap <= 1.5 * typical ? gap
                                   : 1.5 * typical * (1 + 0.15 * std::log2(gap / (1.5 * typical)));
        boxes[i].*axis = at;
    }
}

/// Scales the points so that typical neighbours have room, then pushes apart what still overlaps.
void spread(std::vector<NetworkLayout::Box>& boxes) {
    const std::size_t n = boxes.size();
    if (n < 2) return;
    double room = 0;
    for (const auto& b : boxes) room = std::max(room, std::hypot(b.width, b.height));
    std::vector<double> nearest;
    if (n <= 3000)
        for (std::size_t i = 0; i < n; ++i) {
            double best = 1e300;
            for (std::size_t j = 0; j < n; ++j)
                if (i != j)
                    best = std::min(best,
                                    std::hypot(boxes[i].x - boxes[j].x, boxes[i].y - boxes[j].y));
            nearest.push_back(best);
        }
    else
        nearest.push_back(1);
    std::nth_element(nearest.begin(), nearest.begin() + static_cast<long>(nearest.size() / 2),
                     nearest.end());
    const double typical = std::max(nearest[nearest.size() / 2], 1e-9);
    close_gaps(boxes, &NetworkLayout::Box::x, typical);
    close_gaps(boxes, &NetworkLayout::Box::y, typical);
    const double scale = (n > kCompactAbove ? 2.2 * room : 1.15 * room + 26) / typical;
    for (auto& b : boxes) b.x *= scale, b.y *= scale;
    if (n > 400) return;
    for (int round = 0; round < 80; ++round) {
        bool moved = false;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j) {
                auto &a = boxes[i], &b = boxes[j];
                const double overlap_x = (a.width + b.width) / 2 + 22 - std::abs(a.x - b.x);
                const double overlap_y = (a.height + b.height) / 2 + 22 - std::abs(a.y - b.y);
                if (overlap_x <= 0.01 || overlap_y <= 0.01) continue;
                moved = true;
                if (overlap_x < overlap_y) {
                    const double shift = a.x <= b.x ? -overlap_x / 2 : overlap_x / 2;
                    a.x += shift, b.x -= shift;
                } else {
                    const double shift = a.y <= b.y ? -overlap_y / 2 : overlap_y / 2;
                    a.y += shift, b.y -= shift;
                }
            }
        if (!moved) return;
    }
}

}  // namespace

NetworkLayout lay_out(const Network& network) {
    NetworkLayout layout;
    layout.compact = network.nodes.size() > kCompactAbove;
    const std::vector<Point> points = positions(network);
    for (std::size_t i = 0; i < points.size(); ++i) {
        NetworkLayout::Box box = box_of(network.nodes[i], layout.compact);
        box.x = points[i].first;
        box.y = points[i].second;
        layout.boxes.push_back(box);
    }
    spread(layout.boxes);
    double left = 0, top = 0, right = 0, bottom = 0;
    for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
        const auto& b = layout.boxes[i];
        left = i ? std::min(left, b.x - b.width / 2) : b.x - b.width / 2;
        top = i ? std::min(top, b.y - b.height / 2) : b.y - b.height / 2;
        right = i ? std::max(right, b.x + b.width / 2) : b.x + b.width / 2;
        bottom = i ? std::max(bottom, b.y + b.height / 2) : b.y + b.height / 2;
    }
    for (auto& b : layout.boxes) b.x += kMargin - left, b.y += kMargin - top;
    layout.width = right - left + 2 * kMargin;
    layout.height = bottom - top + 2 * kMargin;
    return layout;
}

}  // namespace carillon
