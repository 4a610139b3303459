// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "carillon/base/error.h"
#include "carillon/workload/program/json_document.h"
#include "carillon/workload/program/json_names.h"
#include "carillon/workload/program/qasm_export.h"

namespace carillon {

namespace {

using Json = nlohmann::json;

/// What the names in the files mean.
struct Meaning {
    std::string data, comm;
    std::map<std::string, std::uint64_t, std::less<>> first_bit;  ///< by register
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// Turns the file of one node into the blocks of the program format.
class NodeReader {
  public:
    NodeReader(const NamedText& file, const Meaning& meaning, std::size_t blocks)
        : file_(file.first), text_(file.second), meaning_(meaning) {
        blocks_ = Json::array();
        for (std::size_t b = 0; b < blocks; ++b) blocks_.push_back(Json::array());
    }

    Json read() {
        std::vector<Open> open = {{0, 0}};
        while (next_line()) {
            if (line_.starts_with("@carillon.")) {
                annotation();
            } else if (line_ == "}") {
                if (open.size() == 1) fail("a } without its {");
                open.pop_back();
            } else if (line_ == "} else {") {
                if (open.size() == 1 || open.back().otherwise == 0) fail("an else without its if");
                open.back() = {open.back().otherwise, 0};
            } else if (note_) {
                statement(open);
            } else if (!is_declaration()) {
                fail("a statement needs its @carillon annotation on the line before");
            }
        }
        if (open.size() > 1) fail("a { is not closed");
        return std::move(blocks_);
    }

  private:
    struct Open {
        std::size_t block;
        std::size_t otherwise;  ///< block of the else to come, or 0
    };

    bool next_line() {
        while (at_ < text_.size()) {
            const std::size_t end = std::min(text_.find('\n', at_), text_.size());
            line_ = trimmed(std::string_view(text_).substr(at_, end - at_));
            at_ = end + 1;
            ++number_;
            if (in_definition_) {
                in_definition_ = line_ != "}";
                continue;
            }
            if (line_.starts_with("gate ")) {
                in_definition_ = true;
                continue;
            }
            if (!line_.empty() && !line_.starts_with("//")) return true;
        }
        return false;
    }

    [[noreturn]] void fail(const std::string& message) const {
        throw InputError({file_, number_, 1}, message);
    }

    bool is_declaration() const {
        for (const std::string_view word : {"OPENQASM ", "include ", "qubit[", "bit[", "int[",
                                            "uint[", "float[", "angle[", "bool "})
            if (line_.starts_with(word)) return true;
        return false;
    }

    void annotation() {
        if (note_) fail("an annotation without its statement");
        const std::size_t space = std::min(line_.find(' '), line_.size());
        word_ = std::string(line_.substr(10, space - 10));
        try {
            note_ = Json::parse(line_.substr(std::min(space + 1, line_.size())));
        } catch (const nlohmann::json::exception&) {  // bad syntax, or a number such as 1e999
            fail("the annotation's text is not JSON");
        }
        if (!note_->is_object()) fail("the annotation's text is not a JSON object");
    }

    std::size_t block_number(const Json& value) const {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= blocks_.size() ||
            value.get<std::uint64_t>() == 0)
            fail("this block does not exist");
        return value.get<std::size_t>();
    }

    void statement(std::vector<Open>& open) {
        Json i = std::move(*note_);
        note_.reset();
        const std::size_t block = open.back().block;
        if (word_ == "if" || word_ == "while") {
            if (!line_.ends_with("{")) fail("a block is needed here");
            const char* body = word_ == "if" ? "then" : "do";
            const bool has_body = i.contains(body) && !i[body].is_null();
            Open inner{has_body ? block_number(i[body]) : 0, 0};
            if (i.contains("else")) inner.otherwise = block_number(i["else"]);
            open.push_back(inner);
        } else if (word_ == "pair" || word_ == "transfer") {
            i["on"] = qubit(between("reset ", ";"));
        } else if (word_ == "send" || word_ == "recv") {
            i[word_] = i.value("message", Json());
            i.erase("message");
            // Version 1 had the bit in the statement, `b = b;`.
            if (i.contains("bit") && !i["bit"].is_string()) fail("a bit's name is needed");
            i["bit"] =
                bit(i.contains("bit") ? i["bit"].get<std::string>()
                                      : std::string(trimmed(line_.substr(0, line_.find('=')))));
        } else if (word_ == "at") {
            plain(i);
        } else if (word_ != "assign") {
            fail("the annotation @carillon." + word_ + " is unknown");
        }
        blocks_[block].push_back(std::move(i));
    }

    std::string_view between(std::string_view head, std::string_view tail) const {
        if (!line_.starts_with(head) || !line_.ends_with(tail))
            fail("a statement that starts with '" + std::string(head) + "' is needed here");
        return trimmed(line_.substr(head.size(), line_.size() - head.size() - tail.size()));
    }

    void plain(Json& i) {
        if (!line_.ends_with(";") && !line_.ends_with("}")) fail("a statement ends with ;");
        if (line_.starts_with("reset ")) {
            i["reset"] = qubit(between("reset ", ";"));
        } else if (line_.starts_with("barrier")) {
            i["barrier"] = qubits(between("barrier", ";"));
        } else if (line_.starts_with("delay[")) {
            const std::string_view rest = between("delay[", ";");
            const std::size_t close = rest.find("ns]");
            if (close == std::string_view::npos) fail("a delay in ns is needed");
            if (!i.contains("delay_ns")) i["delay_ns"] = number(rest.substr(0, close));
            i["on"] = qubits(trimmed(rest.substr(close + 3)));
        } else if (const std::size_t m = line_.find("measure "); m != std::string_view::npos) {
            const std::string_view target = trimmed(line_.substr(0, m));
            i["into"] = nullptr;
            if (!target.empty()) {
                if (!target.ends_with("=")) fail("'bit = measure qubit;' is needed");
                i["into"] = bit(trimmed(target.substr(0, target.size() - 1)));
            }
            i["measure"] = qubit(trimmed(line_.substr(m + 8, line_.size() - m - 9)));
        } else {
            gate(i, line_);
        }
    }

    void gate(Json& i, std::string_view text) {
        if (text.starts_with("if (")) {
            const std::size_t brace = text.find(") { ");
            if (brace == std::string_view::npos || !text.ends_with("}"))
                fail("'if (bits) { gate }' is needed");
            std::string_view parity = text.substr(4, brace - 4);
            if (parity.starts_with("bool(")) parity = parity.substr(5, parity.size() - 6);
            i["when"] = Json::array();
            for (const std::string_view part : split(parity, '^')) i["when"].push_back(bit(part));
            text = once_per_bit(i["when"], trimmed(text.substr(brace + 4)));
        }
        if (!text.ends_with(";")) fail("a statement ends with ;");
        text = trimmed(text.substr(0, text.size() - 1));
        std::uint64_t controls = 0;
        if (text.starts_with("ctrl")) {
            const std::size_t end = text.find('@');
            if (end == std::string_view::npos) fail("ctrl needs @ after it");
            const std::string_view count = trimmed(text.substr(4, end - 4));
            controls = count.empty() ? 1 : whole(count.substr(1, count.size() - 2));
            text = trimmed(text.substr(end + 1));
        }
        std::size_t end = 0;
        while (end < text.size() && text[end] != '(' && text[end] != ' ') ++end;
        name(i, text.substr(0, end), controls);
        if (end < text.size() && text[end] == '(') end = angles(i, text, end);
        i["on"] = qubits(trimmed(text.substr(end)));
    }

    /// `gate; } if (b) { gate; } ... }` after the first condition: the further bits, and the gate.
    std::string_view once_per_bit(Json& when, std::string_view rest) const {
        const std::string_view gate = trimmed(rest.substr(0, rest.find('}')));
        rest.remove_prefix(rest.find('}') + 1);
        while (!(rest = trimmed(rest)).empty()) {
            const std::size_t brace = rest.find(") { "), end = rest.find('}');
            if (!rest.starts_with("if (") || brace == std::string_view::npos || end < brace + 4 ||
                end == std::string_view::npos)
                fail("'if (bit) { gate }' is needed, once per bit");
            when.push_back(bit(trimmed(rest.substr(4, brace - 4))));
            if (trimmed(rest.substr(brace + 4, end - brace - 4)) != gate)
                fail("the gate must be the same for every bit");
            rest.remove_prefix(end + 1);
        }
        return gate;
    }

    void name(Json& i, std::string_view name, std::uint64_t controls) const {
        if (name.starts_with("unitary_")) {
            i["gate"] = "unitary";
            i["matrix"] = whole(name.substr(8));
        } else {
            i["gate"] = name == "plain_u3" ? "u3" : std::string(name);
        }
        if (controls > 0) i["controls"] = controls;
    }

    /// Reads `(..., ...)` from `open` on, unless the annotation gives the angles; returns its end.
    std::size_t angles(Json& i, std::string_view text, std::size_t open) const {
        std::size_t depth = 0, close = open;
        for (; close < text.size(); ++close) {
            depth += text[close] == '(';
            depth -= text[close] == ')';
            if (depth == 0) break;
        }
        if (close == text.size()) fail("a ) is missing");
        if (!i.contains("angles")) {
            i["angles"] = Json::array();
            for (const std::string_view part : split(text.substr(open + 1, close - open - 1), ','))
                i["angles"].push_back(number(part));
        }
        return close + 1;
    }

    static std::vector<std::string_view> split(std::string_view text, char separator) {
        std::vector<std::string_view> parts;
        while (true) {
            const std::size_t end = std::min(text.find(separator), text.size());
            parts.push_back(trimmed(text.substr(0, end)));
            if (end == text.size()) return parts;
            text.remove_prefix(end + 1);
        }
    }

    double number(std::string_view text) const {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || text.empty())
            fail("'" + std::string(text.substr(0, 60)) + "' is not a number");
        return value;
    }

    std::uint64_t whole(std::string_view text) const {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || text.empty())
            fail("'" + std::string(text.substr(0, 60)) + "' is not a whole number");
        return value;
    }

    /// "name[3]" in its two parts.
    std::pair<std::string_view, std::uint64_t> element(std::string_view text) const {
        const std::size_t open = text.find('[');
        if (open == std::string_view::npos || !text.ends_with("]"))
            fail("'" + std::string(text.substr(0, 60)) + "' is not of the form name[index]");
        return {text.substr(0, open), whole(text.substr(open + 1, text.size() - open - 2))};
    }

    Json qubit(std::string_view text) const {
        const auto [name, index] = element(text);
        if (name == meaning_.data) return fmt::format("d{}", index);
        if (name == meaning_.comm) return fmt::format("c{}", index);
        fail("'" + std::string(text.substr(0, 60)) + "' is not a qubit of this node");
    }

    Json qubits(std::string_view text) const {
        Json list = Json::array();
        if (text.empty()) return list;
        for (const std::string_view part : split(text, ',')) list.push_back(qubit(part));
        return list;
    }

    Json bit(std::string_view text) const {
        const auto [name, index] = element(text);
        const auto found = meaning_.first_bit.find(name);
        if (found == meaning_.first_bit.end())
            fail("'" + std::string(text.substr(0, 60)) + "' is not a bit of this node");
        return found->second + index;
    }

    const std::string& file_;
    const std::string& text_;
    const Meaning& meaning_;
    Json blocks_;
    std::string_view line_;
    std::size_t at_ = 0;
    int number_ = 0;
    bool in_definition_ = false;
    std::optional<Json> note_;
    std::string word_;
};

const std::string& find_file(std::span<const NamedText> files, const std::string& name) {
    for (const auto& [file, text] : files)
        if (file == name) return text;
    throw InputError("the file " + name + " is missing");
}

Meaning read_names(const Json& index) {
    const Json& names = index.at("names");
    const Json& program = index.at("program");
    Meaning m;
    m.data = names.at("data").get<std::string>();
    m.comm = names.at("comm").get<std::string>();
    m.first_bit[names.at("unnamed").get<std::string>()] = 0;
    m.first_bit[names.at("protocol").get<std::string>()] = program.at("bits").get<std::uint32_t>();
    const Json& registers = program.at("bit_registers");
    if (names.at("registers").size() != registers.size())
        throw InputError(std::string(kQasmIndexName) + ": names.registers has the wrong length");
    for (std::size_t r = 0; r < registers.size(); ++r)
        m.first_bit[names.at("registers").at(r).get<std::string>()] =
            registers.at(r).at("first").get<std::uint32_t>();
    return m;
}

}  // namespace

DistributedProgram import_qasm(std::span<const NamedText> files) {
    const std::string& text = find_file(files, kQasmIndexName);
    try {
        Json index = Json::parse(text);
        if (index.at("format") != "carillon-qasm")
            throw InputError(std::string(kQasmIndexName) + ": format carillon-qasm is needed");
        if (index.at("version") != 1 && index.at("version") != 2)
            throw InputError(std::string(kQasmIndexName) + ": version " +
                             index.at("version").dump() +
                             " is not known; this Carillon reads versions 1 and 2");
        const Meaning meaning = read_names(index);
        Json document = std::move(index.at("program"));
        for (Json& node : document.at("nodes")) {
            const auto name = node.at("file").get<std::string>();
            const NamedText file{name, find_file(files, name)};
            const auto blocks = node.at("blocks").get<std::uint64_t>();
            // Each block beyond the first has an `if` or `while` of its own in the file.
            if (blocks > file.second.size() + 1)
                throw InputError(std::string(kQasmIndexName) + ": node " + name +
                                 " has more blocks than its file can hold");
            node["blocks"] = NodeReader(file, meaning, blocks).read();
            node.erase("file");
        }
        return program_json::read_document(document, kQasmIndexName);
    } catch (const nlohmann::json::exception& e) {
        throw InputError(std::string(kQasmIndexName) + ": " + e.what());
    }
}

}  // namespace carillon
