// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/network/network_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/base/suggest.h"

namespace carillon {

namespace {

constexpr double kAny = std::numeric_limits<double>::max();
constexpr std::uint32_t kMostQubits = 1u << 20;  // of one node

constexpr GeneratorKey kKeys[] = {
    {"qubits", "N or N+N+...", "data qubits of every QPU, or of each; absent: just enough"},
    {"comm", "N or N+N+...", "communication qubits (2)"},
    {"preset", "NAME",
     "trapped-ion, colour-centre, superconducting, ion-shuttling or cryogenic-waveguide: all "
     "numbers below from experiments"},
    {"coupling", "SHAPE", "which qubits of a QPU interact: all (default), line, ring, grid"},
    {"native", "G+G+...", "gates of every QPU, e.g. cx+rz+sx+x; absent: every gate"},
    {"one_qubit_ns", "T", "duration of a one-qubit gate (100)"},
    {"two_qubit_ns", "T", "duration of a two-qubit gate (1000)"},
    {"measure_ns", "T", "duration of a measurement (5000)"},
    {"reset_ns", "T", "duration of a reset (5000)"},
    {"one_qubit_error", "P", "error probability of a one-qubit gate (0)"},
    {"two_qubit_error", "P", "error probability of a two-qubit gate (0)"},
    {"measure_error", "P", "error probability of a measurement (0)"},
    {"reset_error", "P", "error probability of a reset (0)"},
    {"t1_ns", "T", "relaxation time; 0 = none (0)"},
    {"t2_ns", "T", "coherence time; 0 = no decay (0)"},
    {"cutoff_ns", "T", "unused halves of Bell pairs older than this are discarded; 0 = never (0)"},
    {"price", "P", "price per shot (0)"},
    {"link", "KIND", "fibre (default), free-space, satellite, microwave, direct"},
    {"length_km", "L", "length of every link (0); random: side of the square"},
    {"loss_db_per_km", "A", "loss (0.2 where a length is given)"},
    {"rate_hz", "R", "entanglement attempts per second (1e6, at most one per passage of light)"},
    {"success", "P", "success probability of an attempt (0.1, times the transmissivity)"},
    {"fidelity", "F", "fidelity of a fresh pair (1)"},
    {"latency_ns", "T", "one classical message (1000, or 5000 per km)"},
    {"multiplexing", "N", "attempts in parallel (1)"},
    {"carries", "WHAT", "pairs (default), qubits (default of direct links) or both"},
    {"pair_cost", "P", "price of a Bell pair (1)"},
    {"transfer_cost", "P", "price of carrying a qubit over a link (1)"},
    {"transfer_ns", "T", "time of one such transfer (10000)"},
    {"transfer_error", "P", "probability that it spoils the qubit (0)"},
    {"arity", "N", "tree: children of a node (2)"},
    {"radius", "R",
     "random: nodes this near in the unit square are joined (about 2 ln K / pi K, square root)"},
    {"seed", "N", "random: which one (0)"},
    {"campus", "RxC", "hier: mesh of QPUs of a campus"},
    {"campuses", "N", "hier: campuses of a region (1)"},
    {"region", "N", "hier: regions (1)"},
    {"satellite", "", "hier: regions are joined by a satellite instead of fibre"},
    {"campus_km", "L", "hier: gateway to region (10)"},
    {"region_km", "L", "hier: region to region (200)"},
    {"repeaters", "N", "hier: repeaters between two regions (1)"},
    {"satellite_km", "L", "hier: region to satellite (1000)"},
};

CouplingShape coupling_named(std::string_view name) {
    for (const auto shape : {CouplingShape::kLine, CouplingShape::kRing, CouplingShape::kGrid}) {
        if (coupling_shape_name(shape) == name) return shape;
    }
    return CouplingShape::kAll;
}

}  // namespace

std::span<const GeneratorKey> generator_keys() {
    return kKeys;
}

void forget_unused_prices(Link& link) {
    const Link& plain = plain_link();
    if (!link.makes_pairs()) link.pair_cost = plain.pair_cost;
    if (link.carries_qubits()) return;
    link.transfer_cost = plain.transfer_cost;
    link.transfer_time_ns = plain.transfer_time_ns;
    link.transfer_error = plain.transfer_error;
}

std::string too_slow(const Link& link) {
    if (!link.makes_pairs()) return {};
    const double ns = mean_pair_time_ns(link);
    if (ns <= kMostNs) return {};
    return fmt::format("one pair would take {:.3g} ns in the mean, more than {:g} ns (11 days)", ns,
                       kMostNs);
}

NetworkBuilder::NetworkBuilder(GeneratorText& text)
    : text_(text), node_(plain_node()), link_(plain_link()) {
    std::vector<std::string_view> presets;
    for (const DevicePreset& preset : device_presets()) presets.push_back(preset.name);
    if (const auto name = text.choice("preset", presets)) {
        const DevicePreset* preset = find_preset(*name);
        node_ = preset->node;
        link_ = preset->link;
    }
    read_node_keys();
    read_link_keys();
}

void NetworkBuilder::read_node_keys() {
    qubits_ = text_.wholes("qubits", 1, kMostQubits);
    comm_ = text_.wholes("comm", 1, kMostQubits);
    constexpr std::array<std::string_view, 4> kShapes = {"all", "line", "ring", "grid"};
    if (const auto shape = text_.choice("coupling", kShapes))
        node_.coupling_shape = coupling_named(*shape);
    if (auto gates = text_.words("native"); !gates.empty()) node_.native_gates = std::move(gates);

    auto set = [&](std::string_view key, double most, double& value) {
        if (const auto given = text_.real(key, 0, most)) value = *given;
    };
    auto set_time = [&](std::string_view key, double& value) {
        if (const auto given = text_.capped(key, kMostNs)) value = *given;
    };
    set_time("one_qubit_ns", node_.durations.one_qubit_ns);
    set_time("two_qubit_ns", node_.durations.two_qubit_ns);
    set_time("measure_ns", node_.durations.measure_ns);
    set_time("reset_ns", node_.durations.reset_ns);
    set("one_qubit_error", 1, node_.errors.one_qubit);
    set("two_qubit_error", 1, node_.errors.two_qubit);
    set("measure_error", 1, node_.errors.measure);
    set("reset_error", 1, node_.errors.reset);
    set("t1_ns", kAny, node_.t1_ns);
    set("t2_ns", kAny, node_.t2_ns);
    set("cutoff_ns", kAny, node_.memory_cutoff_ns);
    set("price", kAny, node_.price_per_shot);
}

void NetworkBuilder::read_link_keys() {
    constexpr std::array kKinds = {LinkKind::kFibre, LinkKind::kFreeSpace, LinkKind::kSatellite,
                                   LinkKind::kMicrowave, LinkKind::kDirect};
    std::array<std::string_view, kKinds.size()> names;
    std::transform(kKinds.begin(), kKinds.end(), names.begin(), link_kind_name);
    if (const auto name = text_.choice("link", names)) {
        link_.kind = kKinds[std::find(names.begin(), names.end(), *name) - names.begin()];
        if (link_.kind == LinkKind::kDirect) link_.carries = LinkCarries::kQubits;
    }
    length_km_ = text_.capped("length_km", kMostKm);
    loss_ = text_.real("loss_db_per_km", 0, kAny);
    rate_hz_ = text_.real("rate_hz", 0, kAny);
    success_ = text_.real("success", 0, 1);
    if (success_ == 0.0) text_.fail("success", "success must be above 0, or no pair is ever made");
    latency_ns_ = text_.capped("latency_ns", kMostNs);
    if (const auto f = text_.real("fidelity", 0, 1)) link_.fidelity = *f;
    if (const auto m = text_.whole("multiplexing", 1, kMostQubits)) link_.multiplexing = *m;
    read_price_keys();
}

void NetworkBuilder::read_price_keys() {
    constexpr std::array kAll = {LinkCarries::kPairs, LinkCarries::kQubits, LinkCarries::kBoth};
    std::array<std::string_view, kAll.size()> names;
    std::transform(kAll.begin(), kAll.end(), names.begin(), link_carries_name);
    if (const auto name = text_.choice("carries", names)) {
        link_.carries = kAll[std::find(names.begin(), names.end(), *name) - names.begin()];
    }
    const auto given = [&](std::string_view key, bool applies, std::string_view instead,
                           double least, double most) -> std::optional<double> {
        const auto value = text_.real(key, least, most);
        if (!value || applies) return value;
        text_.fail(key, fmt::format("{} is for links that {}, these carry {}: say carries=both",
                                    key, instead, link_carries_name(link_.carries)));
    };
    const bool pairs = link_.makes_pairs(), qubits = link_.carries_qubits();
    constexpr std::string_view kMake = "make pairs", kCarry = "carry qubits";
    if (const auto v = given("pair_cost", pairs, kMake, kLeastPrice, kMostPrice)) {
        link_.pair_cost = *v;
    }
    if (const auto v = given("transfer_cost", qubits, kCarry, kLeastPrice, kMostPrice)) {
        link_.transfer_cost = *v;
    }
    if (const auto v = given("transfer_ns", qubits, kCarry, 0, kMostNs)) {
        link_.transfer_time_ns = *v;
    }
    if (const auto v = given("transfer_error", qubits, kCarry, 0, 1)) link_.transfer_error = *v;
    forget_unused_prices(link_);
}

void NetworkBuilder::check_size(std::uint64_t nodes, std::uint64_t links) const {
    if (nodes <= kMostNodes && links <= kMostLinks) return;
    throw InputError(
        fmt::format("network {}: {} nodes and {} links; at most {} nodes and {} links are made",
                    text_.shape(), nodes, links, kMostNodes, kMostLinks));
}

QpuId NetworkBuilder::add_qpu(double x, double y, std::string name) {
    Node node = node_;
    node.name = name.empty() ? fmt::format("qpu{}", network_.nodes.size()) : std::move(name);
    node.x = x;
    node.y = y;
    node.placed = true;
    network_.nodes.push_back(std::move(node));
    return QpuId{network_.nodes.size() - 1};
}

QpuId NetworkBuilder::add_relay(NodeKind kind, std::string name, double x, double y) {
    const QpuId id = add_qpu(x, y, std::move(name));
    Node& node = network_.nodes.back();
    node.kind = kind;
    node.coupling_shape = CouplingShape::kAll;
    node.comm_qubits = std::max<std::uint32_t>(2, comm_.empty() ? node_.comm_qubits : comm_[0]);
    return id;
}

void NetworkBuilder::join(QpuId a, QpuId b) {
    if (length_km_) return join(a, b, *length_km_);
    Link link = link_;
    link.a = a;
    link.b = b;
    if (loss_) link.loss_db_per_km = *loss_;
    if (success_) link.success_probability = *success_;
    if (rate_hz_) link.attempt_rate_hz = *rate_hz_;
    if (latency_ns_) link.latency_ns = *latency_ns_;
    add(link);
}

void NetworkBuilder::join(QpuId a, QpuId b, double length_km) {
    join(a, b, length_km, link_.kind, loss_.value_or(kFibreLossDbPerKm));
}

void NetworkBuilder::join(QpuId a, QpuId b, double length_km, LinkKind kind,
                          double loss_db_per_km) {
    if (loss_ && kind != LinkKind::kSatellite) loss_db_per_km = *loss_;
    const bool vacuum = kind == LinkKind::kFreeSpace || kind == LinkKind::kSatellite;
    const double passage_ns = length_km * (vacuum ? kVacuumNsPerKm : kFibreNsPerKm);
    Link link = link_;
    link.a = a;
    link.b = b;
    link.kind = kind;
    link.length_km = length_km;
    link.loss_db_per_km = loss_db_per_km;
    const double transmissivity = std::pow(10.0, -loss_db_per_km * length_km / 10);
    link.success_probability = success_.value_or(link_.success_probability * transmissivity);
    if (link.success_probability <= 0) {
        throw InputError(fmt::format("network {}: a link of {} km at {} dB per km passes no light",
                                     text_.shape(), length_km, loss_db_per_km));
    }
    const double fastest = passage_ns > 0 ? 1e9 / passage_ns : kAny;
    link.attempt_rate_hz = rate_hz_.value_or(std::min(link_.attempt_rate_hz, fastest));
    link.latency_ns = latency_ns_.value_or(passage_ns);
    add(link);
}

void NetworkBuilder::add(const Link& link) {
    if (const std::string wrong = too_slow(link); !wrong.empty()) {
        throw InputError(fmt::format("network {}: {}", text_.shape(), wrong));
    }
    network_.links.push_back(link);
}

Network NetworkBuilder::finish(std::string name) {
    std::vector<Node*> qpus;
    for (Node& node : network_.nodes) {
        if (node.kind == NodeKind::kQpu) qpus.push_back(&node);
    }
    auto hand_out = [&](std::string_view key, const std::vector<std::uint32_t>& counts,
                        std::uint32_t Node::*field) {
        if (counts.empty()) return;
        if (counts.size() != 1 && counts.size() != qpus.size()) {
            text_.fail(key, fmt::format("{} gives {} counts for {} QPUs; give one, or {}", key,
                                        counts.size(), qpus.size(), qpus.size()));
        }
        for (std::size_t i = 0; i < qpus.size(); ++i) {
            qpus[i]->*field = counts[counts.size() == 1 ? 0 : i];
        }
    };
    hand_out("qubits", qubits_, &Node::data_qubits);
    hand_out("comm", comm_, &Node::comm_qubits);
    if (!qubits_.empty()) fill_capacity(network_, 0);  // settles the coupling maps
    network_.name = std::move(name);
    return std::move(network_);
}

}  // namespace carillon
