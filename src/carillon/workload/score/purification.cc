// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/purification.h"

#include <utility>

#include "carillon/base/error.h"

namespace carillon {
namespace {

constexpr std::uint32_t kMostRounds = 20;

/// CNOTs both ways, Z measurement of the spent pair, kept when the outcomes agree.
PurificationRound compare_in_z(const BellWeights& k, const BellWeights& s,
                               const LocalQuality& local) {
    const double gates = local.gate * local.gate;
    const double right = local.readout * local.readout + (1 - local.readout) * (1 - local.readout);
    const double wrong = 1 - right;
    const double agree = (k.i + k.z) * (s.i + s.z) + (k.x + k.y) * (s.x + s.y);
    const double success = gates * (right * agree + wrong * (1 - agree)) + (1 - gates) / 2;
    const auto weight = [&](double agreeing, double differing) {
        return (gates * (right * agreeing + wrong * differing) + (1 - gates) / 8) / success;
    };
    return {{.i = weight(k.i * s.i + k.z * s.z, k.i * s.x + k.z * s.y),
             .z = weight(k.i * s.z + k.z * s.i, k.i * s.y + k.z * s.x),
             .x = weight(k.x * s.x + k.y * s.y, k.x * s.i + k.y * s.z),
             .y = weight(k.x * s.y + k.y * s.x, k.x * s.z + k.y * s.i)},
            success};
}

/// Quarter turns about X on both sides, in opposite senses: Z and Y errors trade places.
BellWeights turned(BellWeights pair) {
    std::swap(pair.z, pair.y);
    return pair;
}

}  // namespace

BellWeights werner(double fidelity) {
    if (!(fidelity >= 0.25 && fidelity <= 1)) {
        throw InputError("a pair's fidelity must be between 0.25 and 1");
    }
    const double error = (1 - fidelity) / 3;
    return {fidelity, error, error, error};
}

std::string_view protocol_name(PurificationProtocol protocol) {
    return protocol == PurificationProtocol::kBbpssw ? "BBPSSW" : "DEJMPS";
}

PurificationRound purify(PurificationProtocol protocol, const BellWeights& kept,
                         const BellWeights& spent, const LocalQuality& local) {
    if (protocol == PurificationProtocol::kDejmps) {
        return compare_in_z(turned(kept), turned(spent), local);
    }
    PurificationRound round = compare_in_z(werner(kept.i), werner(spent.i), local);
    round.pair = werner(round.pair.i);
    return round;
}

PurificationPlan recurrence(PurificationProtocol protocol, double fidelity, std::uint32_t rounds,
                            const LocalQuality& local) {
    BellWeights pair = werner(fidelity);
    PurificationPlan plan{protocol, rounds, fidelity, 1};
    for (std::uint32_t r = 0; r < rounds; ++r) {
        const PurificationRound round = purify(protocol, pair, pair, local);
        pair = round.pair;
        plan.raw_pairs *= 2 / round.success;
    }
    plan.fidelity = pair.i;
    return plan;
}

std::optional<PurificationPlan> plan_purification(double fidelity, double needed,
                                                  const LocalQuality& local) {
    std::optional<PurificationPlan> best;
    for (const auto protocol : {PurificationProtocol::kDejmps, PurificationProtocol::kBbpssw}) {
        for (std::uint32_t rounds = 0; rounds <= kMostRounds; ++rounds) {
            const PurificationPlan plan = recurrence(protocol, fidelity, rounds, local);
            if (plan.fidelity < needed) continue;
            if (!best || plan.raw_pairs < best->raw_pairs) best = plan;
            break;
        }
    }
    return best;
}

}  // namespace carillon
