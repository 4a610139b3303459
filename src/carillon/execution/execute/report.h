// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "carillon/execution/execute/place.h"
#include "carillon/execution/execute/process_report.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/summary.h"
#include "carillon/workload/score/error_budget.h"

namespace carillon {

/// One link in a report.
struct ReportLink {
    std::uint32_t link = 0;  ///< index in the network
    std::string a, b;        ///< names of its ends
    std::size_t pairs = 0;
    double busy_ns = 0;         ///< time spent making pairs, summed over channels
    double utilisation = 0;     ///< of the makespan on all channels, 0..1
    double fidelity = 1;        ///< of a fresh pair
    std::size_t discarded = 0;  ///< pairs made but given up, as older than a memory cut-off
    std::size_t transfers = 0;  ///< qubits carried over
    double price = 0;           ///< of its pairs and transfers
};

/// One QPU in a report.
struct ReportQpu {
    std::string name;
    std::uint32_t qubits_used = 0, data_qubits = 0;
    std::uint32_t comm_used = 0, comm_qubits = 0;
    std::size_t gates = 0;
    std::size_t pairs = 0;
    double busy_ns = 0;
    double waiting_ns = 0;
};

/// One search for a placement.
struct ReportMember {
    std::string name;
    double cost = 0;  ///< Bell pairs, or a price where links differ in price or carry qubits
    double seconds = 0;
    std::string refused;  ///< why it was not used; empty: it was
};

/// No placement of a kind costs less.
struct ReportBound {
    double least = 0;
    std::string holds_for;  ///< "any placement" or "placements without moves or kept copies"
    std::string method;     ///< how it was got
};

/// How good the placement is known to be.
struct ReportOptimality {
    ReportBound bound;         ///< for the kind of placement that was searched
    double cost = 0;           ///< of the placement
    double gap = 0;            ///< 1 - bound / cost
    bool optimal = false;      ///< proved: gap 0
    ReportBound static_bound;  ///< for placements without moves or kept copies
    bool static_bound_is_optimum = false;
    std::uint64_t folded_gates = 0;  ///< gates on three or more qubits that have no copies of their
                                     ///< operands
    double saved_by_folding = 0;     ///< what the placement would cost more without
    std::string
        note;  ///< why the integer program did not solve it; empty: it did, or was not asked
    std::vector<ReportMember> members;
    double diversity = 0;  ///< of the members that start from nothing, 0 (alike) to 1
};

/// What was proved or compared; an empty value means that it was not tried.
struct ReportProof {
    std::optional<bool> validator;  ///< the distributed program was proved equal to its circuit
    std::optional<double>
        fidelity;                  ///< between the final states of circuit and distributed program
    std::optional<bool> timeline;  ///< nothing in the timeline collides or comes too early
    std::optional<double> distribution;  ///< total variation distance between their outcomes
    std::string note;                    ///< what was checked, or why not
};

/// What a job cost and gave. Every way to show it (text, JSON, HTML) starts from this.
struct Report {
    std::string version;  ///< of Carillon
    std::string program;
    std::string network;
    std::string model;             ///< cost model that the placement minimised
    std::string partition_method;  ///< how the placement was found
    std::string partition_reason;  ///< why it and no other
    std::vector<Choice> choices;   ///< placements considered
    std::string engine;            ///< what executed it; empty when nothing was executed

    // The source program.
    std::size_t qubits = 0;
    std::size_t bits = 0;
    std::size_t depth = 0;
    std::size_t gates = 0;
    std::size_t two_qubit_gates = 0;
    std::size_t wide_gates = 0;  ///< on three or more qubits
    std::size_t measurements = 0;

    // The distributed program.
    std::size_t qpus = 0;  ///< QPUs that hold data qubits of the program
    std::size_t instructions = 0;
    std::size_t local_gates = 0;
    std::size_t distributed_depth = 0;
    std::size_t swaps = 0;            ///< inserted for coupling maps
    std::size_t native_rewrites = 0;  ///< gates written with native gates
    /// Bell pairs that the placement needs under its cost model; none where links differ in price
    /// or carry qubits (placement_price tells).
    std::optional<std::size_t> placement_pairs = 0;
    std::optional<ReportOptimality> optimality;  ///< of the placement
    double placement_price = 0;                  ///< what the placement costs under its cost model
    double price = 0;                            ///< of all pairs and transfers
    double transfer_price = 0;                   ///< of the transfers among them
    std::size_t pairs = 0;                       ///< what the program makes
    std::size_t transfers = 0;                   ///< qubits carried over links
    std::size_t classical_bits = 0;              ///< sent between QPUs
    std::map<std::string, std::size_t> by_purpose;  ///< Bell pairs
    std::map<std::string, std::size_t> transfers_by_purpose;
    std::vector<ReportLink> links;     ///< those with pairs or transfers, in the network's order
    std::vector<ReportQpu> qpu_table;  ///< those with instructions, likewise

    // Its schedule.
    std::uint32_t rounds = 0;
    double makespan_ns = 0;
    double lower_bound_ns = 0;
    double gap = 0;              ///< makespan / lower bound - 1
    double data_chain_ns = 0;    ///< makespan if links and communication qubits were never short
    double comm_ns = 0;          ///< no schedule is shorter, for want of communication qubits
    std::string busiest_qpu;     ///< where they bind most
    double chain_ns = 0;         ///< makespan if links were never short and communication qubits
                                 ///< used in turn as they are
    double busiest_link_ns = 0;  ///< no schedule is shorter, for want of the busiest link
    std::string busiest_link;    ///< "a -- b"
    std::string schedule_method;
    std::uint32_t schedules_tried = 0;
    bool prefetch = true;             ///< pairs are made ahead of their use
    bool drawn_pairs = false;         ///< pairs took drawn numbers of attempts, not their mean time
    std::size_t packets = 0;          ///< messages that leave one QPU for another together are one
    std::size_t discarded_pairs = 0;  ///< made but given up, as older than a memory cut-off
    std::size_t overdue_pairs = 0;    ///< used although older
    std::size_t stale_copies = 0;     ///< copies that wait longer than a cut-off between two uses
    double waiting_ns = 0;
    double expected_fidelity = 1;
    double log_fidelity = 0;
    std::string fidelity_method;
    std::optional<ErrorBudget> budget;  ///< how a target fidelity is met

    ReportProof verified;
    std::optional<ProcessReport> processes;       ///< when the QPUs were processes
    std::map<std::string, std::uint64_t> counts;  ///< outcomes, leftmost character = last bit
    std::uint64_t shots = 0;
    std::uint64_t seed = 0;
    std::vector<std::pair<std::string, double>> wall_s;  ///< seconds by phase, in order
    std::uint64_t memory_bytes = 0;                      ///< largest resident size
    std::vector<std::string> notes;                      ///< assumptions and reasons of choices
};

/// Fills in what the source circuit says.
void describe_circuit(Report& report, const Circuit& circuit);

/// Fills in what the distributed program and its schedule cost, with names from the network.
void describe_costs(Report& report, const DistributedProgram& program, const Network& network,
                    const Timeline& timeline, const ScheduleSummary& summary);

/// Outcomes as a table with bars, most frequent first.
std::string counts_text(const std::map<std::string, std::uint64_t>& counts);
/// As above, with only some of the outcomes in `counts`.
///
/// Args:
///     distinct: how many outcomes there were; the table says how many it does not show.
///     rows: the table has at most; 0: as few as in reports.
std::string counts_text(const std::map<std::string, std::uint64_t>& counts, std::uint64_t shots,
                        std::uint64_t distinct, std::size_t rows);

/// Sum of the phases.
double total_wall_s(const Report& report);

/// The report for a terminal: aligned, at most 100 columns, ending in a newline.
std::string report_text(const Report& report);

/// The report as a JSON object (docs/reference/report-format.md), indented by two, ending in a
/// newline.
std::string report_json(const Report& report);

}  // namespace carillon
