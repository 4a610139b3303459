// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/suggest.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <vector>

namespace carillon {

namespace {

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Optimal string alignment distance.
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> two_back(b.size() + 1), back(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) back[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({back[j] + 1, row[j - 1] + 1, back[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = std::min(row[j], two_back[j - 2] + 1);
            }
        }
        std::swap(two_back, back);
        std::swap(back, row);
    }
    return back[b.size()];
}

}  // namespace

std::string_view closest_name(std::string_view name, std::span<const std::string_view> known) {
    constexpr std::size_t kLongest = 64;  // nobody mistypes that much
    if (name.size() > kLongest) return {};
    std::string_view best;
    std::size_t fewest = std::max<std::size_t>(1, (name.size() + 1) / 3) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t d = edits(name, candidate);
        if (d < fewest) {
            fewest = d;
            best = candidate;
        }
    }
    return best;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> known) {
    const std::string_view near = closest_name(name, known);
    if (!near.empty()) return "; did you mean \"" + std::string(near) + "\"?";
    std::string text = "; known: ";
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (i > 0) text += ", ";
        text += known[i];
    }
    return text;
}

}  // namespace carillon
