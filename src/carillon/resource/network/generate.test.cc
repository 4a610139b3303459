// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/resource/network/network.h"

namespace carillon {
namespace {

std::uint32_t diameter(const Network& network) {
    const Topology topology(network);
    std::uint32_t most = 0;
    for (std::size_t a = 0; a < topology.size(); ++a) {
        for (std::size_t b = 0; b < topology.size(); ++b) {
            most = std::max(most, topology.distance(QpuId{a}, QpuId{b}));
        }
    }
    return most;
}

/// How many nodes have each number of neighbours.
std::map<std::size_t, std::size_t> degrees(const Network& network) {
    const Topology topology(network);
    std::map<std::size_t, std::size_t> count;
    for (std::size_t a = 0; a < topology.size(); ++a) ++count[topology.neighbours(QpuId{a}).size()];
    return count;
}

struct ClosedForm {
    const char* text;
    std::size_t nodes, links;
    std::uint32_t diameter;
    std::map<std::size_t, std::size_t> degrees;  ///< neighbours -> nodes
};

class Shapes : public testing::TestWithParam<ClosedForm> {};

TEST_P(Shapes, has_its_nodes_links_diameter_and_degrees) {
    const ClosedForm& want = GetParam();
    const Network network = generate_network(want.text);
    EXPECT_EQ(network.nodes.size(), want.nodes);
    EXPECT_EQ(network.links.size(), want.links);
    EXPECT_EQ(diameter(network), want.diameter);
    EXPECT_EQ(degrees(network), want.degrees);
    EXPECT_EQ(Topology(network).complete(), want.links == want.nodes * (want.nodes - 1) / 2);
}

using D = std::map<std::size_t, std::size_t>;
INSTANTIATE_TEST_SUITE_P(
    All, Shapes,
    testing::Values(
        ClosedForm{"full:1", 1, 0, 0, D{{0, 1}}}, ClosedForm{"full:7", 7, 21, 1, D{{6, 7}}},
        ClosedForm{"line:6", 6, 5, 5, D{{1, 2}, {2, 4}}}, ClosedForm{"ring:1", 1, 0, 0, D{{0, 1}}},
        ClosedForm{"ring:2", 2, 1, 1, D{{1, 2}}}, ClosedForm{"ring:3", 3, 3, 1, D{{2, 3}}},
        ClosedForm{"ring:9", 9, 9, 4, D{{2, 9}}}, ClosedForm{"star:6", 6, 5, 2, D{{1, 5}, {5, 1}}},
        ClosedForm{"tree:15", 15, 14, 6, D{{1, 8}, {2, 1}, {3, 6}}},
        ClosedForm{"tree:13,arity=3", 13, 12, 4, D{{1, 9}, {3, 1}, {4, 3}}},
        ClosedForm{"grid:3x5", 15, 22, 6, D{{2, 4}, {3, 8}, {4, 3}}},
        ClosedForm{"grid:2x3x4", 24, 46, 6, D{{3, 8}, {4, 12}, {5, 4}}},
        ClosedForm{"torus:4x5", 20, 40, 4, D{{4, 20}}},
        ClosedForm{"torus:2x5", 10, 15, 3, D{{3, 10}}},  // two rows meet in one link, not two
        ClosedForm{"torus:1x5", 5, 5, 2, D{{2, 5}}},
        ClosedForm{"torus:3x4x5", 60, 180, 5, D{{6, 60}}},
        // Two campuses of 2x3 in each of 3 regions: 36 QPUs, 6 gateways, 3 hubs, 3 relays; meshes
        // of 7 links, 2 per gateway, a ring of 3 hubs and 3 relays.
        ClosedForm{"hier:campus=2x3,campuses=2,region=3", 48, 6 * 7 + 12 + 6, 10,
                   D{{2, 24 + 6 + 3}, {3, 6}, {4, 6 + 3}}},
        // One campus in each of 4 regions joined by a satellite.
        ClosedForm{"hier:campus=1x1,region=4,satellite", 13, 12, 6, D{{1, 4}, {2, 8}, {4, 1}}},
        ClosedForm{"hier:campus=2x2", 6, 6, 4, D{{1, 1}, {2, 4}, {3, 1}}}));

TEST(Generate, torus_node_ids_are_row_by_row) {
    const Topology topology(generate_network("torus:3x4"));
    EXPECT_TRUE(topology.link_between(QpuId{0}, QpuId{1}).valid());
    EXPECT_TRUE(topology.link_between(QpuId{0}, QpuId{3}).valid());
    EXPECT_TRUE(topology.link_between(QpuId{0}, QpuId{4}).valid());
    EXPECT_TRUE(topology.link_between(QpuId{0}, QpuId{8}).valid());
    EXPECT_FALSE(topology.link_between(QpuId{3}, QpuId{4}).valid());
}

TEST(Generate, keys_reach_every_node_and_link) {
    const Network network = generate_network(
        "ring:4,qubits=8,comm=3,coupling=ring,native=cx+rz,one_qubit_ns=1,two_qubit_ns=2,measure_"
        "ns=3,"
        "reset_ns=4,one_qubit_error=0.1,two_qubit_error=0.2,measure_error=0.3,reset_error=0.4,t1_"
        "ns=5,"
        "t2_ns=6,cutoff_ns=9,price=7,rate_hz=8,success=0.5,fidelity=0.9,latency_ns=10,multiplexing="
        "11,link="
        "direct,"
        "loss_db_per_km=0.3");
    for (const Node& node : network.nodes) {
        EXPECT_EQ(node.data_qubits, 8u);
        EXPECT_EQ(node.comm_qubits, 3u);
        EXPECT_EQ(node.coupling.size(), 11u);
        EXPECT_EQ(node.native_gates, (std::vector<std::string>{"cx", "rz"}));
        EXPECT_EQ(node.durations, (Durations{1, 2, 3, 4}));
        EXPECT_EQ(node.errors, (ErrorRates{0.1, 0.2, 0.3, 0.4}));
        EXPECT_EQ(node.t1_ns, 5);
        EXPECT_EQ(node.t2_ns, 6);
        EXPECT_EQ(node.memory_cutoff_ns, 9);
        EXPECT_EQ(node.price_per_shot, 7);
    }
    for (const Link& link : network.links) {
        EXPECT_EQ(link.attempt_rate_hz, 8);
        EXPECT_EQ(link.success_probability, 0.5);
        EXPECT_EQ(link.fidelity, 0.9);
        EXPECT_EQ(link.latency_ns, 10);
        EXPECT_EQ(link.multiplexing, 11u);
        EXPECT_EQ(link.kind, LinkKind::kDirect);
        EXPECT_EQ(link.loss_db_per_km, 0.3);
    }
}

TEST(Generate, qubits_may_differ_by_node) {
    const Network network = generate_network("full:3,qubits=8+8+4,comm=1+2+3");
    EXPECT_EQ(network.nodes[2].data_qubits, 4u);
    EXPECT_EQ(network.nodes[2].comm_qubits, 3u);
    EXPECT_EQ(network.total_data_qubits(), 20u);
}

TEST(Generate, a_length_sets_loss_rate_and_latency) {
    const Link link = generate_network("line:2,length_km=50").links[0];
    EXPECT_NEAR(link.success_probability, 0.1 * 0.1, 1e-15);  // 0.2 dB/km over 50 km: a tenth
    EXPECT_DOUBLE_EQ(link.attempt_rate_hz, 4000);             // 250 us one way
    EXPECT_DOUBLE_EQ(link.latency_ns, 250e3);
    const Link given =
        generate_network("line:2,length_km=50,success=0.5,rate_hz=1e6,latency_ns=1").links[0];
    EXPECT_EQ(given.success_probability, 0.5);
    EXPECT_EQ(given.attempt_rate_hz, 1e6);
    EXPECT_EQ(given.latency_ns, 1);
}

TEST(Generate, a_preset_fills_nodes_and_links_and_keys_overrule_it) {
    const DevicePreset* preset = find_preset("trapped-ion");
    ASSERT_NE(preset, nullptr);
    const Network network = generate_network("full:2,preset=trapped-ion,fidelity=0.99");
    EXPECT_EQ(network.nodes[0].durations, preset->node.durations);
    EXPECT_EQ(network.links[0].attempt_rate_hz, preset->link.attempt_rate_hz);
    EXPECT_EQ(network.links[0].fidelity, 0.99);
}

TEST(Generate, random_networks_are_connected_and_repeatable) {
    for (const char* text : {"random:40,radius=0.05,seed=3", "random:40", "random:300,seed=9",
                             "random:1", "random:2,radius=0.000001"}) {
        const Network network = generate_network(text);
        EXPECT_NE(diameter(network), Topology::kUnreachable) << text;
        EXPECT_EQ(network, generate_network(text)) << text;
    }
    EXPECT_NE(generate_network("random:40,seed=1").links,
              generate_network("random:40,seed=2").links);
}

TEST(Generate, random_joins_exactly_the_pairs_within_the_radius) {
    const Network network = generate_network("random:100,radius=0.3,seed=5");
    const Topology topology(network);
    std::size_t within = 0;
    for (std::size_t a = 0; a < 100; ++a) {
        for (std::size_t b = a + 1; b < 100; ++b) {
            const Node &p = network.nodes[a], &q = network.nodes[b];
            const bool near = std::hypot(p.x - q.x, p.y - q.y) <= 0.3;
            within += near;
            EXPECT_EQ(topology.link_between(QpuId{a}, QpuId{b}).valid(), near);
        }
    }
    EXPECT_EQ(network.links.size(), within);
}

TEST(Generate, hierarchy_puts_qpus_first_and_relays_hold_no_data) {
    const Network network = generate_network("hier:campus=2x2,region=2,satellite,qubits=5");
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
        EXPECT_EQ(network.nodes[i].kind == NodeKind::kQpu, i < 8);
        EXPECT_EQ(network.nodes[i].data_qubits, i < 8 ? 5u : 0u);
        EXPECT_GE(network.nodes[i].comm_qubits, 2u);
    }
    EXPECT_EQ(network.links.back().kind, LinkKind::kSatellite);
    EXPECT_NEAR(network.links.back().success_probability, 1e-4, 1e-12);  // 30 dB of 0.1
}

struct Wrong {
    const char* text;
    const char* message;  ///< a part of it
};

class WrongText : public testing::TestWithParam<Wrong> {};

TEST_P(WrongText, names_the_place_and_what_would_be_right) {
    try {
        generate_network(GetParam().text);
        FAIL() << "accepted: " << GetParam().text;
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find(GetParam().message), std::string::npos)
            << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongText,
    testing::Values(
        Wrong{"", "column 1: unknown shape \"\"; known: full, line, ring"},
        Wrong{"ful:4", "column 1: unknown shape \"ful\"; did you mean \"full\"?"},
        Wrong{"full", "column 5: full needs a size, e.g. full:4"},
        Wrong{"full:", "column 6: a key=value is missing here"},
        Wrong{"full:0", "column 6: the size must be a whole number from 1 to 1048576, got \"0\""},
        Wrong{"full:-3", "column 6: the size must be a whole number from 1 to 1048576, got \"-3\""},
        Wrong{"full:4x", "column 8: the size must be a whole number from 1 to 1048576, got \"\""},
        Wrong{"full:4x4", "column 6: the size of full must read like full:4, got \"4x4\""},
        Wrong{"full:99999999999999999999", "column 6: the size must be a whole number"},
        Wrong{"full:100000", "at most 1048576 nodes and 4194304 links"},
        Wrong{"torus:1048576x1048576x1048576", "at most 1048576 nodes"},
        Wrong{"grid:4", "column 6: the size of grid must read like grid:4x4"},
        Wrong{"full:4,qubit=8", "column 8: unknown key \"qubit\"; did you mean \"qubits\"?"},
        Wrong{"full:4,banana=8", "column 8: unknown key \"banana\"; known: qubits, comm"},
        Wrong{"full:4,arity=2", "column 8: \"arity\" does not apply to full"},
        Wrong{"full:4,qubits", "column 8: qubits needs a value: qubits=..."},
        Wrong{"full:4,qubits=",
              "column 15: qubits must be a whole number from 1 to 1048576, got \"\""},
        Wrong{"full:4,qubits=8+x+8+8", "column 17: qubits must be a whole number"},
        Wrong{"full:4,qubits=8+8", "column 15: qubits gives 2 counts for 4 QPUs; give one, or 4"},
        Wrong{"full:4,qubits=8,qubits=9", "column 17: \"qubits\" is given twice"},
        Wrong{"full:4,comm=0", "column 13: comm must be a whole number from 1"},
        Wrong{"full:4,fidelity=1.5",
              "column 17: fidelity must be a number from 0 to 1, got \"1.5\""},
        Wrong{"full:4,fidelity=nan",
              "column 17: fidelity must be a number from 0 to 1, got \"nan\""},
        Wrong{"full:4,rate_hz=inf", "column 16: rate_hz must be a number >= 0, got \"inf\""},
        Wrong{"full:4,success=0", "column 16: success must be above 0"},
        Wrong{"full:4,length_km=far", "column 18: length_km must be a number >= 0, got \"far\""},
        Wrong{"full:4,length_km=1e9", "a link of 1000000000 km at 0.2 dB per km passes no light"},
        Wrong{"full:4,length_km=1e10", "column 18: length_km must be at most 1e+09, got 1e+10"},
        Wrong{"full:4,measure_ns=1e16", "column 19: measure_ns must be at most 1e+15, got 1e+16"},
        Wrong{"full:4,success=1e-300", "one pair would take 1e+303 ns in the mean"},
        Wrong{"full:4,preset=trapped_ion", "did you mean \"trapped-ion\"?"},
        Wrong{"full:4,coupling=cube",
              "column 17: unknown coupling \"cube\"; known: all, line, ring, grid"},
        Wrong{"full:4,native=cx+2q",
              "column 18: native must be names joined by +, e.g. cx+rz+sx, got \"2q\""},
        Wrong{"full:4,,qubits=8", "column 8: a key=value is missing here"},
        Wrong{"random:5,radius=0", "column 17: radius must be above 0"},
        Wrong{"random:70000", "random makes at most 65536 nodes"},
        Wrong{"hier:region=2", "hier needs campus=RxC"},
        Wrong{"hier:campus=4", "column 13: campus must read like 4x4, got \"4\""},
        Wrong{"hier:campus=2x2,satellite=yes", "column 27: satellite takes no value"},
        Wrong{"hier:campus=2x2,satellite_km=5", "column 30: satellite_km needs satellite"},
        Wrong{"hier:campus=2x2,satellite,repeaters=2", "repeaters does not apply with satellite"}));

TEST(Generate, help_names_every_shape) {
    const std::string help = generator_help();
    for (const char* word : {"full:K", "hier:campus=RxC", "qubits=N", "satellite_km="}) {
        EXPECT_NE(help.find(word), std::string::npos) << word;
    }
}

TEST(Presets, are_physical) {
    EXPECT_EQ(device_presets().size(), 5u);
    for (const DevicePreset& preset : device_presets()) {
        EXPECT_FALSE(preset.sources.empty());
        EXPECT_GT(preset.node.t2_ns, preset.node.durations.two_qubit_ns);
        const double t1_ns = preset.node.t1_ns > 0 ? preset.node.t1_ns : 1e300;
        EXPECT_LE(preset.node.t2_ns, 2 * t1_ns);
        if (!preset.link.makes_pairs()) continue;
        EXPECT_GT(preset.link.fidelity, 0.5);  // entangled
        EXPECT_GT(mean_pair_time_ns(preset.link), preset.node.durations.two_qubit_ns);
    }
    EXPECT_EQ(find_preset("abacus"), nullptr);
}

TEST(Presets, make_pairs_as_fast_as_was_measured) {
    EXPECT_NEAR(1e9 / mean_pair_time_ns(find_preset("trapped-ion")->link), 182,
                1);  // pairs per second
    EXPECT_NEAR(1e9 / mean_pair_time_ns(find_preset("colour-centre")->link), 6, 0.1);
    EXPECT_NEAR(1e9 / mean_pair_time_ns(find_preset("superconducting")->link), 12500, 1);
}

}  // namespace
}  // namespace carillon
