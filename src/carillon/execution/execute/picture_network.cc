// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/picture_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/picture_style.h"

namespace carillon {

namespace {

constexpr std::uint32_t kChips = 40;
constexpr double kChip = 13;
constexpr std::size_t kTags = 60;  ///< links that carry their number of pairs

/// What a program does on the network; empty for the network alone.
struct Occupation {
    bool shown = false;
    bool carries = false;  ///< some link carries qubits; they are counted with the pairs
    std::vector<std::vector<bool>> used;  ///< by node, then local qubit
    std::vector<std::size_t> pairs;       ///< by link
    std::size_t most_pairs = 0;
};

Occupation occupation_of(const Network& network, const DistributedProgram& program) {
    Occupation o;
    o.shown = true;
    o.pairs.assign(network.links.size(), 0);
    for (const BellPair& p : program.pairs)
        if (p.link.value < o.pairs.size()) ++o.pairs[p.link.value];
    o.carries = !program.transfers.empty();
    for (const QubitTransfer& t : program.transfers)
        if (t.link.value < o.pairs.size()) ++o.pairs[t.link.value];
    for (const std::size_t n : o.pairs) o.most_pairs = std::max(o.most_pairs, n);
    for (const QpuProgram& qpu : program.qpus) {
        std::vector<bool> used(qpu.num_qubits(), false);
        visit_instructions(qpu, [&](const Instruction& i) {
            for (const LocalQubit q : qpu.qubits(i)) used[q] = true;
        });
        o.used.push_back(std::move(used));
    }
    return o;
}

std::string shortened(const std::string& name, std::size_t width) {
    if (name.size() <= width) return escape_html(name);
    std::size_t cut = width - 1;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xc0) == 0x80) --cut;
    return escape_html(name.substr(0, cut)) + "…";
}

class Picture {
  public:
    Picture(const Network& network, Occupation occupation)
        : network_(network), occupation_(std::move(occupation)), layout_(lay_out(network)) {}

    std::string draw(bool standalone) {
        right_ = std::max(layout_.width, 120.0), bottom_ = std::max(layout_.height, 60.0);
        draw_links();
        for (std::size_t i = 0; i < network_.nodes.size(); ++i) draw_node(i);
        std::string text = fmt::format(
            "<svg class=\"picture\" {}viewBox=\"{} {} {} {}\" width=\"{}\" height=\"{}\" "
            "role=\"img\" aria-label=\"{}\">\n",
            standalone ? "xmlns=\"http://www.w3.org/2000/svg\" " : "", coordinate(left_),
            coordinate(top_), coordinate(right_ - left_), coordinate(bottom_ - top_),
            coordinate(right_ - left_), coordinate(bottom_ - top_), escape_html(summary()));
        if (standalone)
            text += fmt::format(
                "<style>{}</style>\n<rect x=\"{}\" y=\"{}\" width=\"100%\" height=\"100%\" "
                "style=\"fill:var(--page)\"/>\n",
                picture_style(), coordinate(left_), coordinate(top_));
        return text + out_ + tags_ + "</svg>\n";
    }

  private:
    std::string summary() const {
        return fmt::format("Network {}: {}, {}", network_.name,
                           format_plural(network_.nodes.size(), "node"),
                           format_plural(network_.links.size(), "link"));
    }

    /// Links that join the same two nodes are one line.
    void draw_links() {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> joined;
        for (std::size_t l = 0; l < network_.links.size(); ++l) {
            const Link& link = network_.links[l];
            joined[std::minmax(link.a.value, link.b.value)] +=
                occupation_.shown ? occupation_.pairs[l] : 0;
        }
        std::vector<std::pair<std::pair<std::uint32_t, std::uint32_t>, std::size_t>> order(
            joined.begin(), joined.end());
        std::stable_sort(order.begin(), order.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
        // A dense network is drawn by its used links alone.
        const bool dense = joined.size() > 1500;
        std::size_t used = 0;
        for (const auto& [ends, pairs] : order) used += pairs > 0;
        for (const auto& [ends, pairs] : order) {
            if (dense && pairs == 0 && used > 0) continue;
            draw_link(ends.first, ends.second, pairs, used <= kTags && !layout_.compact);
        }
    }

    void draw_link(std::uint32_t a, std::uint32_t b, std::size_t pairs, bool tagged) {
        const auto &p = layout_.boxes[a], &q = layout_.boxes[b];
        const double share = pairs == 0
                                 ? 0
                                 : std::log1p(static_cast<double>(pairs)) /
                                       std::log1p(static_cast<double>(occupation_.most_pairs));
        const double thickness =
            (layout_.compact ? 0.5 : 1) * (pairs == 0 ? 1.2 : 1.5 + 3.5 * share);
        const double bend = bend_of(a, b);
        reach_out(p, q, bend);
        const double mx = (p.x + q.x) / 2, my = (p.y + q.y) / 2;
        const double length = std::max(std::hypot(q.x - p.x, q.y - p.y), 1.0);
        const double cx = mx - bend * (q.y - p.y) / length, cy = my + bend * (q.x - p.x) / length;
        const std::string names =
            escape_html(network_.nodes[a].name) + " – " + escape_html(network_.nodes[b].name);
        const std::string title =
            occupation_.carries
                ? fmt::format("{}: {} pairs and carried qubits", names, format_count(pairs))
            : occupation_.shown ? fmt::format("{}: {}", names, format_plural(pairs, "Bell pair"))
                                : names;
        out_ += fmt::format(
            "<path class=\"{}\" stroke-width=\"{}\" d=\"M{} {}Q{} {} {} "
            "{}\"><title>{}</title></path>\n",
            pairs ? "used" : "link", coordinate(thickness), coordinate(p.x), coordinate(p.y),
            coordinate(cx), coordinate(cy), coordinate(q.x), coordinate(q.y), title);
        if (pairs == 0 || !tagged) return;
        const std::string text = format_count(pairs);
        const auto [tx, ty] = free_place(p, q, {cx, cy});
        const double half = 5 + 3.4 * static_cast<double>(text.size());
        tags_ += fmt::format(
            "<rect class=\"tag\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"17\" rx=\"8.5\"/>"
            "<text class=\"mid small\" x=\"{}\" y=\"{}\">{}</text>\n",
            coordinate(tx - half), coordinate(ty - 8.5), coordinate(2 * half), coordinate(tx),
            coordinate(ty + 3.5), text);
    }

    /// Makes the picture large enough for a curve's top.
    void reach_out(const NetworkLayout::Box& p, const NetworkLayout::Box& q, double bend) {
        const double length = std::max(std::hypot(q.x - p.x, q.y - p.y), 1.0);
        const double x = (p.x + q.x) / 2 - bend / 2 * (q.y - p.y) / length;
        const double y = (p.y + q.y) / 2 + bend / 2 * (q.x - p.x) / length;
        left_ = std::min(left_, x - 14), top_ = std::min(top_, y - 14);
        right_ = std::max(right_, x + 14), bottom_ = std::max(bottom_, y + 14);
    }

    /// How far the control point of a link's curve leaves the straight line, so that the curve
    /// passes beside the nodes in its way; to the side where that takes less.
    double bend_of(std::uint32_t a, std::uint32_t b) const {
        if (layout_.boxes.size() > 200) return 0;
        const auto &p = layout_.boxes[a], &q = layout_.boxes[b];
        const double dx = q.x - p.x, dy = q.y - p.y, length = std::max(std::hypot(dx, dy), 1.0);
        double left = 0, right = 0;
        for (std::size_t k = 0; k < layout_.boxes.size(); ++k) {
            if (k == a || k == b) continue;
            const auto& box = layout_.boxes[k];
            const double along = ((box.x - p.x) * dx + (box.y - p.y) * dy) / (length * length);
            if (along < 0.03 || along > 0.97) continue;
            const double off = ((box.y - p.y) * dx - (box.x - p.x) * dy) / length;
            const double reach =
                (std::abs(dy) * box.width + std::abs(dx) * box.height) / (2 * length) + 5;
            if (std::abs(off) >= reach) continue;
            // The curve's offset there, where the node begins on the side of the nearer end.
            const double half =
                (std::abs(dx) * box.width + std::abs(dy) * box.height) / (2 * length * length);
            const double t =
                along < 0.5 ? std::max(along - half, 0.05) : std::min(along + half, 0.95);
            const double gain = 2 * t * (1 - t);
            left = std::max(left, (reach + off) / gain);
            right = std::max(right, (reach - off) / gain);
        }
        const double bend = left <= right ? left : -right;
        return std::clamp(bend, -0.7 * length, 0.7 * length);
    }

    /// A place on the curve for a tag that no other tag has taken.
    std::pair<double, double> free_place(const NetworkLayout::Box& p, const NetworkLayout::Box& q,
                                         std::pair<double, double> c) {
        std::pair<double, double> best{};
        double most = -1;
        for (const double t : {0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73}) {
            const double u = 1 - t;
            const double x = u * u * p.x + 2 * u * t * c.first + t * t * q.x;
            const double y = u * u * p.y + 2 * u * t * c.second + t * t * q.y;
            double room = 40;
            for (const auto& [ox, oy] : taken_)
                room = std::min(room, std::hypot((x - ox) / 1.4, y - oy));
            for (const auto& b : layout_.boxes)
                if (std::abs(x - b.x) < b.width / 2 + 12 && std::abs(y - b.y) < b.height / 2 + 9)
                    room = std::min(room, 1.0);
            if (room > most + 1) most = room, best = {x, y};
        }
        taken_.push_back(best);
        return best;
    }

    void draw_node(std::size_t i) {
        const Node& node = network_.nodes[i];
        const auto& b = layout_.boxes[i];
        const std::vector<bool>* used =
            occupation_.shown && i < occupation_.used.size() ? &occupation_.used[i] : nullptr;
        std::size_t data_used = 0;
        if (used)
            data_used = static_cast<std::size_t>(
                std::count(used->begin(),
                           used->begin() + std::min<long>(static_cast<long>(node.data_qubits),
                                                          static_cast<long>(used->size())),
                           true));
        std::string title =
            fmt::format("{}: {}, {} communication", escape_html(node.name),
                        format_plural(node.data_qubits, "data qubit"), node.comm_qubits);
        if (used) title += fmt::format(", {} in use", data_used);
        out_ +=
            fmt::format("<g{}><title>{}</title>\n", node.available ? "" : " class=\"off\"", title);
        if (layout_.compact)
            draw_dot(node, b, data_used);
        else if (node.kind != NodeKind::kQpu)
            draw_relay(node, b);
        else
            draw_qpu(i, node, b, used, data_used);
        out_ += "</g>\n";
    }

    void draw_dot(const Node& node, const NetworkLayout::Box& b, std::size_t data_used) {
        const bool filled = occupation_.shown ? data_used > 0 : node.data_qubits > 0;
        const double share = !occupation_.shown || node.data_qubits == 0
                                 ? 1
                                 : std::sqrt(static_cast<double>(data_used) / node.data_qubits);
        out_ += fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"7\"/>\n",
                            node.kind == NodeKind::kQpu ? "box" : "relay", coordinate(b.x),
                            coordinate(b.y));
        if (filled)
            out_ +=
                fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", qpu_class(0),
                            coordinate(b.x), coordinate(b.y), coordinate(std::max(1.5, 6 * share)));
    }

    void draw_relay(const Node& node, const NetworkLayout::Box& b) {
        out_ += fmt::format(
            "<rect class=\"relay\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"15\"/>"
            "<text class=\"mid small\" x=\"{}\" y=\"{}\">{}</text>\n",
            coordinate(b.x - b.width / 2), coordinate(b.y - b.height / 2), coordinate(b.width),
            coordinate(b.height), coordinate(b.x), coordinate(b.y + 3.5), shortened(node.name, 14));
    }

    void draw_qpu(std::size_t i, const Node& node, const NetworkLayout::Box& b,
                  const std::vector<bool>* used, std::size_t data_used) {
        const double left = b.x - b.width / 2, top = b.y - b.height / 2;
        out_ += fmt::format(
            "<rect class=\"box\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"9\"/>"
            "<text class=\"name mid\" x=\"{}\" y=\"{}\">{}</text>\n",
            coordinate(left), coordinate(top), coordinate(b.width), coordinate(b.height),
            coordinate(b.x), coordinate(top + 17), shortened(node.name, 18));
        if (node.data_qubits + node.comm_qubits > kChips)
            return draw_gauge(i, node, b, used != nullptr, data_used);
        const auto columns =
            static_cast<std::uint32_t>(std::max(1.0, std::floor((b.width - 10) / kChip)));
        double y = top + 32;
        y = draw_chips(i, node.data_qubits, 0, columns, b, y, used, false);
        draw_chips(i, node.comm_qubits, node.data_qubits, columns, b, y, used, true);
    }

    double draw_chips(std::size_t node, std::uint32_t count, std::uint32_t first,
                      std::uint32_t columns, const NetworkLayout::Box& b, double y,
                      const std::vector<bool>* used, bool comm) {
        for (std::uint32_t k = 0; k < count; k += columns, y += kChip) {
            const std::uint32_t here = std::min(columns, count - k);
            double x = b.x - (here - 1) * kChip / 2;
            for (std::uint32_t c = 0; c < here; ++c, x += kChip) {
                const std::uint32_t q = first + k + c;
                const bool on = !used ? !comm : q < used->size() && (*used)[q];
                if (comm) {
                    out_ += fmt::format(
                        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"7\" "
                        "height=\"7\" rx=\"1.5\"/>",
                        on ? "commused" : "comm", coordinate(x - 3.5), coordinate(y - 3.5));
                } else {
                    out_ +=
                        fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"4.3\"/>",
                                    on ? qpu_class(node) : "empty", coordinate(x), coordinate(y));
                }
            }
            out_ += "\n";
        }
        return y;
    }

    /// Many qubits: a bar and a number in place of single chips.
    void draw_gauge(std::size_t i, const Node& node, const NetworkLayout::Box& b, bool shown,
                    std::size_t data_used) {
        const double left = b.x - b.width / 2 + 10, y = b.y - b.height / 2 + 26;
        const double full = b.width - 20;
        const double share =
            shown && node.data_qubits ? static_cast<double>(data_used) / node.data_qubits : 1;
        out_ += fmt::format(
            "<rect class=\"empty\" x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"9\" rx=\"4.5\"/>"
            "<rect class=\"{3}\" x=\"{0}\" y=\"{1}\" width=\"{4}\" height=\"9\" rx=\"4.5\"/>"
            "<text class=\"mid small soft\" x=\"{5}\" y=\"{6}\">{7}</text>\n",
            coordinate(left), coordinate(y), coordinate(full), qpu_class(i),
            coordinate(full * share), coordinate(b.x), coordinate(y + 23),
            shown ? fmt::format("{}/{} + {}", data_used, node.data_qubits, node.comm_qubits)
                  : fmt::format("{} + {}", node.data_qubits, node.comm_qubits));
    }

    const Network& network_;
    Occupation occupation_;
    NetworkLayout layout_;
    std::vector<std::pair<double, double>> taken_;  ///< centres of tags
    double left_ = 0, top_ = 0, right_ = 0, bottom_ = 0;
    std::string out_, tags_;
};

}  // namespace

std::string network_svg(const Network& network) {
    return Picture(network, {}).draw(true);
}

std::string placement_svg(const Network& network, const DistributedProgram& program) {
    return Picture(network, occupation_of(network, program)).draw(false);
}

}  // namespace carillon
