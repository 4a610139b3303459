// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/error_budget.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "carillon/base/error.h"
#include "carillon/workload/score/code_distance.h"

namespace carillon {
namespace {

constexpr std::uint32_t kMostRounds = 12;
constexpr double kSeamFactor = 10;   ///< error of a seam's pairs over that of a gate ...
constexpr double kSeamError = 0.1;   ///< ... and at most
constexpr double kPatchShare = 0.5;  ///< of the budget, with a code

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

class Budgeter {
  public:
    Budgeter(const DistributedProgram& program, const Network& network,
             const ScheduleSummary& summary, double target)
        : program_(program), network_(network), summary_(summary) {
        if (!(target > 0 && target < 1)) {
            throw InputError("a target fidelity must be above 0 and below 1, got " + shown(target));
        }
        budget_.target = target;
        budget_.allowed = -std::log(target);
        measure();
    }

    ErrorBudget run() && {
        if (budget_.other_errors < budget_.allowed && purify_bare()) {
            budget_.met = true;
        } else {
            encode();
        }
        for (const LinkBudget& link : budget_.links) {
            budget_.raw_pairs += link.raw_pairs;
            budget_.busiest_link_ns = std::max(budget_.busiest_link_ns, link.generation_ns);
        }
        return std::move(budget_);
    }

  private:
    void measure() {
        for (std::size_t l = 0; l < summary_.links.size(); ++l) {
            const std::uint64_t pairs = summary_.links[l].pairs;
            if (pairs == 0) continue;
            LinkBudget link;
            link.link = LinkId{l};
            link.pairs = pairs;
            link.plan.fidelity = network_.links[l].fidelity;
            budget_.pair_errors -= static_cast<double>(pairs) * std::log(link.plan.fidelity);
            budget_.links.push_back(link);
        }
        budget_.other_errors = std::max(0.0, -summary_.log_fidelity - budget_.pair_errors);
        for (std::size_t q = 0; q < summary_.qpus.size(); ++q) {
            if (summary_.qpus[q].data_used + summary_.qpus[q].comm_used == 0) continue;
            data_qubits_ += summary_.qpus[q].data_used;
            budget_.physical_error =
                std::max(budget_.physical_error, network_.nodes[q].errors.two_qubit);
        }
        budget_.physical_qubits = data_qubits_;
    }

    /// Quality of both ends of a link, the worse for each kind of operation.
    LocalQuality local(const LinkBudget& link) const {
        const Link& l = network_.link(link.link);
        const ErrorRates &a = network_.node(l.a).errors, &b = network_.node(l.b).errors;
        return {1 - std::max(a.two_qubit, b.two_qubit), 1 - std::max(a.measure, b.measure)};
    }

    void settle(LinkBudget& link) const {
        link.raw_pairs = static_cast<double>(link.pairs) * link.plan.raw_pairs;
        link.generation_ns = link.raw_pairs * mean_pair_time_ns(network_.link(link.link));
    }

    double errors(const LinkBudget& link, const PurificationPlan& plan) const {
        return -static_cast<double>(link.pairs) * std::log(plan.fidelity);
    }

    /// The next plan of a link: the one that takes away most error per raw pair.
    std::optional<PurificationPlan> better(const LinkBudget& link, double& gain) const {
        std::optional<PurificationPlan> best;
        gain = 0;
        for (const auto protocol : {PurificationProtocol::kDejmps, PurificationProtocol::kBbpssw}) {
            for (std::uint32_t rounds = 1; rounds <= kMostRounds; ++rounds) {
                const PurificationPlan plan =
                    recurrence(protocol, network_.link(link.link).fidelity, rounds, local(link));
                if (plan.fidelity <= link.plan.fidelity) continue;
                const double less = errors(link, link.plan) - errors(link, plan);
                const double more =
                    static_cast<double>(link.pairs) * (plan.raw_pairs - link.plan.raw_pairs);
                const double value = less / std::max(more, 1e-12);
                if (value <= gain) continue;
                gain = value;
                best = plan;
            }
        }
        return best;
    }

    /// Rounds where they help most until all errors fit; false when they never do.
    bool purify_bare() {
        const double room = budget_.allowed - budget_.other_errors;
        double left = budget_.pair_errors;
        std::vector<LinkBudget> links = budget_.links;
        while (left > room) {
            LinkBudget* most = nullptr;
            std::optional<PurificationPlan> plan;
            double best = 0;
            for (LinkBudget& link : links) {
                double gain = 0;
                const auto next = better(link, gain);
                if (!next || gain <= best) continue;
                best = gain;
                most = &link;
                plan = next;
            }
            if (!most) return false;
            left += errors(*most, *plan) - errors(*most, most->plan);
            most->plan = *plan;
        }
        for (LinkBudget& link : links) settle(link);
        budget_.links = std::move(links);
        budget_.purified_errors = left;
        budget_.reasons.push_back("no code: gates, readout and waiting take " +
                                  shown(budget_.other_errors) + " of the " +
                                  shown(budget_.allowed) + " allowed");
        const auto rounds = [](const LinkBudget& link) { return link.plan.rounds; };
        const auto [least, most] = std::minmax_element(
            budget_.links.begin(), budget_.links.end(),
            [&](const LinkBudget& a, const LinkBudget& b) { return rounds(a) < rounds(b); });
        if (budget_.links.empty()) return true;
        budget_.reasons.push_back(rounds(*most) == 0
                                      ? "no purification: the pairs as they come fit in the rest"
                                      : "purification: " + std::to_string(rounds(*least)) + " to " +
                                            std::to_string(rounds(*most)) +
                                            " rounds per link bring the pairs from " +
                                            shown(budget_.pair_errors) + " to " + shown(left));
        return true;
    }

    void encode() {
        budget_.reasons.push_back(
            budget_.other_errors >= budget_.allowed
                ? "bare operations alone exceed the budget: " + shown(budget_.other_errors) +
                      " of " + shown(budget_.allowed)
                : "no purification brings the pairs into the " +
                      shown(budget_.allowed - budget_.other_errors) + " that operations leave");
        // Every data qubit for every step, and every pair's seam for one.
        const double pairs = static_cast<double>(program_.pairs.size());
        const double cycles = static_cast<double>(data_qubits_) * std::max(1u, summary_.depth);
        const auto distance =
            code_distance(budget_.physical_error, cycles + pairs, kPatchShare * budget_.allowed);
        if (!distance) {
            budget_.reasons.push_back(
                "no surface code: a two-qubit error of " + shown(budget_.physical_error) +
                " is not below the threshold of " + shown(SurfaceCode::kThreshold) + " by enough");
            for (LinkBudget& link : budget_.links) settle(link);
            return;
        }
        const std::uint32_t d = *distance;
        budget_.distance = d;
        budget_.physical_qubits = data_qubits_ * patch_qubits(d);
        const double per_cycle = d * logical_error_per_cycle(budget_.physical_error, d);
        budget_.logical_errors = (cycles + pairs) * per_cycle;
        budget_.purified_errors = pairs * per_cycle;
        budget_.reasons.push_back("surface code of distance " + std::to_string(d) + ": " +
                                  shown(cycles) + " logical cycles at a two-qubit error of " +
                                  shown(budget_.physical_error));
        budget_.met = purify_seams(d);
    }

    /// Pairs for the seams of logical pairs.
    bool purify_seams(std::uint32_t d) {
        const double p = budget_.physical_error;
        const double most = p > 0 ? std::min(kSeamError, kSeamFactor * p) : kSeamError;
        bool met = true;
        for (LinkBudget& link : budget_.links) {
            link.pairs *= std::uint64_t{d} * d;
            const auto plan =
                plan_purification(network_.link(link.link).fidelity, 1 - most, local(link));
            if (plan) link.plan = *plan;
            met = met && plan;
            settle(link);
        }
        budget_.reasons.push_back(met ? "a logical pair takes d^2 = " + std::to_string(d * d) +
                                            " pairs of error at most " + shown(most)
                                      : "some link cannot be purified to the error of at most " +
                                            shown(most) + " that a seam needs");
        return met;
    }

    const DistributedProgram& program_;
    const Network& network_;
    const ScheduleSummary& summary_;
    ErrorBudget budget_;
    std::uint64_t data_qubits_ = 0;
};

}  // namespace

ErrorBudget plan_error_budget(const DistributedProgram& program, const Network& network,
                              const ScheduleSummary& summary, double target) {
    return Budgeter(program, network, summary, target).run();
}

}  // namespace carillon
