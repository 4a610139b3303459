// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/report_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/picture_explorer.h"
#include "carillon/execution/execute/picture_network.h"
#include "carillon/execution/execute/picture_style.h"
#include "carillon/execution/execute/picture_timeline.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {

namespace {

constexpr std::size_t kOutcomes = 16, kRows = 40;
constexpr std::size_t kStillInstructions = 300;  ///< of a timeline that needs no zoom

constexpr std::string_view kPageStyle = R"(
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:34px 26px 60px}
h1{font-size:26px;line-height:1.25;margin:0;overflow-wrap:anywhere;font-weight:650}
h2{font-size:17px;margin:38px 0 10px;font-weight:650}
.under{color:var(--soft);margin:4px 0 22px;overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(138px,1fr));gap:12px}
.card{background:var(--card);border:1px solid var(--line);border-radius:11px;padding:12px 15px}
.card b{display:block;font-size:22px;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums}
.card span{color:var(--soft);font-size:13px}.card small{display:block;color:var(--soft);font-size:12px}
.card sup{font-size:13px}.good b{color:var(--good)}.bad b{color:var(--bad)}
.frame{background:var(--card);border:1px solid var(--line);border-radius:11px;padding:14px;overflow:auto}
.network svg{max-width:100%;max-height:640px;height:auto;margin:0 auto}
.time{display:flex;padding:10px 0 6px 12px;overflow:hidden}.time>div{overflow-x:auto;flex:1}
.time>svg{flex:none}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 2px 0;color:var(--soft);font-size:13px;
padding:0;list-style:none}
.legend svg{vertical-align:-1px;margin-right:6px}
.caption{color:var(--soft);font-size:13px;margin:8px 2px 0}
.pairbox{display:grid;align-items:start;grid-template-columns:repeat(auto-fit,minmax(330px,1fr));gap:20px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{font-weight:500;color:var(--soft);font-size:13px;text-align:right}
th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere;white-space:normal}
tr:last-child td{border-bottom:0}td.more{color:var(--soft);text-align:left}
code,.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:13px}
td.bar{width:46%;text-align:left}td.bar i{display:block;height:13px;border-radius:3px;
background:var(--accent);min-width:2px}
td.bar i.t{background:var(--c)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:44px;color:var(--soft);font-size:13px}
@media print{.frame,.card{break-inside:avoid}}
)";

void card(std::string& out, const std::string& value, const std::string& label,
          const std::string& small = "", std::string_view kind = "") {
    out += fmt::format("<div class=\"card {}\"><b>{}</b><span>{}</span>", kind, value, label);
    if (!small.empty()) out += "<small>" + small + "</small>";
    out += "</div>\n";
}

void proof_card(std::string& out, const ReportProof& v) {
    std::string small;
    if (v.fidelity) small += fmt::format("state fidelity {:.9f} ", *v.fidelity);
    if (v.distribution) small += fmt::format("sampled distance {:.3g} ", *v.distribution);
    if (v.validator)
        return card(out, *v.validator ? "proved" : "refuted", "equal to its circuit", small,
                    *v.validator ? "good" : "bad");
    if (!small.empty()) card(out, "compared", "with its circuit", small);
}

std::string fidelity_markup(double log_fidelity) {
    if (log_fidelity >= std::log(1e-4) || !std::isfinite(log_fidelity))
        return format_probability(log_fidelity);
    return fmt::format("10<sup>−{:.1f}</sup>", -log_fidelity / std::log(10.0));
}

void cards(std::string& out, const Report& r) {
    out += "<div class=\"cards\">\n";
    std::string needs;
    if (r.placement_pairs.value_or(0) > 0 && r.placement_pairs != r.pairs)
        needs = "its cost model says " + format_count(*r.placement_pairs);
    card(out, format_count(r.pairs), r.pairs == 1 ? "Bell pair" : "Bell pairs", needs);
    if (r.transfers > 0)
        card(out, format_count(r.transfers), r.transfers == 1 ? "qubit carried" : "qubits carried");
    if (!r.placement_pairs) card(out, fmt::format("{:g}", r.price), "price of links");
    card(out, format_count(r.rounds), "rounds of Bell pairs");
    card(out, format_count(r.classical_bits), "classical bits sent");
    if (r.makespan_ns > 0)
        card(out, format_duration(r.makespan_ns), "makespan",
             fmt::format("{:.1f} % above the lower bound", 100 * r.gap));
    card(out, fidelity_markup(r.log_fidelity), "expected fidelity", "an estimate");
    card(out, format_count(r.qpus), r.qpus == 1 ? "QPU" : "QPUs",
         fmt::format("{} of the program", format_plural(r.qubits, "qubit")));
    proof_card(out, r.verified);
    out += "</div>\n";
}

std::string swatch(std::string_view name) {
    return fmt::format(
        "<svg width=\"11\" height=\"11\" aria-hidden=\"true\"><rect class=\"{}\" "
        "width=\"11\" height=\"11\" rx=\"3\" style=\"stroke:none\"/></svg>",
        name);
}

void network_section(std::string& out, const Report& r, const DistributedProgram& program,
                     const Network& network) {
    out += "<section><h2>Network and placement</h2>\n<div class=\"frame network\">\n";
    out += placement_svg(network, program);
    out += "</div>\n";
    out += fmt::format(
        "<p class=\"caption\">{}, {}. Filled circles are qubits in use, small squares "
        "communication qubits; the number on a link counts its Bell pairs.</p></section>\n",
        format_plural(network.nodes.size(), "node"), format_plural(network.links.size(), "link"));
    (void)r;
}

/// A network with the same shape in which every operation takes one step.
Network with_unit_steps(const Network& network) {
    Network unit = network;
    for (Node& node : unit.nodes) node.durations = {1, 1, 1, 1};
    for (Link& link : unit.links) {
        link.attempt_rate_hz = 1e9;
        link.success_probability = 1;
        link.multiplexing = 1;
        link.latency_ns = 0;
    }
    return unit;
}

void timeline_section(std::string& out, const DistributedProgram& program, const Network& network,
                      const Timeline& timeline) {
    TimelineOptions options;
    options.unit_steps = timeline.makespan.ps == 0;
    const Timeline steps =
        options.unit_steps ? schedule(program, with_unit_steps(network)) : Timeline{};
    const Timeline& times = options.unit_steps ? steps : timeline;
    const TimelinePicture picture = draw_timeline(program, times, options);
    if (picture.lanes.empty()) return;
    const std::string explorer = summarize(program).instructions > kStillInstructions
                                     ? timeline_explorer(program, times, options.unit_steps)
                                     : "";
    out += "<section><h2>Timeline</h2>\n" + explorer + (explorer.empty() ? "" : "<noscript>\n") +
           "<div class=\"frame time\">\n" + picture.labels +
           "<div tabindex=\"0\" role=\"group\" aria-label=\"Timeline, scrolls sideways\">\n" +
           picture.lanes + "</div></div>\n" + (explorer.empty() ? "" : "</noscript>\n") +
           "<ul class=\"legend\">";
    if (picture.detailed || !explorer.empty()) {
        out += "<li>" + swatch("one") + "gate on one qubit</li><li>" + swatch("two") +
               "on several</li><li>" + swatch("measure") + "measurement</li><li>" +
               swatch("reset") + "reset</li>";
        std::set<std::string_view> purposes;
        for (const BellPair& p : program.pairs) purposes.insert(purpose_name(p.purpose));
        for (const std::string_view p : purposes)
            out += fmt::format(
                "<li>{}Bell pair: {} (pale while it is made, a bar while it waits)"
                "</li>",
                swatch(p), p);
        if (program.num_messages > 0)
            out +=
                "<li><svg width=\"20\" height=\"11\" class=\"picture\" style=\"display:inline\" "
                "aria-hidden=\"true\"><path class=\"message\" d=\"M0 6H20\"/></svg>message</li>";
    } else {
        out += "<li>" + swatch("two") + "local operations</li><li>" + swatch("telegate") +
               "Bell pairs in the making</li>";
    }
    out += "</ul>\n";
    if (!explorer.empty())
        out +=
            "<p class=\"caption\">Drag to move, Ctrl and wheel or + and − to zoom, 0 for all; the "
            "strip shows the whole time: local operations above its line, Bell pairs in the making "
            "below. Far out a lane shows how busy it is, near by every gate; hover for "
            "times.</p>\n";
    else if (!picture.caption.empty())
        out += "<p class=\"caption\">" + picture.caption + "</p>\n";
    out += "</section>\n";
}

/// The rest of a cell's opening tag and its text; a long outcome keeps its ends, and whole in a
/// tooltip.
std::string outcome_markup(const std::string& outcome) {
    if (outcome.size() <= 48) return ">" + escape_html(outcome);
    return fmt::format(" title=\"{}\">{}…{}", escape_html(outcome),
                       escape_html(outcome.substr(0, 22)),
                       escape_html(outcome.substr(outcome.size() - 22)));
}

void counts_section(std::string& out, const Report& r) {
    if (r.counts.empty()) return;
    std::vector<std::pair<std::string, std::uint64_t>> counts(r.counts.begin(), r.counts.end());
    std::stable_sort(counts.begin(), counts.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::uint64_t total = 0;
    for (const auto& [outcome, n] : counts) total += n;
    const double most = static_cast<double>(std::max<std::uint64_t>(counts[0].second, 1));
    out +=
        "<section><h2>Outcomes</h2>\n<div class=\"frame\"><table><thead><tr><th "
        "scope=\"col\">outcome</th><th scope=\"col\" aria-label=\"bar\"></th><th "
        "scope=\"col\">shots</th><th scope=\"col\">share</th></tr></thead><tbody>\n";
    for (std::size_t k = 0; k < std::min(counts.size(), kOutcomes); ++k) {
        const auto& [outcome, n] = counts[k];
        out += fmt::format(
            "<tr><td class=\"mono\"{}</td><td class=\"bar\"><i style=\"width:{:.1f}%\"></i></td>"
            "<td>{}</td><td>{:.2f} %</td></tr>\n",
            outcome_markup(outcome), 100 * static_cast<double>(n) / most, format_count(n),
            100 * static_cast<double>(n) / static_cast<double>(std::max<std::uint64_t>(total, 1)));
    }
    if (counts.size() > kOutcomes)
        out += fmt::format("<tr><td class=\"more\" colspan=\"4\">and {} more</td></tr>\n",
                           format_count(counts.size() - kOutcomes));
    out += "</tbody></table></div></section>\n";
}

void pairs_section(std::string& out, const Report& r) {
    if (r.pairs == 0 && r.transfers == 0) return;
    out +=
        "<section><h2>Bell pairs</h2>\n<div class=\"pairbox\"><div class=\"frame\"><table>"
        "<thead><tr><th scope=\"col\">purpose</th><th scope=\"col\" aria-label=\"bar\"></th>"
        "<th scope=\"col\">pairs</th></tr></thead><tbody>\n";
    for (const auto& [purpose, n] : r.by_purpose)
        out += fmt::format(
            "<tr><td>{0}</td><td class=\"bar\"><i class=\"t\" "
            "style=\"--c:var(--{0});width:{1:.1f}%\"></i></td><td>{2}</td></tr>\n",
            escape_html(purpose), 100 * static_cast<double>(n) / static_cast<double>(r.pairs),
            format_count(n));
    out +=
        "</tbody></table></div>\n<div class=\"frame\"><table><thead><tr><th scope=\"col\">link"
        "</th><th scope=\"col\">pairs</th>";
    if (r.transfers > 0) out += "<th scope=\"col\">carried</th>";
    out += "<th scope=\"col\">busy</th><th scope=\"col\">of the time</th></tr></thead><tbody>\n";
    std::vector<ReportLink> links = r.links;
    std::stable_sort(links.begin(), links.end(), [](const auto& a, const auto& b) {
        return a.pairs + a.transfers > b.pairs + b.transfers;
    });
    for (std::size_t k = 0; k < std::min(links.size(), kRows); ++k) {
        const ReportLink& l = links[k];
        const std::string carried =
            r.transfers > 0 ? "<td>" + format_count(l.transfers) + "</td>" : "";
        out += fmt::format("<tr><td>{} – {}</td><td>{}</td>{}<td>{}</td><td>{:.0f} %</td></tr>\n",
                           escape_html(l.a), escape_html(l.b), format_count(l.pairs), carried,
                           format_duration(l.busy_ns), 100 * l.utilisation);
    }
    if (links.size() > kRows)
        out += fmt::format("<tr><td class=\"more\" colspan=\"4\">and {} more</td></tr>\n",
                           format_count(links.size() - kRows));
    out += "</tbody></table></div></div></section>\n";
}

void qpu_section(std::string& out, const Report& r) {
    if (r.qpu_table.empty()) return;
    out +=
        "<section><h2>QPUs</h2>\n<div class=\"frame\"><table><thead><tr><th "
        "scope=\"col\">QPU</th><th scope=\"col\">data qubits</th><th scope=\"col\">"
        "communication</th><th scope=\"col\">gates</th><th scope=\"col\">pairs</th><th "
        "scope=\"col\">busy</th><th scope=\"col\">waiting</th></tr></thead><tbody>\n";
    for (std::size_t k = 0; k < std::min(r.qpu_table.size(), kRows); ++k) {
        const ReportQpu& q = r.qpu_table[k];
        out += fmt::format(
            "<tr><td>{}</td><td>{} of {}</td><td>{} of {}</td><td>{}</td><td>{}</td><td>{}</td>"
            "<td>{}</td></tr>\n",
            escape_html(q.name), q.qubits_used, q.data_qubits, q.comm_used, q.comm_qubits,
            format_count(q.gates), format_count(q.pairs), format_duration(q.busy_ns),
            format_duration(q.waiting_ns));
    }
    if (r.qpu_table.size() > kRows)
        out += fmt::format("<tr><td class=\"more\" colspan=\"7\">and {} more</td></tr>\n",
                           format_count(r.qpu_table.size() - kRows));
    out += "</tbody></table></div></section>\n";
}

void fact(std::string& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, text);
}

void facts_section(std::string& out, const Report& r) {
    out += "<section><h2>Details</h2>\n<div class=\"frame\"><dl>\n";
    fact(out, "Source program",
         fmt::format("{}, {}, depth {}, {}, {}", format_plural(r.qubits, "qubit"),
                     format_plural(r.bits, "bit"), format_count(r.depth),
                     format_gates(r.gates, r.two_qubit_gates, r.wide_gates),
                     format_plural(r.measurements, "measurement")));
    fact(
        out, "Distributed program",
        fmt::format("{}, {}, depth {}", format_plural(r.instructions, "instruction"),
                    format_plural(r.local_gates, "local gate"), format_count(r.distributed_depth)));
    if (r.native_rewrites > 0 || r.swaps > 0)
        fact(out, "Local compilation",
             fmt::format("{} written natively, {} for coupling maps",
                         format_plural(r.native_rewrites, "gate"), format_plural(r.swaps, "swap")));
    fact(out, "Placement",
         escape_html(r.partition_method) +
             (r.model.empty() ? "" : ", cost model " + escape_html(r.model)));
    if (r.makespan_ns > 0)
        fact(out, "Makespan",
             fmt::format("{}, at least {} on this network", format_duration(r.makespan_ns),
                         format_duration(r.lower_bound_ns)));
    fact(out, "Fidelity", escape_html(r.fidelity_method));
    fact(out, "Verification", escape_html(r.verified.note));
    if (r.shots > 0)
        fact(out, "Execution",
             fmt::format("{}, seed {}{}", format_plural(r.shots, "shot"), r.seed,
                         r.engine.empty() ? "" : ", engine " + escape_html(r.engine)));
    std::string wall;
    for (const auto& [phase, seconds] : r.wall_s)
        wall +=
            (wall.empty() ? "" : ", ") + escape_html(phase) + " " + format_duration(1e9 * seconds);
    if (!wall.empty()) fact(out, "Wall time", format_duration(1e9 * total_wall_s(r)) + ": " + wall);
    if (r.memory_bytes > 0) fact(out, "Memory", format_bytes(r.memory_bytes));
    for (const std::string& note : r.notes) fact(out, "Note", escape_html(note));
    out += "</dl></div></section>\n";
}

}  // namespace

std::string report_html(const Report& report, const DistributedProgram& program,
                        const Network& network, const Timeline& timeline) {
    const std::string title = escape_html(report.program.empty() ? "program" : report.program);
    std::string out = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<title>{} – Carillon</title>\n<style>\n{}{}{}</style>\n</head>\n<body>\n<main>\n"
        "<h1>{}</h1>\n<p class=\"under\">distributed over {}</p>\n",
        title, picture_style(), kPageStyle, explorer_style(), title, escape_html(report.network));
    cards(out, report);
    counts_section(out, report);
    network_section(out, report, program, network);
    timeline_section(out, program, network, timeline);
    pairs_section(out, report);
    qpu_section(out, report);
    facts_section(out, report);
    out += fmt::format("<footer>Carillon {}</footer>\n</main>\n</body>\n</html>\n",
                       escape_html(report.version));
    return out;
}

}  // namespace carillon
