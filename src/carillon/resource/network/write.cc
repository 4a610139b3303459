// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "carillon/resource/network/network.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;

Json node_json(const Node& node) {
    Json json;
    json["name"] = node.name;
    json["kind"] = node_kind_name(node.kind);
    json["data_qubits"] = node.data_qubits;
    json["comm_qubits"] = node.comm_qubits;
    if (node.coupling.empty()) {
        json["coupling"] = coupling_shape_name(node.coupling_shape);
    } else {
        json["coupling"] = node.coupling;
    }
    json["native_gates"] = node.native_gates;
    json["durations"] = {{"one_qubit_ns", node.durations.one_qubit_ns},
                         {"two_qubit_ns", node.durations.two_qubit_ns},
                         {"measure_ns", node.durations.measure_ns},
                         {"reset_ns", node.durations.reset_ns}};
    json["errors"] = {{"one_qubit", node.errors.one_qubit},
                      {"two_qubit", node.errors.two_qubit},
                      {"measure", node.errors.measure},
                      {"reset", node.errors.reset}};
    json["t1_ns"] = node.t1_ns;
    json["t2_ns"] = node.t2_ns;
    if (node.memory_cutoff_ns > 0) json["memory_cutoff_ns"] = node.memory_cutoff_ns;
    json["price_per_shot"] = node.price_per_shot;
    json["available"] = node.available;
    if (node.placed) {
        json["x"] = node.x;
        json["y"] = node.y;
    }
    return json;
}

/// Prices, where they are not those of every plain link.
void write_prices(Json& json, const Link& link) {
    const bool as_kind = link.kind == LinkKind::kDirect ? link.carries == LinkCarries::kQubits
                                                        : link.carries == LinkCarries::kPairs;
    if (!as_kind) json["carries"] = link_carries_name(link.carries);
    if (link.makes_pairs() && link.pair_cost != plain_link().pair_cost) {
        json["pair_cost"] = link.pair_cost;
    }
    if (!link.carries_qubits()) return;
    json["transfer_cost"] = link.transfer_cost;
    json["transfer_time_ns"] = link.transfer_time_ns;
    json["transfer_error"] = link.transfer_error;
}

Json link_json(const Link& link, const Network& network) {
    Json json;
    json["a"] = network.node(link.a).name;
    json["b"] = network.node(link.b).name;
    json["kind"] = link_kind_name(link.kind);
    json["length_km"] = link.length_km;
    json["loss_db_per_km"] = link.loss_db_per_km;
    json["attempt_rate_hz"] = link.attempt_rate_hz;
    json["success_probability"] = link.success_probability;
    json["fidelity"] = link.fidelity;
    json["multiplexing"] = link.multiplexing;
    json["latency_ns"] = link.latency_ns;
    write_prices(json, link);
    return json;
}

/// `"key": [` with one element per line.
std::string list(const char* key, const std::vector<std::string>& lines) {
    std::string text = std::string("  \"") + key + "\": [";
    for (std::size_t i = 0; i < lines.size(); ++i)
        text += (i == 0 ? "\n    " : ",\n    ") + lines[i];
    return text + (lines.empty() ? "]" : "\n  ]");
}

}  // namespace

std::string write_network(const Network& network) {
    // A name may come from anywhere; bytes that are not UTF-8 are replaced, not a reason to fail.
    auto line = [](const Json& json) {
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    std::vector<std::string> nodes, links;
    for (const Node& node : network.nodes) nodes.push_back(line(node_json(node)));
    for (const Link& link : network.links) links.push_back(line(link_json(link, network)));
    return "{\n  \"name\": " + line(Json(network.name)) + ",\n" + list("nodes", nodes) + ",\n" +
           list("links", links) + "\n}\n";
}

}  // namespace carillon
