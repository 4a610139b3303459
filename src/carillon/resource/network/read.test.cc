// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/base/json_reader.h"
#include "carillon/resource/network/network.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;

std::string message_of(const std::string& text, const std::string& file) {
    try {
        read_network(text, file);
    } catch (const InputError& error) {
        return error.what();
    }
    return "(accepted)";
}

/// Every X.json of the folder must be refused with the message in X.expected.
TEST(MalformedNetworks, are_refused_with_place_path_and_remedy) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(CARILLON_MALFORMED_NETWORKS)) {
        if (entry.path().extension() != ".json") continue;
        ++count;
        const std::string name = entry.path().filename().string();
        const std::string message = message_of(read_text_file(entry.path().string()), name) + "\n";
        fs::path expected = entry.path();
        expected.replace_extension(".expected");
        ASSERT_TRUE(fs::exists(expected)) << name << " gives " << message;
        EXPECT_EQ(message, read_text_file(expected.string()));
    }
    EXPECT_GE(count, 20u);
}

TEST(ReadNetwork, every_key_arrives) {
    const Network network = read_network(R"({
        "name": "lab",
        "nodes": [
            {"name": "alice", "kind": "qpu", "data_qubits": 3, "comm_qubits": 1, "coupling": [[0, 1], [3, 2]],
             "native_gates": ["cx", "rz"],
             "durations": {"one_qubit_ns": 1, "two_qubit_ns": 2, "measure_ns": 3, "reset_ns": 4},
             "errors": {"one_qubit": 0.1, "two_qubit": 0.2, "measure": 0.3, "reset": 0.4},
             "t1_ns": 5, "t2_ns": 6, "memory_cutoff_ns": 9, "price_per_shot": 0.7, "available": false, "x": -1, "y": 2},
            {"name": "bob", "data_qubits": 4, "comm_qubits": 0, "coupling": "line"},
            {"name": "relay", "kind": "repeater", "comm_qubits": 8}],
        "links": [
            {"a": "alice", "b": "relay", "kind": "free-space", "length_km": 1, "loss_db_per_km": 2,
             "attempt_rate_hz": 3, "success_probability": 0.4, "fidelity": 0.5, "multiplexing": 6,
             "latency_ns": 7},
            {"a": 1, "b": 2}]})",
                                         "lab.json");
    EXPECT_EQ(network.name, "lab");
    const Node& alice = network.nodes[0];
    EXPECT_EQ(alice.name, "alice");
    EXPECT_EQ(alice.data_qubits, 3u);
    EXPECT_EQ(alice.comm_qubits, 1u);
    EXPECT_EQ(alice.coupling,
              (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{0, 1}, {3, 2}}));
    EXPECT_EQ(alice.native_gates, (std::vector<std::string>{"cx", "rz"}));
    EXPECT_EQ(alice.durations, (Durations{1, 2, 3, 4}));
    EXPECT_EQ(alice.errors, (ErrorRates{0.1, 0.2, 0.3, 0.4}));
    EXPECT_EQ(alice.t1_ns, 5);
    EXPECT_EQ(alice.t2_ns, 6);
    EXPECT_EQ(alice.memory_cutoff_ns, 9);
    EXPECT_EQ(alice.price_per_shot, 0.7);
    EXPECT_FALSE(alice.available);
    EXPECT_TRUE(alice.placed);
    EXPECT_EQ(alice.x, -1);
    EXPECT_EQ(alice.y, 2);
    EXPECT_EQ(network.nodes[1].coupling.size(), 3u);
    EXPECT_FALSE(network.nodes[1].placed);
    EXPECT_EQ(network.nodes[2].kind, NodeKind::kRepeater);
    const Link& link = network.links[0];
    EXPECT_EQ(link.a, QpuId{0});
    EXPECT_EQ(link.b, QpuId{2});
    EXPECT_EQ(link.kind, LinkKind::kFreeSpace);
    EXPECT_EQ(link.length_km, 1);
    EXPECT_EQ(link.loss_db_per_km, 2);
    EXPECT_EQ(link.attempt_rate_hz, 3);
    EXPECT_EQ(link.success_probability, 0.4);
    EXPECT_EQ(link.fidelity, 0.5);
    EXPECT_EQ(link.multiplexing, 6u);
    EXPECT_EQ(link.latency_ns, 7);
    EXPECT_EQ(network.links[1].a, QpuId{1});
    EXPECT_EQ(network.total_data_qubits(), 4u);  // alice is away
}

TEST(ReadNetwork, what_is_left_out_is_as_in_a_generated_network) {
    const Network read = read_network(R"({"nodes": [{"name": "qpu0"}, {"name": "qpu1"}],
                                          "links": [{"a": "qpu0", "b": "qpu1"}]})",
                                      "n.json");
    const Network generated = generate_network("full:2");
    EXPECT_EQ(read.links, generated.links);
    EXPECT_EQ(read.nodes[0].durations, generated.nodes[0].durations);
    EXPECT_EQ(read.nodes[0].comm_qubits, generated.nodes[0].comm_qubits);
}

TEST(ReadNetwork, a_preset_holds_for_all_or_one_and_keys_overrule_it) {
    const Network network = read_network(R"({"preset": "trapped-ion",
        "nodes": [{"name": "a"}, {"name": "b", "preset": "superconducting", "t1_ns": 9}],
        "links": [{"a": 0, "b": 1}, {"a": 0, "b": 1, "preset": "colour-centre", "fidelity": 0.7}]})",
                                         "n.json");
    EXPECT_EQ(network.nodes[0].t2_ns, find_preset("trapped-ion")->node.t2_ns);
    EXPECT_EQ(network.nodes[1].durations, find_preset("superconducting")->node.durations);
    EXPECT_EQ(network.nodes[1].t1_ns, 9);
    EXPECT_EQ(network.links[0].fidelity, find_preset("trapped-ion")->link.fidelity);
    EXPECT_EQ(network.links[1].attempt_rate_hz, find_preset("colour-centre")->link.attempt_rate_hz);
    EXPECT_EQ(network.links[1].fidelity, 0.7);
}

TEST(ReadNetwork, pytket_dqc_networks_load) {
    const Network network = read_network(
        R"({"server_coupling": [[0, 2], [2, 10]], "server_qubits": {"0": [0, 6, 7], "10": [2, 5], "2": [1]},
            "server_ebit_mem": {"0": 0, "2": -1}})",
        "n.json");
    ASSERT_EQ(network.nodes.size(), 3u);  // by number: 0, 2, 10
    EXPECT_EQ(network.nodes[0].data_qubits, 3u);
    EXPECT_EQ(network.nodes[1].data_qubits, 1u);
    EXPECT_EQ(network.nodes[2].data_qubits, 2u);
    EXPECT_EQ(network.nodes[0].comm_qubits, 0u);
    EXPECT_EQ(network.nodes[1].comm_qubits, 1024u);
    EXPECT_EQ(network.nodes[2].comm_qubits, 1024u);
    EXPECT_EQ(network.links[1].a, QpuId{1});
    EXPECT_EQ(network.links[1].b, QpuId{2});
}

TEST(ReadNetwork, published_pytket_dqc_networks_load) {
    const char* data = std::getenv("CARILLON_TEST_DATA");
    if (!data) GTEST_SKIP() << "CARILLON_TEST_DATA names no folder of test data";
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(data) / "pytket_dqc" / "networks")) {
        const Network network = load_network(entry.path().string());
        EXPECT_GT(network.total_data_qubits(), 0u);
        EXPECT_EQ(read_network(write_network(network), "again"), network);
        ++count;
    }
    EXPECT_GT(count, 0u);
}

TEST(WriteNetwork, reads_back_equal) {
    for (const char* text :
         {"full:1", "ring:5,qubits=3,coupling=ring,native=cx+rz", "torus:3x3x3",
          "random:30,length_km=12.3", "hier:campus=2x3,campuses=2,region=3",
          "hier:campus=2x2,region=2,satellite,coupling=grid", "star:4,preset=superconducting",
          "line:3,preset=colour-centre,qubits=1+2+3,fidelity=0.123456789012345"}) {
        const Network network = generate_network(text);
        EXPECT_EQ(read_network(write_network(network), "again"), network) << text;
    }
}

TEST(WriteNetwork, odd_names_survive) {
    Network network = generate_network("full:2");
    network.name = "tab\t quote\" back\\slash \xc3\xa9";
    network.nodes[0].name = "line\nbreak";
    network.nodes[0].available = false;
    network.nodes[1].placed = false;
    network.nodes[1].x = network.nodes[1].y = 0;
    EXPECT_EQ(read_network(write_network(network), "again"), network);
}

TEST(LoadNetwork, takes_a_file_or_a_generator) {
    const fs::path file = fs::temp_directory_path() /
                          ("carillon-load-network-test-" + std::to_string(getpid()) + ".json");
    const Network network = generate_network("ring:3,qubits=2");
    std::ofstream(file) << write_network(network);
    EXPECT_EQ(load_network(file.string()), network);
    fs::remove(file);
    EXPECT_EQ(load_network("ring:3,qubits=2"), network);
    EXPECT_THROW(load_network(file.string()), ResourceError);
    EXPECT_THROW(load_network("rings:3"), InputError);
}

}  // namespace
}  // namespace carillon
