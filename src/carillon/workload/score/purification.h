// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace carillon {

/// A Bell-diagonal pair: weights of Phi+ (no error), Phi- (Z), Psi+ (X) and Psi- (Y). They sum
/// to 1.
struct BellWeights {
    double i = 1, z = 0, x = 0, y = 0;
};

/// The Werner pair of that fidelity: errors equally likely.
BellWeights werner(double fidelity);

enum class PurificationProtocol : std::uint8_t { kBbpssw, kDejmps };
std::string_view protocol_name(PurificationProtocol protocol);

/// Local operations of a round: a two-qubit gate that is right with probability `gate` and else
/// depolarises its qubits, and a readout that is right with probability `readout`, on both nodes.
struct LocalQuality {
    double gate = 1, readout = 1;
};

struct PurificationRound {
    BellWeights pair;    ///< what is left when the round succeeds
    double success = 0;  ///< probability that it does
};

/// One round: `kept` is purified by sacrificing `spent`. BBPSSW makes the result a Werner pair.
///
/// Sources: Bennett et al., PRL 76, 722 (1996); Deutsch et al., PRL 77, 2818 (1996); with noisy
/// operations as in Duer et al., PRA 59, 169 (1999).
PurificationRound purify(PurificationProtocol protocol, const BellWeights& kept,
                         const BellWeights& spent, const LocalQuality& local = {});

/// Rounds of recurrence (two equal pairs make one) that reach a fidelity.
struct PurificationPlan {
    PurificationProtocol protocol = PurificationProtocol::kDejmps;
    std::uint32_t rounds = 0;
    double fidelity = 1;
    double raw_pairs = 1;  ///< expected number of fresh pairs per pair delivered: prod 2 / success
};

/// Recurrence for a number of rounds from Werner pairs.
PurificationPlan recurrence(PurificationProtocol protocol, double fidelity, std::uint32_t rounds,
                            const LocalQuality& local = {});

/// The plan with fewest raw pairs, over both protocols, that reaches `needed`; nothing when no
/// number of rounds does.
std::optional<PurificationPlan> plan_purification(double fidelity, double needed,
                                                  const LocalQuality& local = {});

}  // namespace carillon
