// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <unordered_map>

#include "carillon/base/error.h"
#include "carillon/base/json_reader.h"
#include "carillon/base/suggest.h"
#include "carillon/resource/network/network.h"
#include "carillon/resource/network/network_builder.h"

namespace carillon {

namespace {

constexpr std::uint32_t kMostQubits = 1u << 20;  // of one node

/// Node numbers by name.
using Names = std::unordered_map<std::string, std::size_t>;

const DevicePreset& preset_of(const JsonValue& value) {
    std::vector<std::string_view> names;
    for (const DevicePreset& preset : device_presets()) names.push_back(preset.name);
    return device_presets()[value.choice(names)];
}

void read_real(const JsonValue& object, std::string_view key, double most, double& value) {
    if (const auto given = object.find(key)) value = given->real(0, most);
}

/// A number >= 0 and at most what we can compute with.
void read_capped(const JsonValue& object, std::string_view key, double most, double& value) {
    const auto given = object.find(key);
    if (!given) return;
    value = given->real(0);
    if (value > most)
        given->fail(fmt::format("must be at most {:g}, got {}", most, given->shown()));
}

void read_count(const JsonValue& object, std::string_view key, std::uint32_t least,
                std::uint32_t& value) {
    if (const auto given = object.find(key)) {
        value = static_cast<std::uint32_t>(given->whole(least, kMostQubits));
    }
}

void read_coupling(const JsonValue& value, Node& node) {
    node.coupling.clear();
    node.coupling_shape = CouplingShape::kAll;
    if (value.is_string()) {
        constexpr std::array kShapes = {CouplingShape::kAll, CouplingShape::kLine,
                                        CouplingShape::kRing, CouplingShape::kGrid};
        std::array<std::string_view, kShapes.size()> names;
        std::transform(kShapes.begin(), kShapes.end(), names.begin(), coupling_shape_name);
        node.coupling_shape = kShapes[value.choice(names)];
        return;
    }
    if (!value.is_array()) {
        value.fail("must be \"all\", \"line\", \"ring\", \"grid\" or pairs such as [[0, 1]], got " +
                   value.shown());
    }
    const std::uint64_t qubits = std::uint64_t{node.data_qubits} + node.comm_qubits;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const JsonValue pair = value[i];
        if (pair.size() != 2) pair.fail("must be a pair of qubits such as [0, 1]");
        const auto a = pair[0].whole(), b = pair[1].whole();
        for (const std::size_t end : {0, 1}) {
            if (pair[end].whole() < qubits) continue;
            pair[end].fail(
                fmt::format("no qubit {}: the node has {} data and {} communication qubits",
                            pair[end].whole(), node.data_qubits, node.comm_qubits));
        }
        if (a == b) pair.fail(fmt::format("qubit {} is coupled to itself", a));
        node.coupling.emplace_back(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b));
    }
}

void read_gates(const JsonValue& value, Node& node) {
    node.native_gates.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i].text().empty()) value[i].fail("must be the name of a gate");
        node.native_gates.push_back(value[i].text());
    }
}

void read_durations(const JsonValue& value, Durations& durations) {
    value.allow_keys({"one_qubit_ns", "two_qubit_ns", "measure_ns", "reset_ns"});
    read_capped(value, "one_qubit_ns", kMostNs, durations.one_qubit_ns);
    read_capped(value, "two_qubit_ns", kMostNs, durations.two_qubit_ns);
    read_capped(value, "measure_ns", kMostNs, durations.measure_ns);
    read_capped(value, "reset_ns", kMostNs, durations.reset_ns);
}

void read_errors(const JsonValue& value, ErrorRates& errors) {
    value.allow_keys({"one_qubit", "two_qubit", "measure", "reset"});
    read_real(value, "one_qubit", 1, errors.one_qubit);
    read_real(value, "two_qubit", 1, errors.two_qubit);
    read_real(value, "measure", 1, errors.measure);
    read_real(value, "reset", 1, errors.reset);
}

void read_place(const JsonValue& value, Node& node) {
    if (value.find("x").has_value() != value.find("y").has_value()) {
        value.fail("x and y are given together or not at all");
    }
    if (!value.find("x")) return;
    node.x = value.at("x").real();
    node.y = value.at("y").real();
    node.placed = true;
}

Node read_node(const JsonValue& value, const Node& standard) {
    value.allow_keys({"name", "kind", "preset", "data_qubits", "comm_qubits", "coupling",
                      "native_gates", "durations", "errors", "t1_ns", "t2_ns", "memory_cutoff_ns",
                      "price_per_shot", "available", "x", "y"});
    Node node = standard;
    if (const auto preset = value.find("preset")) node = preset_of(*preset).node;
    node.name = value.at("name").text();
    if (node.name.empty()) value.at("name").fail("must not be empty");
    if (const auto kind = value.find("kind")) {
        constexpr std::array kKinds = {NodeKind::kQpu, NodeKind::kRepeater, NodeKind::kSatellite,
                                       NodeKind::kHost};
        std::array<std::string_view, kKinds.size()> names;
        std::transform(kKinds.begin(), kKinds.end(), names.begin(), node_kind_name);
        node.kind = kKinds[kind->choice(names)];
    }
    read_count(value, "data_qubits", 0, node.data_qubits);
    read_count(value, "comm_qubits", 0, node.comm_qubits);
    if (node.kind != NodeKind::kQpu) {
        if (node.data_qubits > 0) {
            value.at("data_qubits")
                .fail(fmt::format("a {} has no data qubits", node_kind_name(node.kind)));
        }
        node.coupling_shape = CouplingShape::kAll;
    }
    if (const auto coupling = value.find("coupling")) read_coupling(*coupling, node);
    if (const auto gates = value.find("native_gates")) read_gates(*gates, node);
    if (const auto durations = value.find("durations")) read_durations(*durations, node.durations);
    if (const auto errors = value.find("errors")) read_errors(*errors, node.errors);
    constexpr double kAny = std::numeric_limits<double>::max();
    read_real(value, "t1_ns", kAny, node.t1_ns);
    read_real(value, "t2_ns", kAny, node.t2_ns);
    read_real(value, "memory_cutoff_ns", kAny, node.memory_cutoff_ns);
    read_real(value, "price_per_shot", kAny, node.price_per_shot);
    if (const auto available = value.find("available")) node.available = available->boolean();
    read_place(value, node);
    return node;
}

/// An end of a link: the name of a node, or its number.
QpuId read_end(const JsonValue& value, const Names& names) {
    if (value.is_number()) {
        const std::uint64_t number = value.whole();
        if (number >= names.size()) {
            value.fail(fmt::format("no node {}: the network has {} nodes, counted from 0", number,
                                   names.size()));
        }
        return QpuId{number};
    }
    const auto it = names.find(value.text());
    if (it != names.end()) return QpuId{it->second};
    std::vector<std::string_view> known;
    for (const auto& [name, number] : names) known.push_back(name);
    std::sort(known.begin(), known.end());
    constexpr std::size_t kMostListed = 20;
    const auto near = closest_name(value.text(), known);
    if (near.empty() && known.size() > kMostListed) known.resize(kMostListed);
    value.fail(
        fmt::format("no node is named {}{}", value.shown(), suggestion(value.text(), known)));
}

/// Refuses keys of what the link does not hand over.
void check_carried(const JsonValue& value, const Link& link, bool applies,
                   std::initializer_list<std::string_view> keys) {
    if (applies) return;
    for (const std::string_view key : keys) {
        if (!value.find(key)) continue;
        value.at(key).fail(fmt::format("the link {}; \"carries\": \"both\" would allow this",
                                       link.makes_pairs() ? "carries no qubits, only pairs"
                                                          : "makes no pairs, only carries "
                                                            "qubits"));
    }
}

void read_prices(const JsonValue& value, Link& link) {
    if (const auto carries = value.find("carries")) {
        constexpr std::array kAll = {LinkCarries::kPairs, LinkCarries::kQubits, LinkCarries::kBoth};
        std::array<std::string_view, kAll.size()> names;
        std::transform(kAll.begin(), kAll.end(), names.begin(), link_carries_name);
        link.carries = kAll[carries->choice(names)];
    }
    check_carried(value, link, link.makes_pairs(), {"pair_cost"});
    check_carried(value, link, link.carries_qubits(),
                  {"transfer_cost", "transfer_time_ns", "transfer_error"});
    const auto read_price = [&](std::string_view key, double& price) {
        if (const auto given = value.find(key)) price = given->real(kLeastPrice, kMostPrice);
    };
    read_price("pair_cost", link.pair_cost);
    read_price("transfer_cost", link.transfer_cost);
    read_capped(value, "transfer_time_ns", kMostNs, link.transfer_time_ns);
    read_real(value, "transfer_error", 1, link.transfer_error);
    forget_unused_prices(link);
}

Link read_link(const JsonValue& value, const Link& standard, const Names& names) {
    value.allow_keys({"a", "b", "kind", "preset", "length_km", "loss_db_per_km", "attempt_rate_hz",
                      "success_probability", "fidelity", "multiplexing", "latency_ns", "carries",
                      "pair_cost", "transfer_cost", "transfer_time_ns", "transfer_error"});
    Link link = standard;
    if (const auto preset = value.find("preset")) link = preset_of(*preset).link;
    link.a = read_end(value.at("a"), names);
    link.b = read_end(value.at("b"), names);
    if (link.a == link.b) value.fail(fmt::format("joins node {} to itself", value.at("a").shown()));
    if (const auto kind = value.find("kind")) {
        constexpr std::array kKinds = {LinkKind::kFibre, LinkKind::kFreeSpace, LinkKind::kSatellite,
                                       LinkKind::kMicrowave, LinkKind::kDirect};
        std::array<std::string_view, kKinds.size()> kinds;
        std::transform(kKinds.begin(), kKinds.end(), kinds.begin(), link_kind_name);
        link.kind = kKinds[kind->choice(kinds)];
        if (link.kind == LinkKind::kDirect) link.carries = LinkCarries::kQubits;
    }
    constexpr double kAny = std::numeric_limits<double>::max();
    read_capped(value, "length_km", kMostKm, link.length_km);
    read_real(value, "loss_db_per_km", kAny, link.loss_db_per_km);
    read_real(value, "attempt_rate_hz", kAny, link.attempt_rate_hz);
    read_real(value, "success_probability", 1, link.success_probability);
    if (link.success_probability == 0) {
        value.at("success_probability").fail("must be above 0, or no pair is ever made");
    }
    read_real(value, "fidelity", 1, link.fidelity);
    read_count(value, "multiplexing", 1, link.multiplexing);
    read_capped(value, "latency_ns", kMostNs, link.latency_ns);
    read_prices(value, link);
    if (const std::string wrong = too_slow(link); !wrong.empty()) value.fail(wrong);
    return link;
}

/// Refuses a network that falls apart.
void check_connected(const Network& network, const JsonValue& root) {
    if (network.nodes.empty()) return;
    const Topology topology(network);
    std::vector<QpuId> queue = {QpuId{0}};
    std::vector<bool> seen(network.nodes.size());
    seen[0] = true;
    for (std::size_t head = 0; head < queue.size(); ++head) {
        for (const Topology::Edge& e : topology.neighbours(queue[head])) {
            if (seen[e.to.value]) continue;
            seen[e.to.value] = true;
            queue.push_back(e.to);
        }
    }
    const auto lost = std::find(seen.begin(), seen.end(), false);
    if (lost == seen.end()) return;
    const auto number = static_cast<std::size_t>(lost - seen.begin());
    root.fail(fmt::format("the network is not connected: no path of links from \"{}\" to \"{}\"",
                          network.nodes[0].name, network.nodes[number].name));
}

Network read_native(const JsonValue& root) {
    root.allow_keys({"name", "preset", "nodes", "links"});
    Network network;
    Node node = plain_node();
    Link link = plain_link();
    if (const auto name = root.find("name")) network.name = name->text();
    if (const auto preset = root.find("preset")) {
        node = preset_of(*preset).node;
        link = preset_of(*preset).link;
    }
    const JsonValue nodes = root.at("nodes");
    if (nodes.size() == 0) nodes.fail("must hold at least one node");
    if (nodes.size() > kMostNodes) nodes.fail(fmt::format("holds more than {} nodes", kMostNodes));
    Names names;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        network.nodes.push_back(read_node(nodes[i], node));
        const auto [it, fresh] = names.emplace(network.nodes.back().name, i);
        if (!fresh)
            nodes[i].at("name").fail(fmt::format("nodes[{}] has the same name", it->second));
    }
    if (const auto links = root.find("links")) {
        if (links->size() > kMostLinks)
            links->fail(fmt::format("holds more than {} links", kMostLinks));
        for (std::size_t i = 0; i < links->size(); ++i) {
            network.links.push_back(read_link((*links)[i], link, names));
        }
    }
    check_connected(network, root);
    for (Node& n : network.nodes) {  // shapes whose size is known
        if (n.coupling_shape == CouplingShape::kAll || n.data_qubits == 0) continue;
        n.coupling = coupling_edges(n.coupling_shape, n.data_qubits + n.comm_qubits);
        n.coupling_shape = CouplingShape::kAll;
    }
    return network;
}

/// Communication qubits that stand for pytket-dqc's "unbounded" (-1, or no entry).
constexpr std::uint32_t kUnbounded = 1024;

/// pytket-dqc numbers servers by the keys of server_qubits; every list holds that server's qubits.
Network read_pytket_dqc(const JsonValue& root) {
    root.allow_keys({"server_coupling", "server_qubits", "server_ebit_mem"});
    Network network;
    Names names;
    std::vector<std::uint64_t> numbers;
    const auto servers = root.at("server_qubits").members();
    if (servers.empty()) root.at("server_qubits").fail("must hold at least one server");
    for (const auto& [key, qubits] : servers) {
        const bool digits =
            !key.empty() && key.size() < 10 &&
            std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!digits)
            root.at("server_qubits").fail_key(key, "a server must be a number such as \"0\"");
        numbers.push_back(std::stoull(std::string(key)));
        qubits.size();  // an array
    }
    std::sort(numbers.begin(), numbers.end());
    const auto memory = root.find("server_ebit_mem");
    for (const std::uint64_t number : numbers) {
        const std::string key = std::to_string(number);
        if (!root.at("server_qubits").find(key)) {
            root.at("server_qubits")
                .fail(fmt::format("server {} must be written \"{}\"", number, key));
        }
        Node node = plain_node();
        node.name = "server" + key;
        node.data_qubits = static_cast<std::uint32_t>(root.at("server_qubits").at(key).size());
        node.comm_qubits = kUnbounded;
        if (const auto bound = memory ? memory->find(key) : std::nullopt) {
            const std::int64_t ebits = bound->integer(-1, kMostQubits);
            if (ebits >= 0) node.comm_qubits = static_cast<std::uint32_t>(ebits);
        }
        names.emplace(key, network.nodes.size());
        network.nodes.push_back(std::move(node));
    }
    if (memory) {
        for (const auto& [key, value] : memory->members()) {
            if (!names.contains(std::string(key)))
                memory->fail_key(key, "server_qubits has no such server");
        }
    }
    const JsonValue coupling = root.at("server_coupling");
    for (std::size_t i = 0; i < coupling.size(); ++i) {
        if (coupling[i].size() != 2) coupling[i].fail("must be a pair of servers such as [0, 1]");
        Link link = plain_link();
        for (const std::size_t end : {0, 1}) {
            const auto it = names.find(std::to_string(coupling[i][end].whole()));
            if (it == names.end()) {
                coupling[i][end].fail(
                    fmt::format("server_qubits has no server {}", coupling[i][end].shown()));
            }
            (end == 0 ? link.a : link.b) = QpuId{it->second};
        }
        if (link.a == link.b) coupling[i].fail("joins a server to itself");
        network.links.push_back(link);
    }
    check_connected(network, root);
    return network;
}

}  // namespace

Network read_network(std::string_view json_text, const std::string& file) {
    const JsonDocument document(json_text, file);
    const JsonValue root = document.root();
    return root.find("server_qubits") ? read_pytket_dqc(root) : read_native(root);
}

Network load_network(const std::string& file_or_generator) {
    std::error_code ignored;
    if (std::filesystem::exists(file_or_generator, ignored)) {
        return read_network(read_text_file(file_or_generator), file_or_generator);
    }
    if (file_or_generator.ends_with(".json")) {
        throw ResourceError("network file " + file_or_generator + " does not exist");
    }
    return generate_network(file_or_generator);
}

}  // namespace carillon
