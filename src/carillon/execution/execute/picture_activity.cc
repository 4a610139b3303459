// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/picture_axis.h"
#include "carillon/execution/execute/picture_style.h"

namespace carillon {

namespace {

constexpr std::size_t kBins = 300;
constexpr double kRow = 30, kTop = 30, kBottom = 12, kWidth = 940, kLabelWidth = 150;

/// How many operations go on at once, averaged over each slice of time.
struct Activity {
    std::vector<double> local = std::vector<double>(kBins, 0);
    std::vector<double> pairs = std::vector<double>(kBins, 0);
    std::size_t pair_count = 0, operations = 0;
};

void add(std::vector<double>& bins, const TimeSpan& span, Time end) {
    const double slice = static_cast<double>(end.ps) / kBins;
    const double from = static_cast<double>(span.start.ps) / slice;
    const double to = static_cast<double>(span.end.ps) / slice;
    const auto last = std::min(kBins - 1, static_cast<std::size_t>(to));
    for (auto b = static_cast<std::size_t>(from); b <= last; ++b)
        bins[b] += std::max(
            0.0, std::min(to, static_cast<double>(b + 1)) - std::max(from, static_cast<double>(b)));
}

std::vector<Activity> measure(const DistributedProgram& program, const Timeline& timeline) {
    std::vector<Activity> all(program.qpus.size());
    const Time end = std::max(timeline.makespan, Time{1});
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        std::size_t position = 0;
        visit_instructions(program.qpus[q], [&](const Instruction& i) {
            const TimeSpan& span = timeline.instructions[q][position++];
            if (!span.scheduled()) return;
            const bool pair = i.kind == InstructionKind::kPair;
            const bool local = i.kind == InstructionKind::kGate ||
                               i.kind == InstructionKind::kMeasure ||
                               i.kind == InstructionKind::kReset;
            if (!pair && !local) return;
            ++all[q].operations;
            all[q].pair_count += pair;
            add(pair ? all[q].pairs : all[q].local, span, end);
        });
    }
    return all;
}

/// The busiest rows, in the order of the network.
std::vector<std::size_t> choose(const std::vector<Activity>& all, std::size_t most) {
    std::vector<std::size_t> rows(all.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::erase_if(rows, [&](std::size_t q) { return all[q].operations == 0; });
    if (rows.size() > most) {
        std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
            return std::pair(all[a].pair_count, all[a].operations) >
                   std::pair(all[b].pair_count, all[b].operations);
        });
        rows.resize(most);
        std::sort(rows.begin(), rows.end());
    }
    return rows;
}

std::string area(const std::vector<double>& bins, double top_value, double base, double height,
                 const TimeAxis& axis, Time end) {
    std::string path = fmt::format("M{} {}", coordinate(axis.x(Time{})), coordinate(base));
    double last = -1;
    for (std::size_t b = 0; b < kBins; ++b) {
        const double y = base - height * bins[b] / top_value;
        const auto at =
            static_cast<std::int64_t>(static_cast<double>(end.ps) * static_cast<double>(b) / kBins);
        if (y != last) path += fmt::format("H{}V{}", coordinate(axis.x(Time{at})), coordinate(y));
        last = y;
    }
    return path + fmt::format("H{}V{}Z", coordinate(axis.x(end)), coordinate(base));
}

}  // namespace

TimelinePicture draw_activity(const DistributedProgram& program, const Timeline& timeline,
                              std::size_t most_rows, bool unit_steps) {
    const std::vector<Activity> all = measure(program, timeline);
    const std::vector<std::size_t> rows = choose(all, most_rows);
    double most_local = 1e-9, most_pairs = 1e-9;
    std::size_t active = 0;
    for (const Activity& a : all) active += a.operations > 0;
    for (const std::size_t q : rows) {
        most_local =
            std::max(most_local, *std::max_element(all[q].local.begin(), all[q].local.end()));
        most_pairs =
            std::max(most_pairs, *std::max_element(all[q].pairs.begin(), all[q].pairs.end()));
    }
    const Time end = std::max(timeline.makespan, Time{1});
    const TimeAxis axis(end, 10, kWidth - 30, unit_steps);
    const double height = kTop + kRow * static_cast<double>(rows.size()) + kBottom;
    const auto head = [height](double width, const std::string& attributes) {
        return fmt::format(
            "<svg class=\"picture\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
            "height=\"{1}\" {2}>\n",
            coordinate(width), coordinate(height), attributes);
    };
    TimelinePicture picture;
    picture.detailed = false;
    picture.labels = head(kLabelWidth, "aria-hidden=\"true\"");
    picture.lanes =
        head(kWidth, "role=\"img\" aria-label=\"Activity of " + escape_html(program.name) + "\"") +
        axis.draw(kTop - 8, height - kBottom);
    double base = kTop + 17;
    for (const std::size_t q : rows) {
        const std::string name = program.qpus[q].name.size() > 16
                                     ? program.qpus[q].name.substr(0, 15) + "…"
                                     : program.qpus[q].name;
        picture.labels += fmt::format(
            "<rect class=\"{}\" x=\"2\" y=\"{}\" width=\"4\" height=\"22\" rx=\"2\"/>"
            "<text class=\"name\" x=\"13\" y=\"{}\">{}</text>\n",
            qpu_class(q), coordinate(base - 13), coordinate(base + 3), escape_html(name));
        picture.lanes += fmt::format(
            "<g><title>{}: {}, {}</title><path class=\"busyarea\" d=\"{}\"/>"
            "<path class=\"pairarea\" d=\"{}\"/><path class=\"rule\" d=\"M4 {}H{}\"/></g>\n",
            escape_html(program.qpus[q].name), format_plural(all[q].operations, "operation"),
            format_plural(all[q].pair_count, "side") + " of Bell pairs",
            area(all[q].local, most_local, base, 15, axis, end),
            area(all[q].pairs, most_pairs, base, -11, axis, end), coordinate(base),
            coordinate(kWidth - 4));
        base += kRow;
    }
    picture.labels += "</svg>\n";
    picture.lanes += "</svg>\n";
    picture.caption = fmt::format(
        "Above each line: local operations under way (up to {:.3g} at once on average); below: "
        "Bell "
        "pairs in the making (up to {:.3g}).",
        most_local, most_pairs);
    if (rows.size() < active)
        picture.caption += fmt::format(" The {} of {} QPUs with most pairs are shown.", rows.size(),
                                       format_count(active));
    if (unit_steps)
        picture.caption += " The network gives no durations, so every operation is one step.";
    return picture;
}

}  // namespace carillon
