// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/placement_json.h"

#include <map>
#include <nlohmann/json.hpp>

#include "carillon/base/json_reader.h"
#include "carillon/base/suggest.h"

namespace carillon {
namespace {

constexpr std::string_view kFormat = "carillon-placement";
constexpr std::uint64_t kVersion = 1;

using Json = nlohmann::ordered_json;

ProgramForm read_form(const JsonValue& root) {
    ProgramForm form;
    if (const auto rewritten = root.find("rewritten")) form.rewritten = rewritten->boolean();
    if (const auto split = root.find("split")) form.split = split->boolean();
    return form;
}

class PlacementReader {
  public:
    PlacementReader(const Interactions& interactions, const Network& network)
        : interactions_(interactions), network_(network) {
        for (std::uint32_t v = 0; v < network.nodes.size(); ++v) {
            by_name_.emplace(network.nodes[v].name, v);
        }
    }

    PlacementFile read(const JsonValue& root) {
        root.allow_keys({"format", "version", "program", "network", "qubits", "gates", "homes",
                         "moves", "sites", "kept", "rewritten", "split"});
        if (root.at("format").text() != kFormat) {
            root.fail_key("format", "must be \"" + std::string(kFormat) + "\"");
        }
        root.at("version").whole(kVersion, kVersion);
        same_size(root, "qubits", interactions_.of_qubit.size());
        same_size(root, "gates", interactions_.gates.size());
        PlacementFile file;
        file.form = read_form(root);
        read_homes(root.at("homes"), file.placement);
        if (const auto moves = root.find("moves")) read_moves(*moves, file.placement);
        file.placement.site.resize(interactions_.num_operations);
        if (const auto sites = root.find("sites")) {
            read_sites(*sites, file.placement);
            file.sites_given = true;
        }
        if (const auto kept = root.find("kept")) {
            if (!file.sites_given) kept->fail("needs sites, which are not given");
            read_kept(*kept, file.placement);
        }
        return file;
    }

  private:
    /// A node by its name or its number.
    QpuId node(const JsonValue& value) const {
        if (value.is_number()) return QpuId{value.whole(0, network_.nodes.size() - 1)};
        const auto found = by_name_.find(value.text());
        if (found != by_name_.end()) return QpuId{found->second};
        std::vector<std::string_view> names;
        for (const auto& [name, index] : by_name_) names.push_back(name);
        value.fail("the network has no node " + value.shown() + suggestion(value.text(), names));
    }

    static void same_size(const JsonValue& root, std::string_view key, std::size_t expected) {
        const auto value = root.find(key);
        if (!value || value->whole() == expected) return;
        value->fail("must be " + std::to_string(expected) + " as in the lowered program, got " +
                    value->shown());
    }

    static void need_size(const JsonValue& list, std::size_t expected, const char* what) {
        if (list.size() == expected) return;
        list.fail("must have one node for each of the " + std::to_string(expected) + ' ' + what +
                  ", got " + std::to_string(list.size()));
    }

    void read_homes(const JsonValue& homes, Placement& placement) const {
        need_size(homes, interactions_.of_qubit.size(), "qubits");
        for (std::size_t q = 0; q < homes.size(); ++q) placement.home.push_back(node(homes[q]));
    }

    void read_moves(const JsonValue& moves, Placement& placement) const {
        std::uint32_t last = 0;
        for (std::size_t i = 0; i < moves.size(); ++i) {
            const JsonValue move = moves[i];
            move.allow_keys({"position", "qubit", "to"});
            const auto position = static_cast<std::uint32_t>(
                move.at("position").whole(last, interactions_.num_operations));
            const QubitId qubit{move.at("qubit").whole(0, interactions_.of_qubit.size() - 1)};
            placement.moves.push_back({position, qubit, node(move.at("to"))});
            last = position;
        }
    }

    void read_sites(const JsonValue& sites, Placement& placement) const {
        need_size(sites, interactions_.gates.size(), "multi-qubit gates of the lowered program");
        for (std::size_t g = 0; g < sites.size(); ++g) {
            placement.site[interactions_.gates[g].operation] = node(sites[g]);
        }
    }

    void read_kept(const JsonValue& kept, Placement& placement) const {
        for (std::size_t i = 0; i < kept.size(); ++i) {
            kept[i].allow_keys({"segment", "at"});
            const auto segment = static_cast<std::uint32_t>(
                kept[i].at("segment").whole(0, interactions_.segments.size() - 1));
            if (!interactions_.segments[segment].embeddable) {
                kept[i].fail_key("segment", "segment " + std::to_string(segment) +
                                                " is not embeddable: its copies must be closed");
            }
            placement.kept.push_back({segment, node(kept[i].at("at"))});
        }
    }

    const Interactions& interactions_;
    const Network& network_;
    std::map<std::string, std::uint32_t, std::less<>> by_name_;
};

}  // namespace

PlacementFile read_placement(std::string_view json_text, const std::string& file,
                             const Interactions& interactions, const Network& network) {
    const JsonDocument document(json_text, file);
    return PlacementReader(interactions, network).read(document.root());
}

ProgramForm form_of_placement(std::string_view json_text, const std::string& file) {
    const JsonDocument document(json_text, file);
    const JsonValue root = document.root();
    if (root.at("format").text() != kFormat) {
        root.fail_key("format", "must be \"" + std::string(kFormat) + "\"");
    }
    return read_form(root);
}

std::string write_placement(const PlacementFile& file, const Interactions& interactions,
                            const Network& network, std::string_view program_name) {
    const Placement& placement = file.placement;
    const auto name = [&network](QpuId node) { return network.node(node).name; };
    Json json = {{"format", kFormat},
                 {"version", kVersion},
                 {"program", program_name},
                 {"network", network.name},
                 {"qubits", placement.home.size()},
                 {"gates", interactions.gates.size()},
                 {"rewritten", file.form.rewritten},
                 {"split", file.form.split}};
    Json homes = Json::array(), moves = Json::array(), sites = Json::array(), kept = Json::array();
    for (const QpuId home : placement.home) homes.push_back(name(home));
    for (const Move& move : placement.moves) {
        moves.push_back(
            {{"position", move.position}, {"qubit", move.qubit.value}, {"to", name(move.to)}});
    }
    for (const Interaction& gate : interactions.gates) {
        sites.push_back(name(placement.site[gate.operation]));
    }
    for (const KeptCopy& copy : placement.kept) {
        kept.push_back({{"segment", copy.segment}, {"at", name(copy.qpu)}});
    }
    json["homes"] = std::move(homes);
    json["moves"] = std::move(moves);
    json["sites"] = std::move(sites);
    json["kept"] = std::move(kept);
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace carillon
