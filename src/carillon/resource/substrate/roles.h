// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon::substrate {

/// Who does what: the first ranks hold the qubits together (the substrate), the first of them gives
/// the order (the sequencer); every other rank controls one QPU.
struct Roles {
    static constexpr int kSequencer = 0;

    int substrate = 1;
    int controllers = 0;

    /// Args:
    ///     ranks: how many there are.
    ///     what: heads the error, e.g. "bell.qasm on line:3".
    /// Throws: InputError when there are too few, or what is left for the substrate is no power of
    ///     two; it says how many are needed.
    static Roles split(int ranks, int controllers, const std::string& what);

    bool holds_qubits(int rank) const { return rank < substrate; }
    int rank_of(int controller) const { return substrate + controller; }
    int controller_at(int rank) const { return rank - substrate; }
    std::vector<int> substrate_ranks() const;
};

/// Why a run ended on all ranks; each throws it as what it was.
struct Failure {
    enum class Kind : std::uint8_t { kInput, kResource, kInternal };
    Kind kind = Kind::kInternal;
    std::string text;

    /// Of an exception under way; std::bad_alloc and others included.
    static Failure of(const std::exception_ptr& exception);
    [[noreturn]] void raise() const;
    std::vector<std::byte> bytes() const;
    static Failure from(std::span<const std::byte> bytes);
};

/// Tags of messages among these ranks.
enum Tag : int {
    kActs = 900,     ///< controller to sequencer
    kReplies = 901,  ///< sequencer to controller
    kLetters = 902,  ///< bits between controllers
    kNotes = 903,    ///< plans and results
};
inline constexpr int kSubstrateGroup = 90;

}  // namespace carillon::substrate
