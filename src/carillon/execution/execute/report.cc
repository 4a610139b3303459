// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "carillon/workload/distribute/spending.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json pairs_json(const Report& report) {
    Json links = Json::array();
    for (const ReportLink& l : report.links)
        if (l.pairs > 0)
            links.push_back({{"link", l.link},
                             {"a", l.a},
                             {"b", l.b},
                             {"pairs", l.pairs},
                             {"busy_ns", number(l.busy_ns)},
                             {"utilisation", number(l.utilisation)},
                             {"fidelity", number(l.fidelity)},
                             {"discarded", l.discarded}});
    return {{"total", report.pairs},
            {"by_link", std::move(links)},
            {"by_purpose", Json(report.by_purpose)}};
}

Json transfers_json(const Report& report) {
    Json links = Json::array();
    for (const ReportLink& l : report.links)
        if (l.transfers > 0)
            links.push_back({{"link", l.link}, {"a", l.a}, {"b", l.b}, {"transfers", l.transfers}});
    return {{"total", report.transfers},
            {"by_link", std::move(links)},
            {"by_purpose", Json(report.transfers_by_purpose)}};
}

Json price_json(const Report& report) {
    return {{"total", number(report.price)},
            {"pairs", number(report.price - report.transfer_price)},
            {"transfers", number(report.transfer_price)},
            {"placement", number(report.placement_price)}};
}

Json qpus_json(const Report& report) {
    Json table = Json::array();
    for (const ReportQpu& q : report.qpu_table)
        table.push_back({{"name", q.name},
                         {"qubits_used", q.qubits_used},
                         {"data_qubits", q.data_qubits},
                         {"comm_used", q.comm_used},
                         {"comm_qubits", q.comm_qubits},
                         {"gates", q.gates},
                         {"pairs", q.pairs},
                         {"busy_ns", number(q.busy_ns)},
                         {"waiting_ns", number(q.waiting_ns)}});
    return table;
}

Json bound_json(const ReportBound& b) {
    return {{"least", number(b.least)}, {"holds_for", b.holds_for}, {"method", b.method}};
}

Json optimality_json(const std::optional<ReportOptimality>& o) {
    if (!o) return nullptr;
    Json members = Json::array();
    for (const ReportMember& m : o->members) {
        const bool used = m.refused.empty();
        members.push_back({{"name", m.name},
                           {"cost", used ? number(m.cost) : Json(nullptr)},
                           {"seconds", number(m.seconds)},
                           {"refused", used ? Json(nullptr) : Json(m.refused)}});
    }
    return {{"lower_bound", bound_json(o->bound)},
            {"gap", number(o->gap)},
            {"optimal", o->optimal},
            {"static_lower_bound", bound_json(o->static_bound)},
            {"static_lower_bound_is_optimum", o->static_bound_is_optimum},
            {"folded_gates", o->folded_gates},
            {"saved_by_folding", number(o->saved_by_folding)},
            {"note", o->note},
            {"diversity", number(o->diversity)},
            {"members", std::move(members)}};
}

Json choices_json(const Report& report) {
    Json table = Json::array();
    for (const Choice& c : report.choices) {
        Json row = {
            {"placed_by", c.name},
            {"pairs_steiner", c.steiner},
            {"pairs_physical", c.refused.empty() ? Json(c.physical) : Json(nullptr)},
            {"makespan_ns", c.prediction ? number(c.prediction->makespan_ns) : Json(nullptr)},
            {"log_fidelity", c.prediction ? number(c.prediction->log_fidelity) : Json(nullptr)},
            {"refused", c.refused},
            {"chosen", c.chosen}};
        table.push_back(std::move(row));
    }
    return {{"reason", report.partition_reason}, {"placements", std::move(table)}};
}

Json budget_json(const ErrorBudget& b) {
    Json links = Json::array();
    for (const LinkBudget& l : b.links)
        links.push_back({{"link", l.link.value},
                         {"pairs", l.pairs},
                         {"protocol", l.plan.rounds ? protocol_name(l.plan.protocol) : "none"},
                         {"rounds", l.plan.rounds},
                         {"fidelity", number(l.plan.fidelity)},
                         {"raw_pairs", number(l.raw_pairs)},
                         {"generation_ns", number(l.generation_ns)}});
    return {{"estimate", true},
            {"target_fidelity", b.target},
            {"met", b.met},
            {"allowed_errors", number(b.allowed)},
            {"pair_errors", number(b.pair_errors)},
            {"other_errors", number(b.other_errors)},
            {"purified_errors", number(b.purified_errors)},
            {"code_distance", b.distance},
            {"physical_error", number(b.physical_error)},
            {"logical_errors", number(b.logical_errors)},
            {"physical_qubits", b.physical_qubits},
            {"raw_pairs", number(b.raw_pairs)},
            {"busiest_link_ns", number(b.busiest_link_ns)},
            {"reasons", b.reasons},
            {"links", std::move(links)}};
}

Json wall_json(const Report& report) {
    Json wall = {{"total", number(total_wall_s(report))}};
    for (const auto& [phase, seconds] : report.wall_s) wall[phase] = number(seconds);
    return wall;
}

}  // namespace

void describe_circuit(Report& report, const Circuit& circuit) {
    const CircuitSummary s = summarize(circuit);
    report.program = circuit.name;
    report.qubits = circuit.num_qubits;
    report.bits = circuit.num_bits;
    report.depth = s.depth;
    report.gates = s.gates;
    report.two_qubit_gates = s.two_qubit_gates;
    report.wide_gates = s.wide_gates;
    report.measurements = s.measurements;
}

void describe_costs(Report& report, const DistributedProgram& program, const Network& network,
                    const Timeline& timeline, const ScheduleSummary& summary) {
    const ProgramSummary counts = summarize(program);
    report.network = network.name;
    report.instructions = counts.instructions;
    report.local_gates = counts.local_gates;
    report.pairs = counts.pairs;
    report.transfers = counts.transfers;
    const Spending spent = spending(program, network);
    report.price = spent.total();
    report.transfer_price = spent.transfers;
    report.classical_bits = counts.classical_bits;
    report.distributed_depth = summary.depth;
    report.rounds = summary.rounds;
    report.makespan_ns = summary.makespan.ns();
    report.lower_bound_ns = summary.lower_bound.ns();
    report.gap = summary.gap;
    report.data_chain_ns = summary.bounds.data_chain.ns();
    report.chain_ns = summary.bounds.chain.ns();
    report.comm_ns = summary.bounds.comm.ns();
    if (const QpuId busiest = summary.bounds.busiest_qpu; busiest.valid())
        report.busiest_qpu = network.node(busiest).name;
    report.busiest_link_ns = summary.bounds.link.ns();
    if (const LinkId busiest = summary.bounds.busiest; busiest.valid())
        report.busiest_link = network.node(network.link(busiest).a).name + " -- " +
                              network.node(network.link(busiest).b).name;
    report.schedule_method = timeline.method;
    report.schedules_tried = timeline.tries;
    report.drawn_pairs = timeline.drawn;
    report.packets = summary.packets;
    report.discarded_pairs = summary.discarded;
    report.overdue_pairs = summary.overdue;
    report.stale_copies = summary.stale_copies;
    report.waiting_ns = summary.waiting.ns();
    report.expected_fidelity = summary.expected_fidelity;
    report.log_fidelity = summary.log_fidelity;
    report.fidelity_method = summary.fidelity_method;
    report.notes.insert(report.notes.end(), timeline.notes.begin(), timeline.notes.end());

    report.by_purpose.clear();
    for (const BellPair& p : program.pairs)
        ++report.by_purpose[std::string(purpose_name(p.purpose))];
    report.transfers_by_purpose.clear();
    for (const QubitTransfer& t : program.transfers)
        ++report.transfers_by_purpose[std::string(purpose_name(t.purpose))];

    report.links.clear();
    for (std::size_t l = 0; l < summary.links.size(); ++l) {
        const LinkUse& use = summary.links[l];
        if (use.pairs == 0 && use.transfers == 0) continue;
        const Link& link = network.links[l];
        report.links.push_back({static_cast<std::uint32_t>(l), network.node(link.a).name,
                                network.node(link.b).name, use.pairs, use.busy.ns(),
                                use.utilisation, link.fidelity, use.discarded, use.transfers,
                                spent.by_link[l]});
    }

    report.qpus = 0;
    report.qpu_table.clear();
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        const QpuProgram& qpu = program.qpus[q];
        const QpuUse& use = summary.qpus[q];
        report.qpus += use.data_used > 0;
        if (qpu.blocks[0].empty()) continue;
        report.qpu_table.push_back({qpu.name, use.data_used, qpu.data_qubits, use.comm_used,
                                    qpu.comm_qubits, use.gates, use.pairs, use.busy.ns(),
                                    use.waiting.ns()});
    }
}

double total_wall_s(const Report& report) {
    double total = 0;
    for (const auto& [phase, seconds] : report.wall_s) total += seconds;
    return total;
}

std::string report_json(const Report& report) {
    Json j;
    j["format"] = "carillon-report";
    j["version"] = report.version;
    j["program"] = report.program;
    j["network"] = report.network;
    j["qubits"] = report.qubits;
    j["bits"] = report.bits;
    j["qpus"] = report.qpus;
    j["model"] = report.model;
    j["partition_method"] = report.partition_method;
    if (!report.choices.empty()) j["choice"] = choices_json(report);
    j["engine"] = report.engine;
    j["depth"] = report.depth;
    j["gates"] = report.gates;
    j["two_qubit_gates"] = report.two_qubit_gates;
    j["wide_gates"] = report.wide_gates;
    j["measurements"] = report.measurements;
    j["instructions"] = report.instructions;
    j["local_gates"] = report.local_gates;
    j["distributed_depth"] = report.distributed_depth;
    j["swaps"] = report.swaps;
    j["native_rewrites"] = report.native_rewrites;
    j["placement_pairs"] = or_null(report.placement_pairs);
    j["placement_search"] = optimality_json(report.optimality);
    j["pairs"] = pairs_json(report);
    j["transfers"] = transfers_json(report);
    j["price"] = price_json(report);
    j["classical_bits"] = report.classical_bits;
    j["rounds"] = report.rounds;
    j["makespan_ns"] = number(report.makespan_ns);
    j["lower_bound_ns"] = number(report.lower_bound_ns);
    j["gap"] = number(report.gap);
    j["schedule"] = {{"method", report.schedule_method},
                     {"tried", report.schedules_tried},
                     {"prefetch", report.prefetch},
                     {"drawn_pairs", report.drawn_pairs},
                     {"data_chain_ns", number(report.data_chain_ns)},
                     {"comm_ns", number(report.comm_ns)},
                     {"busiest_qpu", report.busiest_qpu},
                     {"chain_ns", number(report.chain_ns)},
                     {"busiest_link_ns", number(report.busiest_link_ns)},
                     {"busiest_link", report.busiest_link},
                     {"discarded_pairs", report.discarded_pairs},
                     {"overdue_pairs", report.overdue_pairs},
                     {"stale_copies", report.stale_copies}};
    j["packets"] = report.packets;
    j["waiting_ns"] = number(report.waiting_ns);
    j["expected_fidelity"] = number(report.expected_fidelity);
    j["log_fidelity"] = number(report.log_fidelity);
    j["fidelity_method"] = report.fidelity_method;
    if (report.budget) j["error_budget"] = budget_json(*report.budget);
    j["qpu_table"] = qpus_json(report);
    j["verified"] = {{"validator", or_null(report.verified.validator)},
                     {"fidelity", or_null(report.verified.fidelity)},
                     {"distribution", or_null(report.verified.distribution)},
                     {"timeline", or_null(report.verified.timeline)},
                     {"note", report.verified.note}};
    if (report.processes) j["processes"] = Json::parse(processes_json(*report.processes));
    j["counts"] = Json(report.counts);
    j["shots"] = report.shots;
    j["seed"] = report.seed;
    j["wall_s"] = wall_json(report);
    j["memory_bytes"] = report.memory_bytes;
    if (report.binding) j["binding"] = Json::parse(host::bind_json(*report.binding));
    if (report.metrics) j["metrics"] = Json::parse(host::metrics_json(*report.metrics));
    if (report.pages) j["memory"] = Json::parse(host::page_json(*report.pages));
    j["notes"] = report.notes;
    return j.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace carillon
