// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace carillon {

/// A rank that took part.
struct ProcessOf {
    std::string name;  ///< of the QPU it controlled; empty: it held qubits
    int rank = 0;
    std::int64_t process_id = 0;
    std::string host;
};

/// What went from one QPU to another.
struct ProcessTraffic {
    std::uint64_t messages = 0;                   ///< between the two processes
    std::uint64_t bits = 0;                       ///< in them
    std::optional<std::uint64_t> predicted_bits;  ///< by the compiler; none when outcomes decide
};

/// A run in which every QPU is a process of its own.
struct ProcessReport {
    std::string ranks;                   ///< "8 ranks of ... on 2 nodes"
    std::vector<ProcessOf> holders;      ///< of the qubits
    std::vector<ProcessOf> controllers;  ///< by QPU
    std::uint64_t runs = 0;              ///< shots, or 1 when they were sampled
    /// By indices of the QPUs that it left and went to; those with any.
    std::map<std::pair<std::uint32_t, std::uint32_t>, ProcessTraffic> traffic;
    std::map<std::uint32_t, std::uint64_t> pairs_by_link;  ///< Bell pairs made
    /// What the compiler predicts of them; none when outcomes decide.
    std::optional<std::map<std::uint32_t, std::uint64_t>> predicted_pairs_by_link;

    std::uint64_t messages() const;
    std::uint64_t bits() const;
    std::uint64_t pairs() const;
    /// Nothing when the compiler predicts nothing.
    std::optional<bool> as_predicted() const;
};

/// As text for people, at most 100 columns.
std::string processes_text(const ProcessReport& report);

/// As a JSON object.
std::string processes_json(const ProcessReport& report);

}  // namespace carillon
