// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/source.h"

#include <algorithm>
#include <utility>

namespace carillon::qasm {

namespace {

constexpr std::size_t kLongestShownLine = 160;

struct LineView {
    std::size_t begin = 0, end = 0;
};

LineView line_around(std::string_view text, std::size_t offset) {
    LineView view;
    view.begin = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    view.begin = view.begin == std::string_view::npos ? 0 : view.begin + 1;
    view.end = std::min(text.find('\n', offset), text.size());
    if (view.end > view.begin && text[view.end - 1] == '\r') --view.end;
    view.end = std::max(view.end, view.begin);
    return view;
}

bool starts_code_point(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

/// The source line and a caret below column `offset`; long lines are cut around the place.
std::string excerpt(std::string_view text, std::size_t offset) {
    LineView line = line_around(text, offset);
    if (line.end - line.begin > kLongestShownLine) {
        if (offset > line.begin + kLongestShownLine / 2)
            line.begin = offset - kLongestShownLine / 2;
        while (line.begin < offset && !starts_code_point(text[line.begin])) ++line.begin;
        line.end = std::min(line.end, line.begin + kLongestShownLine);
    }
    std::string caret;
    for (std::size_t i = line.begin; i < offset && i < line.end; ++i)
        if (starts_code_point(text[i])) caret += text[i] == '\t' ? '\t' : ' ';
    return "\n    " + std::string(text.substr(line.begin, line.end - line.begin)) + "\n    " +
           caret + "^";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

}  // namespace

std::uint32_t Sources::add_view(std::string name, std::string_view text) {
    files_.push_back({std::move(name), text, nullptr, false, {}});
    return static_cast<std::uint32_t>(files_.size() - 1);
}

std::uint32_t Sources::add_included(std::string name, std::string text, Loc from) {
    auto owned = std::make_unique<std::string>(std::move(text));
    const std::string_view view = *owned;
    files_.push_back({std::move(name), view, std::move(owned), true, from});
    return static_cast<std::uint32_t>(files_.size() - 1);
}

SourcePosition Sources::position(Loc loc) const {
    const File& file = files_[loc.file];
    const std::size_t offset = std::min<std::size_t>(loc.offset, file.text.size());
    const std::string_view before = file.text.substr(0, offset);
    SourcePosition p;
    p.file = file.name;
    p.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t begin = line_around(file.text, offset).begin;
    p.column = 1 + static_cast<int>(std::count_if(before.begin() + static_cast<long>(begin),
                                                  before.end(), starts_code_point));
    return p;
}

void Sources::fail(Loc loc, const std::string& message) const {
    const File* file = &files_[loc.file];
    std::string text = "error: " + message +
                       excerpt(file->text, std::min<std::size_t>(loc.offset, file->text.size()));
    while (file->included) {
        const SourcePosition from = position(file->from);
        text += "\n  in file included from " + from.file + ":" + std::to_string(from.line);
        file = &files_[file->from.file];
    }
    throw InputError(position(loc), text);
}

std::string closest_name(std::string_view name, const std::vector<std::string_view>& candidates) {
    std::size_t best = name.size() <= 2 ? 1 : name.size() <= 5 ? 2 : 3;
    std::string_view found;
    if (name.size() > 64) return {};
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > 64 || candidate == name) continue;
        const std::size_t d = edit_distance(name, candidate);
        if (d < best || (d == best && found.empty() && d < name.size())) {
            best = d;
            found = candidate;
        }
    }
    return std::string(found);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates) {
    const std::string close = closest_name(name, candidates);
    return close.empty() ? "" : "; did you mean `" + close + "`?";
}

}  // namespace carillon::qasm
