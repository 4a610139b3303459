// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <set>

#include "carillon/base/error.h"
#include "carillon/workload/program/json_document.h"
#include "carillon/workload/program/netqasm.h"
#include "carillon/workload/program/netqasm_words.h"

namespace carillon {

namespace {

using Json = nlohmann::json;
using namespace netqasm;

constexpr double kSameTurn = 1e-9;  ///< between an angle / pi and its comment

struct NodeShape {
    std::uint64_t data_qubits = 0, qubits = 0;
};

/// Reads one subroutine into instructions of the program format. Registers are followed as
/// constants: what the subset needs, not all that NetQASM can.
class SubroutineReader {
  public:
    SubroutineReader(const NamedText& file, const NodeShape& node)
        : file_(file.first), text_(file.second), node_(node) {}

    /// Appends to `out`.
    void read(Json& out) {
        out_ = &out;
        while (next_line()) {
            if (words_.empty()) continue;
            statement();
        }
        finish_rotation();
        if (measured_) fail("the outcome of a measurement is not stored");
        if (!label_.empty()) fail("the label " + label_ + " is missing");
    }

  private:
    [[noreturn]] void fail(const std::string& message) const {
        throw InputError({file_, number_, 1}, message);
    }

    /// Splits the next line into words, and what its comment says.
    bool next_line() {
        if (at_ >= text_.size()) return false;
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = std::string_view(text_).substr(at_, end - at_);
        at_ = end + 1;
        ++number_;
        exact_.reset();
        words_.clear();
        if (const std::size_t comment = line.find("//"); comment != std::string_view::npos) {
            const std::string_view text = line.substr(comment + 2);
            if (text.find('{') != std::string_view::npos) {
                exact_ = Json::parse(text, nullptr, false);
                if (!exact_->is_object()) fail("the comment's text is not a JSON object");
            }
            line = line.substr(0, comment);
        }
        if (line.starts_with("#")) return true;
        while (!line.empty()) {
            const std::size_t start = line.find_first_not_of(" \t\r");
            if (start == std::string_view::npos) break;
            line.remove_prefix(start);
            const std::size_t stop = std::min(line.find_first_of(" \t\r"), line.size());
            words_.emplace_back(line.substr(0, stop));
            line.remove_prefix(stop);
        }
        return true;
    }

    std::uint64_t whole(std::string_view text) const {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || text.empty())
            fail("'" + std::string(text.substr(0, 60)) + "' is not a whole number");
        return value;
    }

    void need(std::size_t words) const {
        if (words_.size() != words)
            fail(fmt::format("{} takes {} operands, not {}", words_[0], words - 1,
                             words_.size() - 1));
    }

    std::uint64_t value_of(const std::string& name) const {
        const auto found = registers_.find(name);
        if (found == registers_.end()) fail("the register " + name + " has no known value");
        return found->second;
    }

    std::string qubit(const std::string& name) const { return qubit_name(value_of(name)); }

    std::string qubit_name(std::uint64_t id) const {
        if (id >= node_.qubits)
            fail(fmt::format("the node has {} qubits, not a qubit {}", node_.qubits, id));
        return id < node_.data_qubits ? fmt::format("d{}", id)
                                      : fmt::format("c{}", id - node_.data_qubits);
    }

    /// "@3[R0]" or "@3[R0:R1]": the array's number, and the value of R0.
    std::pair<std::uint64_t, std::uint64_t> entry(std::string_view text) const {
        const std::size_t open = text.find('[');
        if (!text.starts_with("@") || open == std::string_view::npos || !text.ends_with("]"))
            fail("'" + std::string(text.substr(0, 60)) + "' is not of the form @array[register]");
        const std::string_view index = text.substr(open + 1, text.size() - open - 2);
        return {whole(text.substr(1, open - 1)),
                value_of(std::string(index.substr(0, index.find(':'))))};
    }

    void statement() {
        const std::string& word = words_[0];
        if (const auto gate = gate_of(word)) return gate_statement(*gate);
        finish_rotation();
        if (word.ends_with(":")) {
            if (word.substr(0, word.size() - 1) != label_) fail("this label is not awaited");
            label_.clear();
            when_ = Json();
        } else if (word == "set") {
            need(3);
            registers_[words_[1]] = whole(words_[2]);
            parity_.erase(words_[1]);
        } else if (word == "array") {
            need(3);
        } else if (word == "qalloc") {
            need(2);
            fresh_ = value_of(words_[1]);
        } else if (word == "qfree") {
            need(2);
        } else if (word == "init") {
            need(2);
            init();
        } else if (word == "meas") {
            need(3);
            if (measured_) fail("the outcome of a measurement is not stored");
            measured_ = qubit(words_[1]);
            if (exact_) emit(measurement(nullptr));
        } else if (word == "store") {
            need(3);
            store();
        } else if (word == "load") {
            need(3);
            const auto [array, index] = entry(words_[2]);
            if (array != static_cast<std::uint64_t>(kBits)) fail("only bits, @0, are loaded");
            parity_[words_[1]] = {index};
        } else if (word == "addm") {
            need(5);
            add_bits();
        } else if (word == "bez") {
            need(3);
            open_condition();
        } else if (word == "create_epr" || word == "recv_epr") {
            need(word == "create_epr" ? 6 : 5);
            peer_ = value_of(words_[1]);
        } else if (word == "wait_all") {
            need(2);
            pair();
        } else {
            fail("the instruction " + word + " is not among those that are read here");
        }
    }

    void init() {
        const std::uint64_t id = value_of(words_[1]);
        const bool allocation = fresh_ == id && !exact_;
        fresh_.reset();
        if (!allocation) emit({{"reset", qubit_name(id)}});
    }

    Json measurement(const Json& into) {
        Json i = {{"measure", *measured_}, {"into", into}};
        measured_.reset();
        return i;
    }

    void store() {
        const auto [array, index] = entry(words_[2]);
        if (array == static_cast<std::uint64_t>(kPairQubit)) pair_qubit_ = value_of(words_[1]);
        if (array != static_cast<std::uint64_t>(kBits)) return;
        if (!measured_ || words_[1] != "M0") fail("only outcomes of measurements become bits");
        emit(measurement(index));
    }

    void add_bits() {
        const auto a = parity_.find(words_[2]), b = parity_.find(words_[3]);
        if (a == parity_.end() || b == parity_.end() || value_of(words_[4]) != 2)
            fail("addm is read as the XOR of loaded bits, modulo 2");
        std::vector<std::uint64_t> all = a->second;
        all.insert(all.end(), b->second.begin(), b->second.end());
        parity_[words_[1]] = std::move(all);
    }

    void open_condition() {
        const auto bits = parity_.find(words_[1]);
        if (bits == parity_.end()) fail("a branch depends on loaded bits");
        if (!label_.empty()) fail("conditions are not nested");
        label_ = words_[2];
        when_ = bits->second;
    }

    void pair() {
        if (!exact_ || !exact_->contains("pair"))
            fail("a Bell pair needs the comment that gives its number");
        if (!peer_ || !pair_qubit_) fail("no Bell pair was asked for");
        emit({{"pair", exact_->at("pair")}, {"on", qubit_name(*pair_qubit_)}, {"peer", *peer_}});
        peer_.reset();
        pair_qubit_.reset();
    }

    void gate_statement(std::pair<std::string_view, int> gate) {
        if (gate.first.starts_with("r")) return rotation(gate.first);
        finish_rotation();
        need(static_cast<std::size_t>(gate.second) + 1);
        Json i = {{"gate", gate.first}, {"on", Json::array()}};
        for (int k = 1; k <= gate.second; ++k)
            i["on"].push_back(qubit(words_[static_cast<std::size_t>(k)]));
        emit(std::move(i));
    }

    /// Rotations about one axis of one qubit add up until one has a comment.
    void rotation(std::string_view name) {
        need(4);
        const std::string on = qubit(words_[1]);
        if (turning_ && (turning_->first != name || turning_->second != on)) finish_rotation();
        turning_ = {std::string(name), on};
        const std::uint64_t n = whole(words_[2]), d = whole(words_[3]);
        turn_ +=
            std::ldexp(static_cast<double>(n), -static_cast<int>(std::min<std::uint64_t>(d, 99)));
        if (exact_) finish_rotation();
    }

    void finish_rotation() {
        if (!turning_) return;
        const auto [name, on] = *turning_;
        turning_.reset();
        const double turn = std::exchange(turn_, 0.0);
        if (exact_ && exact_->contains("gate")) return emit_rotation(name, on, turn);
        emit({{"gate", name}, {"on", {on}}, {"angles", {turn * std::numbers::pi}}});
    }

    /// The comment gives the gate; it must be this rotation.
    void emit_rotation(const std::string& name, const std::string& on, double turn) {
        const auto gate = find_gate(exact_->at("gate").get<std::string>());
        double angle = 0;
        if (exact_->contains("angles")) angle = exact_->at("angles").at(0).get<double>();
        const auto word = gate ? word_of(gate->kind, gate->controls, angle) : std::nullopt;
        const bool agrees = word && word->turn && gate_of(word->mnemonic)->first == name &&
                            std::abs(std::remainder(*word->turn - turn, 2)) < kSameTurn;
        if (!agrees) fail("the comment says another gate than the instruction");
        Json i = {{"gate", exact_->at("gate")}, {"on", {on}}};
        if (exact_->contains("angles")) i["angles"] = exact_->at("angles");
        emit(std::move(i));
    }

    /// Adds an instruction, with what only its comment can say.
    void emit(Json i) {
        if (!when_.is_null() && i.contains("gate")) i["when"] = when_;
        if (exact_) {
            for (const char* key : {"gate", "on", "measure", "reset"})
                if (i.contains(key) && (!exact_->contains(key) || exact_->at(key) != i[key]))
                    fail("the comment says something else than the instruction");
            for (const char* key : {"order", "source"})
                if (exact_->contains(key)) i[key] = exact_->at(key);
            if (i.contains("order") && i["order"].is_number_unsigned())
                order_ = i["order"].get<std::uint64_t>();
        }
        if (!i.contains("order")) i["order"] = order_;
        out_->push_back(std::move(i));
    }

    const std::string& file_;
    const std::string& text_;
    NodeShape node_;
    Json* out_ = nullptr;
    std::size_t at_ = 0;
    int number_ = 0;
    std::vector<std::string> words_;
    std::optional<Json> exact_;
    std::map<std::string, std::uint64_t> registers_;
    std::map<std::string, std::vector<std::uint64_t>> parity_;  ///< registers that hold bits' XOR
    std::string label_;                                         ///< end of the condition at hand
    Json when_;
    std::optional<std::string> measured_;
    std::optional<std::uint64_t> fresh_, peer_, pair_qubit_;
    std::optional<std::pair<std::string, std::string>> turning_;
    double turn_ = 0;
    std::uint64_t order_ = 0;
};

const NamedText& find_file(std::span<const NamedText> files, const std::string& name) {
    for (const NamedText& file : files)
        if (file.first == name) return file;
    throw InputError("the file " + name + " is missing");
}

/// Replaces the steps of a host by the instructions they stand for.
Json read_steps(const Json& steps, const NodeShape& node, std::span<const NamedText> files) {
    Json block = Json::array();
    for (const Json& step : steps) {
        if (step.contains("run"))
            SubroutineReader(find_file(files, step.at("run").get<std::string>()), node).read(block);
        else
            block.push_back(step);
    }
    return block;
}

}  // namespace

bool is_netqasm_index(const std::string& index) {
    const Json j = Json::parse(index, nullptr, false);
    return j.is_object() && j.contains("format") && j["format"] == std::string(kFormat);
}

DistributedProgram import_netqasm(std::span<const NamedText> files) {
    const std::string& text = find_file(files, kQasmIndexName).second;
    try {
        Json index = Json::parse(text);
        if (index.at("format") != std::string(kFormat) || index.at("version") != kVersion)
            throw InputError(fmt::format("{}: format {}, version {} is needed", kQasmIndexName,
                                         kFormat, kVersion));
        Json document = std::move(index.at("program"));
        for (Json& node : document.at("nodes")) {
            NodeShape shape;
            shape.data_qubits = node.at("data_qubits").get<std::uint64_t>();
            shape.qubits = shape.data_qubits + node.at("comm_qubits").get<std::uint64_t>();
            for (Json& steps : node.at("blocks")) steps = read_steps(steps, shape, files);
        }
        return program_json::read_document(document, kQasmIndexName);
    } catch (const nlohmann::json::exception& e) {
        throw InputError(std::string(kQasmIndexName) + ": " + e.what());
    }
}

}  // namespace carillon
