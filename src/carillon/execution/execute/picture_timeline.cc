// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/picture_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/picture_axis.h"
#include "carillon/execution/execute/picture_instruction.h"
#include "carillon/execution/execute/picture_style.h"

namespace carillon {

namespace {

constexpr double kLane = 19, kGate = 13, kGroupGap = 12, kTop = 30, kBottom = 12;
constexpr double kLabelWidth = 150;
constexpr std::uint32_t kNone = 0xffffffff;

/// One vertical place per qubit that is used.
struct Lanes {
    std::vector<std::vector<std::uint32_t>> of;  ///< by QPU and local qubit; kNone when unused
    std::vector<double> y;                       ///< by lane
    std::vector<std::size_t> load;               ///< instructions, by lane
    double height = 0;
};

bool drawn(const Instruction& i) {
    return i.kind == InstructionKind::kGate || i.kind == InstructionKind::kMeasure ||
           i.kind == InstructionKind::kReset || i.kind == InstructionKind::kPair ||
           i.kind == InstructionKind::kTransfer || i.kind == InstructionKind::kDelay;
}

/// Calls visit(instruction, span) for everything scheduled on one QPU.
template <class Visit>
void visit_scheduled(const DistributedProgram& program, const Timeline& timeline, std::size_t q,
                     Visit&& visit) {
    std::size_t position = 0;
    visit_instructions(program.qpus[q], [&](const Instruction& i) {
        const TimeSpan& span = timeline.instructions[q][position++];
        if (span.scheduled()) visit(i, span);
    });
}

struct Extent {
    std::size_t lanes = 0, shapes = 0;
};

Extent extent_of(const DistributedProgram& program, const Timeline& timeline) {
    Extent extent;
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        std::vector<bool> used(program.qpus[q].num_qubits(), false);
        visit_scheduled(program, timeline, q, [&](const Instruction& i, const TimeSpan&) {
            if (!drawn(i)) return;
            ++extent.shapes;
            for (const LocalQubit x : program.qpus[q].qubits(i)) used[x] = true;
        });
        extent.lanes += static_cast<std::size_t>(std::count(used.begin(), used.end(), true));
    }
    return extent;
}

class Detailed {
  public:
    Detailed(const DistributedProgram& program, const Timeline& timeline, bool unit_steps)
        : program_(program), timeline_(timeline), unit_steps_(unit_steps) {
        assign_lanes();
        std::size_t most = 1;
        for (const std::size_t n : lanes_.load) most = std::max(most, n);
        width_ = std::clamp(static_cast<double>(most) * 34, 900.0, 6000.0);
        axis_ = TimeAxis(timeline.makespan, 10, width_ - 30, unit_steps);
        for (double& y : lanes_.y) y += kTop;
        lanes_.height += kTop + kBottom;
    }

    TimelinePicture draw() {
        TimelinePicture picture;
        picture.labels = labels();
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) draw_qpu(q);
        draw_pairs();
        draw_messages();
        picture.lanes =
            fmt::format(
                "<svg class=\"picture\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
                "height=\"{1}\" role=\"img\" aria-label=\"Timeline of {2}\">\n",
                coordinate(width_), coordinate(lanes_.height), escape_html(program_.name)) +
            background() + axis_.draw(kTop - 8, lanes_.height - kBottom) + making_ + messages_ +
            joins_ + gates_ + pairs_ + "</svg>\n";
        picture.caption = unit_steps_ ? "The network gives no durations, so every operation is one "
                                        "step: order, not time."
                                      : "";
        return picture;
    }

  private:
    void assign_lanes() {
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) {
            auto& of = lanes_.of.emplace_back(program_.qpus[q].num_qubits(), kNone);
            std::vector<std::size_t> load(of.size(), 0);
            visit_scheduled(program_, timeline_, q, [&](const Instruction& i, const TimeSpan&) {
                if (drawn(i))
                    for (const LocalQubit x : program_.qpus[q].qubits(i)) ++load[x];
            });
            bool any = false;
            for (std::size_t x = 0; x < of.size(); ++x) {
                if (load[x] == 0) continue;
                if (!any && lanes_.height > 0) lanes_.height += kGroupGap;
                any = true;
                of[x] = static_cast<std::uint32_t>(lanes_.y.size());
                lanes_.y.push_back(lanes_.height + kLane / 2);
                lanes_.load.push_back(load[x]);
                lanes_.height += kLane;
            }
        }
    }

    double y_of(std::size_t qpu, LocalQubit qubit) const { return lanes_.y[lanes_.of[qpu][qubit]]; }

    /// First lane of a QPU, or a negative number when it has none.
    double first_y(std::size_t qpu) const {
        for (const std::uint32_t lane : lanes_.of[qpu])
            if (lane != kNone) return lanes_.y[lane];
        return -1;
    }

    std::string labels() const {
        std::string text = fmt::format(
            "<svg class=\"picture\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
            "aria-hidden=\"true\">\n",
            coordinate(kLabelWidth), coordinate(lanes_.height));
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) {
            const QpuProgram& qpu = program_.qpus[q];
            double top = -1, bottom = 0;
            for (LocalQubit x = 0; x < qpu.num_qubits(); ++x) {
                if (lanes_.of[q][x] == kNone) continue;
                const double y = y_of(q, x);
                if (top < 0) top = y;
                bottom = y;
                text += fmt::format("<text class=\"end small soft\" x=\"{}\" y=\"{}\">{}</text>\n",
                                    coordinate(kLabelWidth - 8), coordinate(y + 3.5),
                                    qpu.qubit_name(x));
            }
            if (top < 0) continue;
            text += fmt::format(
                "<rect class=\"{}\" x=\"2\" y=\"{}\" width=\"4\" height=\"{}\" rx=\"2\"/>"
                "<text class=\"name\" x=\"13\" y=\"{}\">{}</text>\n",
                qpu_class(q), coordinate(top - kLane / 2 + 1), coordinate(bottom - top + kLane - 2),
                coordinate(top + 4), fit_name(qpu.name));
        }
        return text + "</svg>\n";
    }

    static std::string fit_name(const std::string& name) {
        if (name.size() <= 14) return escape_html(name);
        std::size_t cut = 13;
        while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xc0) == 0x80) --cut;
        return escape_html(name.substr(0, cut)) + "…";
    }

    std::string background() const {
        std::string text;
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) {
            double top = -1, bottom = 0;
            for (const std::uint32_t lane : lanes_.of[q]) {
                if (lane == kNone) continue;
                if (top < 0) top = lanes_.y[lane];
                bottom = lanes_.y[lane];
            }
            if (top >= 0)
                text += fmt::format(
                    "<rect class=\"band\" x=\"0.5\" y=\"{}\" width=\"{}\" "
                    "height=\"{}\" rx=\"6\"/>\n",
                    coordinate(top - kLane / 2 - 2), coordinate(width_ - 1),
                    coordinate(bottom - top + kLane + 4));
        }
        for (const double y : lanes_.y)
            text += fmt::format("<path class=\"lane\" d=\"M4 {0}H{1}\"/>\n", coordinate(y),
                                coordinate(width_ - 4));
        return text;
    }

    void draw_qpu(std::size_t q) {
        const QpuProgram& qpu = program_.qpus[q];
        std::unordered_map<std::uint32_t, double> measured;    // bit -> y of the qubit
        std::unordered_map<std::uint32_t, MessageId> arrived;  // bit -> message nobody used yet
        std::vector<std::pair<PairId, Time>> holding(qpu.num_qubits(), {PairId{}, Time{}});
        visit_scheduled(program_, timeline_, q, [&](const Instruction& i, const TimeSpan& span) {
            if (i.kind == InstructionKind::kSend) {
                const auto from = measured.find(i.bit.value);
                ends(i.message).first = from == measured.end() ? first_y(q) : from->second;
            }
            if (i.kind == InstructionKind::kRecv) {
                arrived[i.bit.value] = i.message;
                ends(i.message).second = first_y(q);
            }
            if (!drawn(i) || i.num_operands == 0) return;
            for (const BitId b : qpu.conditions(i))
                if (const auto m = arrived.find(b.value); m != arrived.end()) {
                    ends(m->second).second = y_of(q, qpu.qubits(i)[0]);
                    arrived.erase(m);
                }
            for (const LocalQubit x : qpu.qubits(i)) end_holding(holding[x], span, y_of(q, x));
            if (i.kind == InstructionKind::kPair) {
                const LocalQubit x = qpu.qubits(i)[0];
                holding[x] = {i.pair, span.end};
                pair_side(i, span, y_of(q, x), q);
            } else {
                if (i.kind == InstructionKind::kMeasure && i.bit.valid())
                    measured[i.bit.value] = y_of(q, qpu.qubits(i)[0]);
                draw_gate(q, i, span);
                if (i.kind == InstructionKind::kTransfer) join_transfer(i, span, q);
            }
        });
    }

    std::pair<double, double>& ends(MessageId m) {
        return message_ends_.try_emplace(m.value, -1, -1).first->second;
    }

    std::string purpose_of(PairId p) const {
        return std::string(purpose_name(program_.pairs[p.value].purpose));
    }

    /// A thin bar from a pair's completion to its first use.
    void end_holding(std::pair<PairId, Time>& held, const TimeSpan& use, double y) {
        if (held.first.valid() && use.start > held.second) {
            const double x = axis_.x(held.second);
            making_ += fmt::format(
                "<rect class=\"{} holding\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"3\"/>\n",
                purpose_of(held.first), coordinate(x), coordinate(y - 1.5),
                coordinate(axis_.x(use.start) - x));
        }
        held.first = {};
    }

    void pair_side(const Instruction& i, const TimeSpan& span, double y, std::size_t q) {
        const double x = axis_.x(span.start), end = axis_.x(span.end);
        making_ += fmt::format(
            "<rect class=\"{} making\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\">"
            "<title>Bell pair {} ({}) with {}: {} to {}</title></rect>\n",
            purpose_of(i.pair), coordinate(x), coordinate(y - kGate / 2),
            coordinate(std::max(end - x, 1.5)), coordinate(kGate), i.pair.value, purpose_of(i.pair),
            escape_html(program_.qpu(i.peer).name), axis_.label(span.start), axis_.label(span.end));
        auto& side = pair_ends_[i.pair.value];
        (side.first == kNone ? side.first : side.second) =
            lanes_.of[q][program_.qpus[q].qubits(i)[0]];
    }

    void draw_gate(std::size_t q, const Instruction& i, const TimeSpan& span) {
        const QpuProgram& qpu = program_.qpus[q];
        const double x = axis_.x(span.start);
        const double width = std::max(axis_.x(span.end) - x - 0.6, 2.0);
        const std::string label = escape_html(short_label(i));
        const bool fits = 5.6 * static_cast<double>(label.size()) + 4 <= width;
        double low = 1e9, high = -1;
        std::string where;
        for (const LocalQubit o : qpu.qubits(i)) where += " " + qpu.qubit_name(o);
        for (const LocalQubit o : qpu.qubits(i)) {
            const double y = y_of(q, o);
            low = std::min(low, y), high = std::max(high, y);
            gates_ += fmt::format(
                "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\">"
                "<title>{}{}{}: {} to {}</title></rect>\n",
                fill_class(i), coordinate(x), coordinate(y - kGate / 2), coordinate(width),
                coordinate(kGate), label, where, i.num_conditions > 0 ? " if a bit says so" : "",
                axis_.label(span.start), axis_.label(span.end));
            if (fits)
                gates_ += fmt::format("<text class=\"gatetext\" x=\"{}\" y=\"{}\">{}</text>\n",
                                      coordinate(x + width / 2), coordinate(y + 3.2), label);
        }
        if (high > low)
            joins_ += fmt::format("<path class=\"join\" d=\"M{} {}V{}\"/>\n",
                                  coordinate(x + width / 2), coordinate(low), coordinate(high));
    }

    /// A line from the lane a qubit leaves to the one where it arrives, once both are known.
    void join_transfer(const Instruction& i, const TimeSpan& span, std::size_t q) {
        const double here = y_of(q, program_.qpus[q].qubits(i)[0]);
        const auto [at, first] = transfer_ends_.try_emplace(i.transfer.value, here);
        if (first) return;
        const double x = (axis_.x(span.start) + axis_.x(span.end)) / 2;
        joins_ += fmt::format("<path class=\"join\" d=\"M{} {}V{}\"/>\n", coordinate(x),
                              coordinate(at->second), coordinate(here));
    }

    void draw_pairs() {
        for (std::size_t p = 0; p < program_.pairs.size(); ++p) {
            const auto found = pair_ends_.find(static_cast<std::uint32_t>(p));
            if (found == pair_ends_.end() || found->second.second == kNone) continue;
            const double x = axis_.x(timeline_.pairs[p].generation.end);
            const double a = lanes_.y[found->second.first], b = lanes_.y[found->second.second];
            const double bulge = std::min(8 + std::abs(b - a) * 0.06, 22.0);
            const std::string purpose = purpose_of(PairId{p});
            pairs_ += fmt::format(
                "<path class=\"{0} pair\" d=\"M{1} {2}C{3} {2} {3} {4} {1} {4}\"/>"
                "<circle class=\"{0} dot\" cx=\"{1}\" cy=\"{2}\" r=\"3\"/>"
                "<circle class=\"{0} dot\" cx=\"{1}\" cy=\"{4}\" r=\"3\"/>\n",
                purpose, coordinate(x), coordinate(a), coordinate(x - bulge), coordinate(b));
        }
    }

    void draw_messages() {
        for (std::size_t m = 0; m < timeline_.messages.size(); ++m) {
            const MessageTiming& t = timeline_.messages[m];
            const auto found = message_ends_.find(static_cast<std::uint32_t>(m));
            if (!t.scheduled() || found == message_ends_.end()) continue;
            const auto [from, to] = found->second;
            if (from < 0 || to < 0) continue;
            messages_ += fmt::format(
                "<path class=\"message\" d=\"M{} {}L{} {}\"><title>bit from {} to {}: {} to {}"
                "</title></path>\n",
                coordinate(axis_.x(t.send)), coordinate(from), coordinate(axis_.x(t.arrive)),
                coordinate(to), escape_html(program_.qpu(t.from).name),
                escape_html(program_.qpu(t.to).name), axis_.label(t.send), axis_.label(t.arrive));
        }
    }

    const DistributedProgram& program_;
    const Timeline& timeline_;
    bool unit_steps_;
    Lanes lanes_;
    double width_ = 0;
    TimeAxis axis_;
    std::unordered_map<std::uint32_t, std::pair<double, double>> message_ends_;
    struct Sides {
        std::uint32_t first = kNone, second = kNone;
    };
    std::unordered_map<std::uint32_t, Sides> pair_ends_;
    std::unordered_map<std::uint32_t, double> transfer_ends_;  ///< by transfer: y of one side
    std::string making_, joins_, gates_, pairs_, messages_;
};

}  // namespace

TimelinePicture draw_timeline(const DistributedProgram& program, const Timeline& timeline,
                              const TimelineOptions& options) {
    const Extent extent = extent_of(program, timeline);
    if (extent.lanes == 0) return {};
    if (extent.lanes > options.most_lanes || extent.shapes > options.most_shapes)
        return draw_activity(program, timeline, options.most_rows, options.unit_steps);
    return Detailed(program, timeline, options.unit_steps).draw();
}

}  // namespace carillon
