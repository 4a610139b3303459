// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/inspect_state.h"

#include <chrono>

#include "carillon/base/error.h"
#include "carillon/resource/engine/amplitude_reader.h"
#include "carillon/resource/engine/expectation.h"
#include "carillon/resource/engine/npy.h"
#include "carillon/resource/host/ranks.h"

namespace carillon {

namespace {

using Handle = engine::AffineFrame::Handle;

template <class Real>
ObservableAnswer measure(engine::Register<Real>& reg, std::span<const Handle> qubits,
                         const PauliSum& observable) {
    const auto begin = std::chrono::steady_clock::now();
    engine::Expectation found = engine::expectation(reg, qubits, observable);
    return {found.value, std::move(found.terms), found.groups, found.passes,
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
}

std::vector<bool> values_of(const std::string& text) {
    std::vector<bool> bits;
    for (std::size_t k = text.size(); k-- > 0;) bits.push_back(text[k] == '1');
    return bits;
}

std::string text_of(std::uint64_t index, std::size_t qubits) {
    std::string text;
    for (std::size_t k = qubits; k-- > 0;) text += (index >> k & 1) != 0 ? '1' : '0';
    return text;
}

template <class Real>
void list_all(const engine::AmplitudeReader<Real>& reader, std::size_t qubits,
              StateAnswers& answers) {
    constexpr double kRounding = sizeof(Real) == sizeof(float) ? 1e-6 : 1e-14;
    std::vector<Complex> all(std::size_t{1} << qubits);
    reader.read(0, all);
    for (std::uint64_t i = 0; i < all.size(); ++i)
        if (std::abs(all[i]) > kRounding)
            answers.amplitudes.emplace_back(text_of(i, qubits), all[i]);
}

}  // namespace

void check_questions(const StateQuestions& questions, std::uint32_t qubits) {
    for (const std::string& text : questions.amplitudes) {
        if (text.empty() || text.find_first_not_of("01") != std::string::npos)
            throw InputError(
                "--amplitudes: expected values of qubits such as 0101, or all, got \"" + text +
                "\"");
        if (text.size() != qubits)
            throw InputError("--amplitudes: \"" + text + "\" has " + std::to_string(text.size()) +
                             " values, and the program " + std::to_string(qubits) + " qubits");
    }
    if (questions.all_amplitudes && qubits > kMostListedQubits)
        throw InputError("--amplitudes all lists those of up to " +
                         std::to_string(kMostListedQubits) + " qubits, and the program has " +
                         std::to_string(qubits) + "; --state-out FILE.npy writes them all");
    if (!questions.state_out.empty() && qubits > 48)
        throw InputError("--state-out: a state of " + std::to_string(qubits) +
                         " qubits is more than any file holds");
}

template <class Real>
StateAnswers inspect_state(engine::Register<Real>& reg, std::span<const Handle> qubits,
                           const StateQuestions& questions, const host::Ranks* ranks) {
    StateAnswers answers;
    if (questions.observable) answers.observable = measure(reg, qubits, *questions.observable);
    if (questions.amplitudes.empty() && !questions.all_amplitudes && questions.state_out.empty())
        return answers;
    const engine::AmplitudeReader<Real> reader(reg, qubits);
    if (questions.all_amplitudes) list_all(reader, qubits.size(), answers);
    for (const std::string& text : questions.amplitudes)
        answers.amplitudes.emplace_back(text, reader.at(values_of(text)));
    if (questions.state_out.empty()) return answers;
    const bool writes = ranks == nullptr || ranks->rank() == 0;
    engine::write_npy(
        writes ? questions.state_out : std::string(), std::uint64_t{1} << qubits.size(),
        sizeof(Real) == sizeof(float),
        [&](std::uint64_t first, std::span<Complex> out) { reader.read(first, out); });
    answers.state_out = questions.state_out;
    return answers;
}

template StateAnswers inspect_state(engine::Register<float>&, std::span<const Handle>,
                                    const StateQuestions&, const host::Ranks*);
template StateAnswers inspect_state(engine::Register<double>&, std::span<const Handle>,
                                    const StateQuestions&, const host::Ranks*);

}  // namespace carillon
