// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/language/circuit/pauli_sum.h"

namespace carillon {

struct ProcessReport;
struct SimulateOptions;
struct SimulateResult;

/// What to ask of the state that a program leaves, before its final measurements.
struct StateQuestions {
    std::optional<PauliSum> observable = {};
    std::vector<std::string> amplitudes =
        {};                       ///< values of all qubits, the last qubit first: "0101"
    bool all_amplitudes = false;  ///< those that are not zero
    std::string state_out = {};   ///< .npy file to write

    bool any() const {
        return observable || !amplitudes.empty() || all_amplitudes || !state_out.empty();
    }
};

struct ObservableAnswer {
    double value = 0;
    std::vector<double> terms;  ///< expectation value of each product of Paulis
    std::size_t groups = 0;     ///< sets of commuting terms computed together
    std::uint64_t passes = 0;   ///< over the state
    double seconds = 0;
};

struct StateAnswers {
    std::optional<ObservableAnswer> observable;
    std::vector<std::pair<std::string, Complex>> amplitudes;
    std::string state_out;  ///< file written
};

/// Most qubits of which all amplitudes are listed.
constexpr std::uint32_t kMostListedQubits = 16;

/// Throws: InputError when the questions do not fit a program of `qubits` qubits: values that are
/// not 0 or 1 or of another number of qubits, all amplitudes of too many.
void check_questions(const StateQuestions& questions, std::uint32_t qubits);

/// The answers for a terminal; empty when nothing was asked.
std::string answers_text(const StateAnswers& answers);
/// What a simulation found, as a JSON object that ends in a newline (docs/reference/simulate.md).
///
/// Args:
///     processes: what is known of a run by processes, or nullptr.
std::string simulation_json(const SimulateResult& result, const SimulateOptions& options,
                            const ProcessReport* processes = nullptr);

}  // namespace carillon
