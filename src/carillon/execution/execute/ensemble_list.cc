// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/ensemble_list.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "carillon/base/error.h"

namespace carillon {

namespace {

struct Word {
    std::string text;
    int column = 1;
};

/// The words of one line, each with its column.
class Line {
  public:
    Line(std::string_view text, const std::string& file, int number)
        : text_(text), file_(&file), number_(number) {}

    [[noreturn]] void fail(int column, const std::string& message) const {
        throw InputError(SourcePosition{*file_, number_, column}, message);
    }
    std::optional<Word> next() {
        at_ = std::min(text_.find_first_not_of(" \t\r", at_), text_.size());
        if (at_ == text_.size() || text_[at_] == '#') return std::nullopt;
        Word word{"", static_cast<int>(at_) + 1};
        if (text_[at_] == '"') {
            const auto end = text_.find('"', at_ + 1);
            if (end == std::string_view::npos) fail(word.column, "the quotation mark has no end");
            word.text = text_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
        } else {
            const auto end = std::min(text_.find_first_of(" \t\r", at_), text_.size());
            word.text = text_.substr(at_, end - at_);
            at_ = end;
        }
        return word;
    }
    Word after(const Word& option, const char* what) {
        const auto word = next();
        if (!word) fail(option.column, option.text + " needs " + what);
        return *word;
    }

  private:
    std::string_view text_;
    const std::string* file_;
    int number_;
    std::size_t at_ = 0;
};

std::uint64_t parse_shots(const Line& line, const Word& word) {
    std::uint64_t shots = 0;
    const char* last = word.text.data() + word.text.size();
    const auto [end, error] = std::from_chars(word.text.data(), last, shots);
    if (error != std::errc() || end != last || shots == 0)
        line.fail(word.column,
                  "expected a whole number of shots from 1, got \"" + word.text + "\"");
    return shots;
}

void add_line(Line& line, const std::filesystem::path& folder, std::span<const Sweep> common,
              std::uint64_t shots, std::vector<EnsembleEntry>& entries) {
    const auto program = line.next();
    if (!program) return;
    if (program->text.starts_with("-"))
        line.fail(program->column, "a line begins with a program, got \"" + program->text + "\"");
    std::vector<Sweep> own;
    while (const auto word = line.next()) {
        if (word->text == "--shots" || word->text == "-s") {
            shots = parse_shots(line, line.after(*word, "a number"));
        } else if (word->text == "--input") {
            const Word value = line.after(*word, "name=value");
            try {
                own.push_back(parse_sweep(value.text));
            } catch (const InputError& error) {
                line.fail(value.column, error.what());
            }
        } else {
            line.fail(word->column, "expected --shots or --input, got \"" + word->text + "\"");
        }
    }
    std::vector<Sweep> sweeps;
    for (const Sweep& sweep : common)
        if (std::ranges::find(own, sweep.name, &Sweep::name) == own.end()) sweeps.push_back(sweep);
    sweeps.insert(sweeps.end(), own.begin(), own.end());
    const std::filesystem::path path(program->text);
    for (EnsembleEntry& entry :
         entries_of(path.is_absolute() ? path.string() : (folder / path).string(), sweeps, shots))
        entries.push_back(std::move(entry));
}

}  // namespace

std::vector<EnsembleEntry> entries_of(const std::string& program, std::span<const Sweep> sweeps,
                                      std::uint64_t shots) {
    std::vector<EnsembleEntry> entries;
    for (auto& inputs : combinations(sweeps)) {
        EnsembleEntry entry;
        entry.label = program;
        for (const Sweep& sweep : sweeps)
            if (sweep.values.size() > 1) entry.label += ' ' + sweep.name + '=' + inputs[sweep.name];
        entry.program = program;
        entry.inputs = std::move(inputs);
        entry.shots = shots;
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<EnsembleEntry> parse_list(std::string_view text, const std::string& file,
                                      std::span<const Sweep> sweeps, std::uint64_t shots) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    std::vector<EnsembleEntry> entries;
    for (int number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        Line words(line, file, number);
        add_line(words, folder, sweeps, shots, entries);
    }
    if (entries.empty()) throw InputError(file + ": the list names no program");
    return entries;
}

void number_seeds(std::span<EnsembleEntry> entries, std::uint64_t seed) {
    for (std::size_t k = 0; k < entries.size(); ++k) entries[k].seed = entry_seed(seed, k);
}

}  // namespace carillon
