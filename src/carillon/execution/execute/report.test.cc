// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>
#include <sstream>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/simulate.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {
namespace {

Network two_nodes() {
    Network network;
    network.name = "pair of nodes";
    network.nodes.resize(2);
    network.nodes[0].name = "alice";
    network.nodes[1].name = "bob";
    for (Node& node : network.nodes) node.durations = {10, 100, 300, 50};
    Link link;
    link.a = QpuId{0};
    link.b = QpuId{1};
    link.attempt_rate_hz = 1e6;
    link.fidelity = 0.9;
    network.links.push_back(link);
    return network;
}

/// Two pairs, one of them for a teledata, one message, three gates.
DistributedProgram sample() {
    ProgramBuilder p("sample");
    const QpuId alice = p.add_qpu("alice", 2, 1), bob = p.add_qpu("bob", 3, 1);
    const BitId c = p.add_bits("c", 1);
    p.add_qubit(alice, 0);
    p.add_qubit(bob, 0);
    p.pair(alice, 2, bob, 3, LinkId{0});
    p.gate(alice, GateKind::kX, 1, {0, 2});
    p.measure(alice, 2, c);
    const BitId got = p.message(alice, c, bob);
    p.gate(bob, GateKind::kX, 0, {3}, {}, {got});
    p.gate(bob, GateKind::kX, 1, {3, 0});
    p.reset(alice, 2);
    p.reset(bob, 3);
    p.pair(alice, 2, bob, 3, LinkId{0}, PairPurpose::kTeledata);
    return p.finish();
}

Report sample_report() {
    const Network network = two_nodes();
    const DistributedProgram program = sample();
    const DependencyGraph graph = find_dependencies(program, network);
    const Timeline timeline = schedule(program, network, graph);
    Report r;
    Circuit circuit;
    circuit.name = "bell";
    circuit.add_qubits("q", 2);
    circuit.add_bits("c", 1);
    circuit.gate(GateKind::kX, 1, {QubitId{0}, QubitId{1}});
    describe_circuit(r, circuit);
    describe_costs(r, program, network, timeline,
                   summarize_schedule(program, network, graph, timeline));
    r.version = "1.2.3";
    r.model = "cat";
    r.shots = 1000;
    r.seed = 7;
    r.counts = {{"00", 489}, {"11", 511}};
    r.wall_s = {{"compile", 0.25}, {"execute", 0.5}};
    r.verified.validator = true;
    return r;
}

TEST(Report, takes_its_costs_from_program_and_schedule) {
    const Report r = sample_report();
    EXPECT_EQ(r.qubits, 2u);
    EXPECT_EQ(r.two_qubit_gates, 1u);
    EXPECT_EQ(r.qpus, 2u);
    EXPECT_EQ(r.pairs, 2u);
    EXPECT_EQ(r.by_purpose.at("telegate"), 1u);
    EXPECT_EQ(r.by_purpose.at("teledata"), 1u);
    EXPECT_EQ(r.classical_bits, 1u);
    EXPECT_EQ(r.rounds, 2u);
    // pair 1000, CX 100, measure 300, X 10, CX 100, reset 50, pair 1000
    EXPECT_DOUBLE_EQ(r.makespan_ns, 2560);
    ASSERT_EQ(r.links.size(), 1u);
    EXPECT_EQ(r.links[0].a, "alice");
    EXPECT_EQ(r.links[0].pairs, 2u);
    ASSERT_EQ(r.qpu_table.size(), 2u);
    EXPECT_EQ(r.qpu_table[1].qubits_used, 1u);
    EXPECT_EQ(r.qpu_table[1].data_qubits, 3u);
}

TEST(Report, json_has_the_keys_that_others_rely_on) {
    const auto j = nlohmann::json::parse(report_json(sample_report()));
    for (const char* key :
         {"program", "network", "qubits", "qpus", "model", "pairs", "classical_bits", "rounds",
          "makespan_ns", "expected_fidelity", "verified", "counts", "shots", "seed", "wall_s",
          "memory_bytes", "version"})
        EXPECT_TRUE(j.contains(key)) << key;
    EXPECT_EQ(j["pairs"]["total"], 2);
    EXPECT_EQ(j["pairs"]["by_purpose"]["teledata"], 1);
    EXPECT_EQ(j["pairs"]["by_link"][0]["b"], "bob");
    EXPECT_EQ(j["verified"]["validator"], true);
    EXPECT_TRUE(j["verified"]["fidelity"].is_null());
    EXPECT_EQ(j["counts"]["11"], 511);
    EXPECT_DOUBLE_EQ(j["wall_s"]["total"], 0.75);
    EXPECT_DOUBLE_EQ(j["wall_s"]["compile"], 0.25);
    EXPECT_EQ(j["version"], "1.2.3");
}

TEST(Report, json_stays_valid_with_strange_values) {
    Report r = sample_report();
    r.program = "a\"b\n\xff";
    r.makespan_ns = std::numeric_limits<double>::infinity();
    const auto j = nlohmann::json::parse(report_json(r));
    EXPECT_TRUE(j["makespan_ns"].is_null());
}

TEST(Report, text_says_what_the_program_cost) {
    const std::string text = report_text(sample_report());
    for (const char* part : {"bell on pair of nodes", "2: 1 teledata, 1 telegate",
                             "1 classical bit", "2.56 µs", "proved equal", "alice -- bob",
                             "51.10 %", "seed 7", "750 ms: compile 250 ms, execute 500 ms"})
        EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

TEST(Report, text_fits_a_hundred_columns) {
    Report r = sample_report();
    r.program = std::string(300, 'p');
    r.verified.note = "a long note " + std::string(300, 'n');
    r.counts[std::string(200, '1')] = 1;
    r.links[0].a = std::string(100, 'a');
    r.notes.push_back("word " + std::string(250, 'w') + " and then more words follow here");
    std::istringstream lines(report_text(r));
    for (std::string line; std::getline(lines, line);) {
        const auto points = std::count_if(line.begin(), line.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
        });
        EXPECT_LE(points, 100) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
    }
}

TEST(Report, text_never_passes_terminal_escapes) {
    Report r = sample_report();
    r.program = "evil \x1b[2J";
    r.links[0].b = "\x1b]0;title\x07";
    EXPECT_EQ(report_text(r).find('\x1b'), std::string::npos);
}

TEST(Report, long_tables_are_cut_with_a_count) {
    Report r = sample_report();
    for (int i = 0; i < 40; ++i) r.counts["x" + std::to_string(i)] = 1;
    EXPECT_NE(report_text(r).find("... and 26 more"), std::string::npos);
}

TEST(Report, counts_alone_read_the_same) {
    const std::map<std::string, std::uint64_t> counts = {{"0", 250}, {"1", 750}};
    EXPECT_EQ(counts_text(counts),
              "outcome        shots    share\n"
              "1                750  75.00 %  ##################\n"
              "0                250  25.00 %  ######\n");
    SimulateResult result;
    result.counts = counts;
    result.distinct = 2;
    const auto j = nlohmann::json::parse(simulation_json(result, {.shots = 1000, .seed = 3}));
    EXPECT_EQ(j["counts"]["1"], 750);
    EXPECT_EQ(j["distinct"], 2);
    EXPECT_EQ(j["shots"], 1000);
    EXPECT_EQ(j["seed"], 3);
    EXPECT_EQ(counts_text({}), "");
    // 10 of 2000 shots went to outcomes that are not listed.
    const std::string cut = counts_text({{"0", 990}, {"1", 1000}}, 2000, 7, 1);
    EXPECT_NE(cut.find("1              1,000  50.00 %"), std::string::npos) << cut;
    EXPECT_NE(cut.find("... and 6 more"), std::string::npos);
}

TEST(Report, an_empty_report_is_still_readable) {
    EXPECT_NE(report_text(Report{}).find("0 qubits"), std::string::npos);
    EXPECT_TRUE(nlohmann::json::parse(report_json(Report{})).is_object());
}

TEST(Format, durations_keep_three_digits) {
    EXPECT_EQ(format_duration(0), "0 ns");
    EXPECT_EQ(format_duration(0.5), "500 ps");
    EXPECT_EQ(format_duration(12), "12 ns");
    EXPECT_EQ(format_duration(1910), "1.91 µs");
    EXPECT_EQ(format_duration(999.9), "1 µs");
    EXPECT_EQ(format_duration(123.4e6), "123 ms");
    EXPECT_EQ(format_duration(12345e9), "12,345 s");
}

TEST(Format, numbers_read_well) {
    EXPECT_EQ(format_bytes(1536), "1.5 KiB");
    EXPECT_EQ(format_bytes(5), "5 B");
    EXPECT_EQ(format_count(1234567), "1,234,567");
    EXPECT_EQ(format_count(12), "12");
    EXPECT_EQ(format_probability(0), "1.0000");
    EXPECT_EQ(format_probability(-5000), "10^-2171.5");
    EXPECT_EQ(format_plural(1, "pair"), "1 pair");
    EXPECT_EQ(format_gates(8, 7, 0), "8 gates (7 on two qubits)");
    EXPECT_EQ(format_gates(8, 6, 1), "8 gates (6 on two qubits, 1 on more)");
    EXPECT_EQ(escape_html("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
}

}  // namespace
}  // namespace carillon
