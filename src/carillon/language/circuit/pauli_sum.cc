// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/pauli_sum.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "carillon/base/error.h"

namespace carillon {

namespace {

constexpr std::string_view kBlanks = " \t\r";

/// The Pauli of a letter; nothing for I. Only for letters of "IXYZ".
std::optional<Pauli> pauli_of(char letter) {
    if (letter == 'I') return std::nullopt;
    return static_cast<Pauli>(letter - 'X');
}

bool is_letter(char c) {
    return c == 'I' || (c >= 'X' && c <= 'Z');
}

/// Reads one line.
class TermReader {
  public:
    TermReader(std::string_view line, const std::string& file, int number, std::uint32_t qubits)
        : line_(line), file_(file), number_(number), qubits_(qubits) {}

    /// Nothing when the line is empty.
    std::optional<PauliTerm> read() {
        if (!next()) return std::nullopt;
        PauliTerm term;
        bool more = true;
        if (word_[0] != 'I' && !is_letter(word_[0])) {
            term.coefficient = coefficient();
            more = next();
        }
        const bool one_letter_each = more && std::ranges::all_of(word_, is_letter) && word_ != "I";
        if (one_letter_each) {
            string(term);
            if (next()) fail("a string of letters stands alone, got \"" + shown() + "\" after it");
        } else {
            for (; more; more = next()) factor(term);
        }
        std::ranges::sort(term.factors, {}, &PauliFactor::qubit);
        return term;
    }

  private:
    /// Goes to the next word.
    bool next() {
        const std::size_t begin = line_.find_first_not_of(kBlanks, at_);
        if (begin == std::string_view::npos) return false;
        at_ = std::min(line_.find_first_of(kBlanks, begin), line_.size());
        word_ = line_.substr(begin, at_ - begin);
        column_ = static_cast<int>(begin) + 1;
        return true;
    }
    std::string shown() const {
        constexpr std::size_t kMost = 24;
        std::string text(word_.substr(0, kMost));
        for (char& c : text)
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
        return text + (word_.size() > kMost ? "..." : "");
    }
    [[noreturn]] void fail(const std::string& message, std::size_t offset = 0) const {
        throw InputError(SourcePosition{file_, number_, column_ + static_cast<int>(offset)},
                         message);
    }
    double coefficient() const {
        std::string_view digits = word_;
        if (digits.starts_with('+')) digits.remove_prefix(1);
        double value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
            fail(
                "expected a real coefficient such as -0.25, or a Pauli such as X0 or IZXY, got \"" +
                shown() + "\"");
        return value;
    }
    void add(PauliTerm& term, std::uint32_t qubit, Pauli pauli) const {
        for (const PauliFactor& f : term.factors)
            if (f.qubit == qubit) fail("the term names qubit " + std::to_string(qubit) + " twice");
        term.factors.push_back({qubit, pauli});
    }
    /// A word such as X12.
    void factor(PauliTerm& term) const {
        if (word_ == "I") return;
        std::uint32_t qubit = 0;
        const char* const last = word_.data() + word_.size();
        const auto [end, error] = std::from_chars(word_.data() + 1, last, qubit);
        if (!is_letter(word_[0]) || word_.size() < 2 || end != last ||
            error == std::errc::invalid_argument)
            fail("expected X, Y, Z or I and the number of a qubit, such as X0, got \"" + shown() +
                 "\"");
        if (error != std::errc() || qubit >= qubits_)
            fail("\"" + shown() + "\": the program's qubits are 0 to " +
                 std::to_string(qubits_ - 1));
        if (const auto pauli = pauli_of(word_[0])) add(term, qubit, *pauli);
    }
    /// A word such as IZXY.
    void string(PauliTerm& term) const {
        if (word_.size() != qubits_)
            fail("\"" + shown() + "\" has " + std::to_string(word_.size()) +
                 " letters, and the program " + std::to_string(qubits_) +
                 " qubits; write one letter for each, or factors such as X0");
        for (std::uint32_t q = 0; q < qubits_; ++q)
            if (const auto pauli = pauli_of(word_[qubits_ - 1 - q]))
                term.factors.push_back({q, *pauli});
    }

    std::string_view line_;
    const std::string& file_;
    int number_;
    std::uint32_t qubits_;
    std::size_t at_ = 0;
    std::string_view word_;
    int column_ = 0;
};

}  // namespace

PauliSum parse_pauli_sum(std::string_view text, const std::string& file, std::uint32_t qubits) {
    PauliSum sum;
    int number = 0;
    while (!text.empty()) {
        ++number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        line = line.substr(0, line.find('#'));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (auto term = TermReader(line, file, number, qubits).read())
            sum.terms.push_back(std::move(*term));
    }
    if (sum.terms.empty())
        throw InputError(SourcePosition{file, 1, 1},
                         "there is no term; write one a line, such as 0.5 Z0 Z1");
    return sum;
}

}  // namespace carillon
