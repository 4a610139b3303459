// SPDX-License-Identifier: Apache-2.0
#include "picture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace carillon::bench {
namespace {

constexpr double kWidth = 640, kHeight = 420, kLeft = 70, kRight = 170, kTop = 20, kBottom = 50;
const char* const kColours[] = {"#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce"};

/// From decades to pixels.
struct Frame {
    double x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9;  ///< whole powers of ten

    void hold(double x, double y) {
        x0 = std::min(x0, std::floor(std::log10(x)));
        x1 = std::max(x1, std::ceil(std::log10(x)));
        y0 = std::min(y0, std::floor(std::log10(y)));
        y1 = std::max(y1, std::ceil(std::log10(y)));
    }
    double x(double value) const {
        return kLeft + (std::log10(value) - x0) / (x1 - x0) * (kWidth - kLeft - kRight);
    }
    double y(double value) const {
        return kHeight - kBottom -
               (std::log10(value) - y0) / (y1 - y0) * (kHeight - kTop - kBottom);
    }
};

template <class... Values>
std::string text(const char* format, Values... values) {
    char line[512];
    std::snprintf(line, sizeof line, format, values...);
    return line;
}

std::string grid(const Frame& f) {
    std::string svg;
    for (double d = f.x0; d <= f.x1; ++d) {
        const double x = f.x(std::pow(10, d));
        svg += text("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#ddd'/>\n", x, kTop, x,
                    kHeight - kBottom);
        svg += text("<text x='%.1f' y='%.1f' text-anchor='middle'>%g</text>\n", x,
                    kHeight - kBottom + 18, std::pow(10, d));
    }
    for (double d = f.y0; d <= f.y1; ++d) {
        const double y = f.y(std::pow(10, d));
        svg += text("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#ddd'/>\n", kLeft, y,
                    kWidth - kRight, y);
        svg += text("<text x='%.1f' y='%.1f' text-anchor='end'>%g</text>\n", kLeft - 6, y + 4,
                    std::pow(10, d));
    }
    return svg;
}

std::string slope_one(const Frame& f, const Curve& like) {
    const auto [x, y] = like.points.back();
    const double reach = std::min(std::log10(x) - f.x0, std::log10(y) - f.y0);
    const double back = std::pow(10, -reach);
    return text(
        "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#888' "
        "stroke-dasharray='5 4'/>\n",
        f.x(x * back), f.y(y * back), f.x(x), f.y(y));
}

std::string draw(const Frame& f, const Curve& curve, const char* colour, int row) {
    std::string points, marks;
    for (const auto& [x, y] : curve.points) {
        points += text("%.1f,%.1f ", f.x(x), f.y(y));
        marks += text("<circle cx='%.1f' cy='%.1f' r='3' fill='%s'/>\n", f.x(x), f.y(y), colour);
    }
    return "<polyline fill='none' stroke='" + std::string(colour) + "' stroke-width='2' points='" +
           points + "'/>\n" + marks +
           text("<text x='%.1f' y='%.1f' fill='%s'>%s</text>\n", kWidth - kRight + 8,
                kTop + 16 + 18 * row, colour, curve.name.c_str());
}

}  // namespace

std::string log_log_svg(const std::string& x_axis, const std::string& y_axis,
                        const std::vector<Curve>& curves) {
    Frame frame;
    for (const Curve& curve : curves) {
        for (const auto& [x, y] : curve.points) frame.hold(x, y);
    }
    std::string svg = text(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %g %g' "
        "font-family='sans-serif' font-size='12'>\n"
        "<rect width='100%%' height='100%%' fill='white'/>\n",
        kWidth, kHeight);
    svg += grid(frame);
    int row = 0;
    for (const Curve& curve : curves) {
        if (curve.points.empty()) continue;
        if (row == 0) svg += slope_one(frame, curve);
        svg += draw(frame, curve, kColours[row % 4], row);
        ++row;
    }
    svg += text("<text x='%g' y='%g' fill='#666'>dashed: slope 1</text>\n", kWidth - kRight + 8,
                kTop + 16 + 18.0 * row);
    svg += text("<text x='%g' y='%g' text-anchor='middle'>%s</text>\n",
                (kLeft + kWidth - kRight) / 2, kHeight - 12, x_axis.c_str());
    svg += text("<text transform='translate(16 %g) rotate(-90)' text-anchor='middle'>%s</text>\n",
                kHeight / 2, y_axis.c_str());
    return svg + "</svg>\n";
}

}  // namespace carillon::bench
