// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// How a rank's part ended.
struct Outcome {
    int code = 0;           ///< exit code
    std::string error;      ///< to be told; empty when there is none
    bool by_other = false;  ///< only because another rank was lost
};

/// How the whole ended.
struct Verdict {
    int code = 0;                     ///< exit code of every rank
    std::vector<std::string> errors;  ///< to be told, on one rank only
};

/// Exit codes of the program.
inline constexpr int kFailed = 1;
inline constexpr int kBadInput = 2;

/// Runs something and says how it ended; exceptions become errors.
Outcome outcome_of(const std::function<int()>& body);

/// All ranks tell each other how they ended, so that an error that several have is told once, and
/// all end with the same exit code. A rank with an error leaves; one that died has nothing to tell,
/// and does not make a failure of what the others did in spite of it.
Verdict conclude(Ranks& ranks, const Outcome& own);

/// Runs `body` on the ranks that this process was started among, and tells errors on standard
/// error with the name of the program in front.
///
/// Returns: the exit code.
int run_as_started(const std::string& program, const std::function<int(Ranks&)>& body);

}  // namespace carillon::host
