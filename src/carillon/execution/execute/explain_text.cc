// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/explain_text.h"

#include <fmt/format.h>

#include <bit>
#include <nlohmann/json.hpp>
#include <vector>

namespace carillon {

namespace {

using engine::passes::PassCost;
using engine::passes::PassRecord;

/// "0-6, 9, 12-14": the axes of a mask.
std::string axes_text(std::uint64_t mask) {
    std::string text;
    while (mask != 0) {
        const int first = std::countr_zero(mask);
        const int last = first + std::countr_one(mask >> first) - 1;
        if (!text.empty()) text += ",";
        text += first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
        mask &= ~((std::uint64_t{2} << last) - (std::uint64_t{1} << first));
    }
    return text.empty() ? "all" : text;
}

std::string row(const std::string& name, const PassCost& c, double part, double flops, double bytes,
                double predicted_s, double measured_s, const std::string& tile) {
    return fmt::format(
        "{:>5} {:>7.4g} {:>7} {:>7} {:>7} {:>7} {:>6} {:>6} {:>9.3f} {:>9.2f} {:>10.3f} {:>10.3f}  "
        "{}\n",
        name, part, c.groups, c.rotations + c.lane_rotations, c.interactions + c.lane_interactions,
        c.group_phases + c.sweep_phases, c.sweeps, c.flips + c.items, flops / 1e9,
        bytes / (1 << 20), 1e3 * predicted_s, 1e3 * measured_s, tile);
}

}  // namespace

std::string explain_text(std::span<const PassRecord> records) {
    if (records.empty())
        return "no passes over a large state: everything was done as it came, or took none\n";
    std::string text = fmt::format(
        "{:>5} {:>7} {:>7} {:>7} {:>7} {:>7} {:>6} {:>6} {:>9} {:>9} {:>10} {:>10}  {}\n", "pass",
        "part", "groups", "rotate", "inter.", "phases", "sweeps", "others", "Gflop", "MiB",
        "model ms", "took ms", "axes of the tiles");
    PassCost sum;
    double flops = 0, bytes = 0, predicted = 0, measured = 0;
    for (std::size_t k = 0; k < records.size(); ++k) {
        const PassRecord& r = records[k];
        const PassCost& c = r.cost;
        text += row(std::to_string(k + 1), c, r.part, r.part * c.flops, r.part * c.bytes,
                    r.predicted_s, r.measured_s, axes_text(r.axes));
        sum.groups += c.groups, sum.rotations += c.rotations + c.lane_rotations;
        sum.interactions += c.interactions + c.lane_interactions;
        sum.group_phases += c.group_phases + c.sweep_phases, sum.sweeps += c.sweeps;
        sum.items += c.items + c.flips;
        flops += r.part * c.flops, bytes += r.part * c.bytes;
        predicted += r.predicted_s, measured += r.measured_s;
    }
    text += row("sum", sum, 1, flops, bytes, predicted, measured,
                std::to_string(records.back().state_axes) + " axes");
    return text;
}

std::string explain_json(std::span<const PassRecord> records) {
    auto list = nlohmann::ordered_json::array();
    for (const PassRecord& r : records) {
        const PassCost& c = r.cost;
        std::vector<int> axes;
        for (std::uint64_t rest = r.axes; rest != 0; rest &= rest - 1)
            axes.push_back(std::countr_zero(rest));
        list.push_back({{"state_axes", r.state_axes},
                        {"tile_axes", axes},
                        {"part", r.part},
                        {"groups", c.groups},
                        {"rotations", c.rotations + c.lane_rotations},
                        {"interactions", c.interactions + c.lane_interactions},
                        {"phases", c.group_phases + c.sweep_phases},
                        {"sweeps", c.sweeps},
                        {"others", c.flips + c.items},
                        {"flops", r.part * c.flops},
                        {"bytes", r.part * c.bytes},
                        {"predicted_s", r.predicted_s},
                        {"measured_s", r.measured_s}});
    }
    return list.dump(2) + "\n";
}

}  // namespace carillon
