// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/schedule/summary.h"
#include "carillon/workload/score/purification.h"

namespace carillon {

/// What one link must do to meet the budget.
struct LinkBudget {
    LinkId link;
    std::uint64_t pairs = 0;  ///< delivered to the program (for logical pairs: d^2 each)
    PurificationPlan plan;
    double raw_pairs = 0;      ///< fresh pairs expected in all
    double generation_ns = 0;  ///< their mean generation time, one after the other
};

/// How a program's errors meet a target fidelity. Everything in it is an estimate from closed
/// formulas; the program is neither rewritten nor scheduled anew.
struct ErrorBudget {
    double target = 0;        ///< fidelity asked for
    double allowed = 0;       ///< -ln target: what the errors may sum up to
    double pair_errors = 0;   ///< -ln F of all pairs as they come
    double other_errors = 0;  ///< the same of gates, readout and waiting
    bool met = false;

    /// Distance of the surface code that every data qubit is kept in; 1: none is needed.
    std::uint32_t distance = 1;
    double physical_error = 0;          ///< worst two-qubit error of a QPU in use
    double logical_errors = 0;          ///< expected number of logical failures, with a code
    std::uint64_t physical_qubits = 0;  ///< of all data qubits in use, patches counted in full
    std::vector<LinkBudget> links;      ///< those with pairs
    double raw_pairs = 0;               ///< over all links
    double purified_errors = 0;         ///< -ln F of the pairs left, or of logical pairs
    double busiest_link_ns = 0;  ///< longest generation time of a link: no makespan is shorter
    std::vector<std::string> reasons;  ///< what was chosen and why, in order
};

/// Chooses purification rounds per link, and a code distance where bare operations cannot meet the
/// target, so that errors sum up to at most -ln(target).
///
/// Without a code, the errors of gates, readout and waiting are taken as they are, and the rest is
/// shared among the links so that few raw pairs are needed: rounds go, one by one, where they take
/// away most error per raw pair. With a code, half of the budget goes to the patches, whose logical
/// cycles are data qubits times depth; a logical Bell pair takes d^2 pairs (a seam of d pairs for d
/// rounds), purified until their error is at most ten times that of a two-qubit gate and below 10
/// %, which a seam tolerates with small effect (Ramette et al., npj Quantum Inf. 10 (2024),
/// arXiv:2302.01296), and its seam counts as one more logical qubit for one step.
///
/// Throws: InputError unless 0 < target < 1.
ErrorBudget plan_error_budget(const DistributedProgram& program, const Network& network,
                              const ScheduleSummary& summary, double target);

}  // namespace carillon
