// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "carillon/base/ids.h"
#include "carillon/base/time.h"

namespace carillon {

/// A stretch of time. What never happens (a branch not taken) has a negative start.
struct TimeSpan {
    Time start{-1}, end{-1};

    bool scheduled() const { return start.ps >= 0; }
    Time length() const { return end - start; }
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// When and where a Bell pair is made. It is ready to use at generation.end.
struct PairTiming {
    LinkId link;
    TimeSpan generation;
    std::uint32_t channels = 1;  ///< how many of the link's channels attempt it
    friend bool operator==(const PairTiming&, const PairTiming&) = default;
};

/// When a qubit is carried over a link.
struct TransferTiming {
    LinkId link;
    TimeSpan passage;
    friend bool operator==(const TransferTiming&, const TransferTiming&) = default;
};

/// When a classical message leaves and when it is there.
struct MessageTiming {
    QpuId from, to;
    Time send{-1}, arrive{-1};

    bool scheduled() const { return send.ps >= 0; }
    friend bool operator==(const MessageTiming&, const MessageTiming&) = default;
};

/// A Bell pair that was made too early: it waited longer than a memory keeps it, was given up, and
/// made again.
struct DiscardedPair {
    PairId pair;
    TimeSpan generation;
    std::uint32_t channels = 1;
    friend bool operator==(const DiscardedPair&, const DiscardedPair&) = default;
};

/// A distributed program placed in time, starting at 0.
struct Timeline {
    /// By QPU, then by position of the instruction in visit_instructions() order. Both sides of a
    /// Bell pair span its generation, of a transfer its passage; an `if` or `while` spans what runs
    /// inside it; a `recv` is the instant its bit can be used.
    std::vector<std::vector<TimeSpan>> instructions;
    std::vector<PairTiming> pairs;          ///< by PairId
    std::vector<TransferTiming> transfers;  ///< by TransferId
    std::vector<DiscardedPair> discarded;
    std::vector<PairId> overdue;  ///< used although older than the memory cut-off: no schedule that
                                  ///< was tried does without
    std::vector<MessageTiming> messages;  ///< by MessageId
    Time makespan;                        ///< end of the last instruction
    std::vector<std::string> notes;       ///< assumptions a reader must know
    std::string method;                   ///< how the order of Bell pairs was chosen
    bool drawn = false;       ///< pairs take drawn numbers of attempts, not their mean time
    std::uint32_t tries = 0;  ///< schedules made, of which this is the best
};

}  // namespace carillon
