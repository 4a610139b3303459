// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/report.h"

namespace carillon {

namespace {

constexpr std::size_t kRows = 16;  ///< rows of a table before it is cut
constexpr std::size_t kColumns = 100;
constexpr std::size_t kLabel = 14;  ///< width of the label column

/// Shortens a text to `width` code points, with an ellipsis when something is lost.
std::string fit(std::string_view text, std::size_t width) {
    std::string clean = printable(text);
    std::size_t points = 0, cut = clean.size();
    for (std::size_t i = 0; i < clean.size(); ++i) {
        if ((static_cast<unsigned char>(clean[i]) & 0xc0) == 0x80) continue;
        if (points == width - 1) cut = i;
        ++points;
    }
    if (points <= width) return clean;
    return clean.substr(0, cut) + "…";
}

void row(std::string& out, std::string_view label, std::string_view text) {
    out += fmt::format("{:<{}}{}\n", label, kLabel, fit(text, kColumns - kLabel));
}

/// Breaks a long text at spaces, indented under the label.
void paragraph(std::string& out, std::string_view label, std::string_view text) {
    std::string rest = printable(text);
    while (!rest.empty()) {
        std::size_t end = std::min(rest.size(), kColumns - kLabel);
        if (end < rest.size())
            if (const std::size_t space = rest.rfind(' ', end); space != std::string::npos && space)
                end = space;
        out += fmt::format("{:<{}}{}\n", label, kLabel, rest.substr(0, end));
        rest.erase(0, end == rest.size() ? end : end + (rest[end] == ' '));
        label = "";
    }
}

void heading(std::string& out, const Report& r) {
    std::string title = r.program.empty() ? "program" : r.program;
    if (!r.network.empty()) title += " on " + r.network;
    out += fit(title, kColumns) + "\n\n";
}

void program_rows(std::string& out, const Report& r) {
    row(out, "program",
        fmt::format("{}, {}, depth {}, {}", format_plural(r.qubits, "qubit"),
                    format_plural(r.bits, "bit"), format_count(r.depth),
                    format_gates(r.gates, r.two_qubit_gates, r.wide_gates)));
    if (r.instructions == 0) return;
    std::string placed = format_plural(r.qpus, "QPU");
    if (!r.partition_method.empty()) placed += ", placed by " + r.partition_method;
    if (!r.model.empty()) placed += ", cost model " + r.model;
    row(out, "distributed", placed);
    row(out, "",
        fmt::format("{}, {}, depth {}", format_plural(r.instructions, "instruction"),
                    format_plural(r.local_gates, "local gate"), format_count(r.distributed_depth)));
}

/// What holds the schedule back, from the bounds.
std::string bound_text(const Report& r) {
    if (r.makespan_ns <= 0 || r.pairs == 0) return {};
    std::string text = r.prefetch ? "pairs ahead" : "pairs on demand";
    text += fmt::format("; needs {} for its data", format_duration(r.data_chain_ns));
    if (r.comm_ns > r.data_chain_ns)
        text += fmt::format(", {} for the communication qubits of {}", format_duration(r.comm_ns),
                            r.busiest_qpu);
    if (r.busiest_link_ns > std::max(r.comm_ns, r.data_chain_ns))
        text += fmt::format(", {} over {}", format_duration(r.busiest_link_ns), r.busiest_link);
    return text;
}

/// Only where not every pair costs 1 and nothing else is paid for.
void price_rows(std::string& out, const Report& r) {
    if (r.transfers > 0) {
        std::string carried = format_plural(r.transfers, "qubit");
        std::string separator = ": ";
        for (const auto& [purpose, n] : r.transfers_by_purpose) {
            carried += fmt::format("{}{} {}", separator, format_count(n), purpose);
            separator = ", ";
        }
        row(out, "carried", carried);
    }
    if (r.placement_pairs && r.price == static_cast<double>(r.pairs)) return;
    std::string price = fmt::format("{:g}", r.price);
    if (r.transfers > 0)
        price += fmt::format(" (pairs {:g}, carried {:g})", r.price - r.transfer_price,
                             r.transfer_price);
    if (std::abs(r.price - r.placement_price) > 1e-6 * r.price)
        price += fmt::format("; the cost model of the placement says {:g}", r.placement_price);
    row(out, "price", price);
}

/// "12 pairs, lower bound 11, gap 8 %", and what is known of placements that stay put.
void optimality_rows(std::string& out, const Report& r, const ReportOptimality& o) {
    std::string text = r.placement_pairs ? format_plural(*r.placement_pairs, "pair")
                                         : fmt::format("price {:g}", o.cost);
    text += o.optimal ? ", proved least"
                      : fmt::format(", lower bound {:g}, gap {:.0f} %", o.bound.least, 100 * o.gap);
    text += " (" + o.bound.holds_for + ")";
    if (o.static_bound.least > o.bound.least)
        text +=
            fmt::format("; {} {:g} for {}", o.static_bound_is_optimum ? "the least is" : "at least",
                        o.static_bound.least, o.static_bound.holds_for);
    if (o.folded_gates > 0)
        text += "; " + format_plural(o.folded_gates, "gate") + " folded, " +
                fmt::format("{:g} saved", o.saved_by_folding);
    if (!o.note.empty()) text += "; " + o.note;
    paragraph(out, "placement", text);
}

void cost_rows(std::string& out, const Report& r) {
    if (r.instructions == 0) return;
    std::string pairs = format_count(r.pairs);
    std::string separator = ": ";
    for (const auto& [purpose, n] : r.by_purpose) {
        pairs += fmt::format("{}{} {}", separator, format_count(n), purpose);
        separator = ", ";
    }
    if (r.placement_pairs.value_or(0) > 0 && r.placement_pairs != r.pairs)
        pairs += fmt::format(" (the cost model of the placement says {})",
                             format_count(*r.placement_pairs));
    row(out, "Bell pairs", pairs);
    if (r.optimality) optimality_rows(out, r, *r.optimality);
    price_rows(out, r);
    std::string messages = format_plural(r.classical_bits, "classical bit");
    if (r.packets < r.classical_bits) messages += " in " + format_plural(r.packets, "packet");
    row(out, "messages", messages);
    row(out, "rounds", format_count(r.rounds));
    std::string time = format_duration(r.makespan_ns);
    if (r.makespan_ns > 0)
        time += fmt::format(" (at least {}, gap {:.1f} %)", format_duration(r.lower_bound_ns),
                            100 * r.gap);
    row(out, "makespan", time);
    std::string why = bound_text(r);
    if (!why.empty()) row(out, "", why);
    if (r.discarded_pairs + r.overdue_pairs + r.stale_copies > 0)
        row(out, "cut-off",
            fmt::format("{} discarded and made again, {} used too old, {} of copies too long",
                        format_plural(r.discarded_pairs, "pair"), format_count(r.overdue_pairs),
                        format_plural(r.stale_copies, "wait")));
    row(out, "fidelity",
        fmt::format("{} expected: {}", format_probability(r.log_fidelity), r.fidelity_method));
}

void proof_rows(std::string& out, const Report& r) {
    const ReportProof& v = r.verified;
    if (!v.validator && !v.fidelity && !v.distribution && v.note.empty()) return;
    std::string text;
    const auto add = [&text](const std::string& part) {
        text += (text.empty() ? "" : ", ") + part;
    };
    if (v.validator) add(*v.validator ? "proved equal to its circuit" : "NOT EQUAL to its circuit");
    if (v.fidelity) add(fmt::format("state fidelity {:.9f}", *v.fidelity));
    if (v.distribution) add(fmt::format("distance of distributions {:.2e}", *v.distribution));
    if (!v.note.empty()) add(v.note);
    paragraph(out, "verified", text);
}

void link_table(std::string& out, const Report& r) {
    if (r.links.empty()) return;
    std::vector<ReportLink> links = r.links;
    std::stable_sort(links.begin(), links.end(), [](const auto& a, const auto& b) {
        return a.pairs + a.transfers > b.pairs + b.transfers;
    });
    const bool carry = r.transfers > 0;
    const auto column = [carry](const std::string& text) {
        return carry ? fmt::format(" {:>9}", text) : std::string();
    };
    out += fmt::format("\n{:<44} {:>12}{} {:>12} {:>7}\n", "link", "pairs", column("carried"),
                       "busy", "of time");
    for (std::size_t k = 0; k < std::min(links.size(), kRows); ++k) {
        const ReportLink& l = links[k];
        out +=
            fmt::format("{:<44} {:>12}{} {:>12} {:>5.0f} %\n", fit(l.a, 20) + " -- " + fit(l.b, 20),
                        format_count(l.pairs), column(format_count(l.transfers)),
                        format_duration(l.busy_ns), 100 * l.utilisation);
    }
    if (links.size() > kRows) out += fmt::format("... and {} more\n", links.size() - kRows);
}

void qpu_table(std::string& out, const Report& r) {
    if (r.qpu_table.empty()) return;
    out += fmt::format("\n{:<24} {:>11} {:>9} {:>11} {:>9} {:>11} {:>11}\n", "QPU", "qubits",
                       "comm", "gates", "pairs", "busy", "waiting");
    for (std::size_t k = 0; k < std::min(r.qpu_table.size(), kRows); ++k) {
        const ReportQpu& q = r.qpu_table[k];
        out += fmt::format("{:<24} {:>11} {:>9} {:>11} {:>9} {:>11} {:>11}\n", fit(q.name, 24),
                           fmt::format("{}/{}", q.qubits_used, q.data_qubits),
                           fmt::format("{}/{}", q.comm_used, q.comm_qubits), format_count(q.gates),
                           format_count(q.pairs), format_duration(q.busy_ns),
                           format_duration(q.waiting_ns));
    }
    if (r.qpu_table.size() > kRows)
        out += fmt::format("... and {} more\n", r.qpu_table.size() - kRows);
}

void member_table(std::string& out, const Report& r) {
    constexpr std::size_t kFew = 8;  // the usual search needs no table
    if (!r.optimality || r.optimality->members.size() <= kFew) return;
    const std::vector<ReportMember>& members = r.optimality->members;
    out += fmt::format("\n{:<44} {:>12} {:>12}   diversity {:.2f}\n", "search", "cost", "time",
                       r.optimality->diversity);
    for (std::size_t k = 0; k < std::min(members.size(), 2 * kRows); ++k) {
        const ReportMember& m = members[k];
        out += fmt::format("{:<44} {:>12} {:>12}{}\n", fit(m.name, 44),
                           m.refused.empty() ? fmt::format("{:g}", m.cost) : "refused",
                           format_duration(1e9 * m.seconds),
                           m.refused.empty() ? "" : "   " + fit(m.refused, 28));
    }
    if (members.size() > 2 * kRows)
        out += fmt::format("... and {} more\n", members.size() - 2 * kRows);
}

void budget_rows(std::string& out, const Report& r) {
    if (!r.budget) return;
    const ErrorBudget& b = *r.budget;
    out += fmt::format("\nerror budget (an estimate by closed formulas) for a fidelity of {}: {}\n",
                       b.target, b.met ? "met" : "NOT met");
    for (const std::string& reason : b.reasons) paragraph(out, "", reason);
    row(out, "raw pairs",
        fmt::format("{} in all; the busiest link makes them in {}",
                    format_count(static_cast<std::uint64_t>(b.raw_pairs + 0.5)),
                    format_duration(b.busiest_link_ns)));
    row(out, "qubits",
        b.distance == 1
            ? format_count(b.physical_qubits) + " data qubits, without a code"
            : fmt::format("{} physical, in patches of distance {}; {:.2g} logical failures",
                          format_count(b.physical_qubits), b.distance, b.logical_errors));
    out += fmt::format("{:<10} {:>12} {:>10} {:>8} {:>10} {:>14}\n", "link", "pairs", "protocol",
                       "rounds", "fidelity", "raw pairs");
    for (std::size_t k = 0; k < std::min(b.links.size(), kRows); ++k) {
        const LinkBudget& l = b.links[k];
        out += fmt::format(
            "{:<10} {:>12} {:>10} {:>8} {:>10.6f} {:>14}\n", l.link.value, format_count(l.pairs),
            l.plan.rounds ? protocol_name(l.plan.protocol) : "none", l.plan.rounds, l.plan.fidelity,
            format_count(static_cast<std::uint64_t>(l.raw_pairs + 0.5)));
    }
    if (b.links.size() > kRows) out += fmt::format("... and {} more\n", b.links.size() - kRows);
}

void choice_table(std::string& out, const Report& r) {
    if (r.choices.size() < 2) return;
    out += fmt::format("\n{:<34} {:>9} {:>9} {:>12} {:>12}\n", "placement considered", "steiner",
                       "physical", "makespan", "fidelity");
    for (std::size_t k = 0; k < std::min(r.choices.size(), kRows); ++k) {
        const Choice& c = r.choices[k];
        const std::string pairs = c.refused.empty() ? format_count(c.physical) : "-";
        std::string time = "-", fidelity = "-";
        if (c.prediction) {
            time = format_duration(c.prediction->makespan_ns);
            fidelity = format_probability(c.prediction->log_fidelity);
        }
        const std::string note = c.chosen ? "  chosen" : c.refused.empty() ? "" : "  " + c.refused;
        out += fmt::format("{:<34} {:>9} {:>9} {:>12} {:>12}{}\n", fit(c.name, 34),
                           format_count(c.steiner), pairs, time, fidelity, note);
    }
    paragraph(out, "chosen for", r.partition_reason);
}

/// Args:
///     total: shots, of which those of outcomes left out of the counts are a part.
///     distinct: outcomes, those left out included.
///     rows: the table has at most.
void count_table(std::string& out, const std::map<std::string, std::uint64_t>& all,
                 std::uint64_t total, std::uint64_t distinct, std::size_t rows) {
    if (all.empty()) return;
    std::vector<std::pair<std::string, std::uint64_t>> counts(all.begin(), all.end());
    std::stable_sort(counts.begin(), counts.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::size_t widest = 7;
    for (std::size_t k = 0; k < std::min(counts.size(), rows); ++k)
        widest = std::max(widest, std::min<std::size_t>(counts[k].first.size(), 48));
    const double shots = static_cast<double>(std::max<std::uint64_t>(total, 1));
    out += fmt::format("{:<{}} {:>12} {:>8}\n", "outcome", widest, "shots", "share");
    for (std::size_t k = 0; k < std::min(counts.size(), rows); ++k) {
        const double share = static_cast<double>(counts[k].second) / shots;
        const auto bar = static_cast<std::size_t>(share * 24 + 0.5);
        std::string line = fmt::format("{:<{}} {:>12} {:>6.2f} %  {}", fit(counts[k].first, widest),
                                       widest, format_count(counts[k].second), 100 * share,
                                       std::string(std::min<std::size_t>(bar, 24), '#'));
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    const std::uint64_t shown = std::min(counts.size(), rows);
    if (distinct > shown) out += fmt::format("... and {} more\n", distinct - shown);
}

void footer(std::string& out, const Report& r) {
    out += "\n";
    if (r.shots > 0) {
        std::string text = fmt::format("{}, seed {}", format_plural(r.shots, "shot"), r.seed);
        if (!r.engine.empty()) text += ", engine " + r.engine;
        row(out, "executed", text);
    }
    if (!r.wall_s.empty()) {
        std::string text = format_duration(1e9 * total_wall_s(r));
        std::string separator = ": ";
        for (const auto& [phase, seconds] : r.wall_s) {
            text += separator + phase + " " + format_duration(1e9 * seconds);
            separator = ", ";
        }
        paragraph(out, "wall time", text);
    }
    if (r.memory_bytes > 0) row(out, "memory", format_bytes(r.memory_bytes));
    if (r.binding) out += host::bind_text(*r.binding);
    if (r.pages) out += host::page_text(*r.pages);
    if (r.metrics) out += host::metrics_text(*r.metrics);
    for (const std::string& note : r.notes) paragraph(out, "note", note);
    if (!r.version.empty()) row(out, "carillon", r.version);
}

}  // namespace

std::string counts_text(const std::map<std::string, std::uint64_t>& counts, std::uint64_t shots,
                        std::uint64_t distinct, std::size_t rows) {
    std::string out;
    count_table(out, counts, shots, distinct, rows == 0 ? kRows : rows);
    return out;
}

std::string counts_text(const std::map<std::string, std::uint64_t>& counts) {
    std::uint64_t shots = 0;
    for (const auto& [outcome, n] : counts) shots += n;
    return counts_text(counts, shots, counts.size(), 0);
}

std::string report_text(const Report& report) {
    std::string out;
    heading(out, report);
    program_rows(out, report);
    cost_rows(out, report);
    proof_rows(out, report);
    choice_table(out, report);
    budget_rows(out, report);
    link_table(out, report);
    qpu_table(out, report);
    member_table(out, report);
    if (report.processes) out += "\n" + processes_text(*report.processes);
    if (!report.counts.empty()) out += "\n" + counts_text(report.counts);
    footer(out, report);
    return out;
}

}  // namespace carillon
