// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/report_html.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "carillon/execution/execute/picture_explorer.h"
#include "carillon/execution/execute/picture_network.h"
#include "carillon/execution/execute/picture_timeline.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/program/random_program.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {
namespace {

/// Name of the first element that is not closed as it was opened, or "" when the markup is sound.
std::string unbalanced(const std::string& html) {
    std::vector<std::string> open;
    for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        if (html[at + 1] == '!') continue;
        const std::size_t end = html.find('>', at);
        if (end == std::string::npos) return "no end of tag";
        const bool closing = html[at + 1] == '/';
        const std::size_t from = at + 1 + closing;
        const std::string name = html.substr(from, html.find_first_of(" >/\n", from) - from);
        if (closing) {
            if (open.empty() || open.back() != name) return name;
            open.pop_back();
        } else if (html[end - 1] != '/' && name != "meta") {
            open.push_back(name);
        }
        at = end - 1;
        if (!closing && name == "script") at = html.find("</script>", at) - 1;
    }
    return open.empty() ? "" : open.back();
}

Network ring(std::uint32_t n) {
    Network network = generate_network("ring:" + std::to_string(n) + ",qubits=4,comm=2");
    for (Node& node : network.nodes) node.durations = {10, 100, 300, 50};
    for (Link& link : network.links) link.attempt_rate_hz = 1e6;
    return network;
}

DistributedProgram program_on(const Network& network, std::uint32_t operations,
                              bool control_flow = true) {
    RandomProgramOptions options;
    options.qpus = static_cast<std::uint32_t>(network.nodes.size());
    options.operations = operations;
    options.control_flow = control_flow;
    for (const Link& l : network.links) options.links.emplace_back(l.a, l.b);
    return random_program(options, 3);
}

std::string page(const Network& network, const DistributedProgram& program) {
    const DependencyGraph graph = find_dependencies(program, network);
    const Timeline timeline = schedule(program, network, graph);
    Report report;
    describe_costs(report, program, network, timeline,
                   summarize_schedule(program, network, graph, timeline));
    report.program = program.name;
    report.counts = {{"00", 1}, {"01", 2}};
    report.wall_s = {{"compile", 1}};
    return report_html(report, program, network, timeline);
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

TEST(ReportHtml, is_one_sound_page_without_outside_files) {
    const Network network = ring(4);
    const std::string html = page(network, program_on(network, 60));
    EXPECT_EQ(unbalanced(html), "");
    for (const char* part : {"src=", "href=", "url(h", "@import", "http"})
        EXPECT_EQ(html.find(part), std::string::npos) << part;
    for (const char* part : {"<svg", "Timeline", "Network and placement", "prefers-color-scheme",
                             "<title>", "lang=\"en\"", "aria-label"})
        EXPECT_NE(html.find(part), std::string::npos) << part;
    EXPECT_EQ(html.find("nan"), std::string::npos);
}

TEST(ReportHtml, text_of_users_never_becomes_markup) {
    Network network = ring(3);
    network.name = "\"><script>alert(1)</script>";
    for (Node& n : network.nodes) n.name = "<b>&'\"";
    DistributedProgram program = program_on(network, 30);
    program.name = "<img onerror=x>";
    for (QpuProgram& q : program.qpus) q.name = "<i>evil";
    const std::string html = page(network, program);
    EXPECT_EQ(unbalanced(html), "");
    for (const char* part : {"<script>alert", "<img", "<b>&", "<i>evil"})
        EXPECT_EQ(html.find(part), std::string::npos) << part;
}

TEST(ReportHtml, every_pair_and_gate_of_a_small_program_is_drawn) {
    const Network network = ring(3);
    ProgramBuilder b("one");
    const QpuId alice = b.add_qpu("alice", 2, 1), bob = b.add_qpu("bob", 2, 1);
    b.add_qpu("carol", 2, 1);
    b.gate(alice, GateKind::kX, 1, {0, 1});
    b.pair(alice, 2, bob, 2, LinkId{0});
    b.gate(bob, GateKind::kH, 0, {2});
    const BitId c = b.protocol_bit(bob);
    b.measure(bob, 2, c);
    b.message(bob, c, alice);
    const DistributedProgram program = b.finish();
    const TimelinePicture picture = draw_timeline(program, schedule(program, network));
    EXPECT_TRUE(picture.detailed);
    EXPECT_EQ(count(picture.lanes, " making\""), 2u);
    EXPECT_EQ(count(picture.lanes, " pair\""), 1u);
    EXPECT_EQ(count(picture.lanes, "class=\"two\""), 2u);  // one rectangle per operand
    EXPECT_EQ(count(picture.lanes, "class=\"measure\""), 1u);
    EXPECT_EQ(count(picture.lanes, "class=\"message\""), 1u);
    EXPECT_EQ(count(picture.labels, "<text class=\"name\""), 2u);  // carol does nothing
}

TEST(Explorer, holds_every_gate_pair_and_message_with_its_times) {
    const Network network = ring(4);
    const DistributedProgram program = program_on(network, 300);
    const Timeline t = schedule(program, network);
    const std::string html = timeline_explorer(program, t, false);
    const std::size_t from = html.find("timeline-data\">") + 15;
    const auto data = nlohmann::json::parse(html.substr(from, html.find("</script>") - from));
    EXPECT_EQ(data["end"], t.makespan.ps);
    std::size_t shapes = 0, drawn = 0, messages = 0;
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        std::size_t position = 0;
        visit_instructions(program.qpus[q], [&](const Instruction& i) {
            const bool happens = t.instructions[q][position++].scheduled();
            const bool shown =
                i.kind == InstructionKind::kGate || i.kind == InstructionKind::kMeasure ||
                i.kind == InstructionKind::kReset || i.kind == InstructionKind::kPair ||
                i.kind == InstructionKind::kDelay;
            if (happens && shown) shapes += i.num_operands;
        });
    }
    for (const auto& item : data["items"]) {
        drawn += data["kinds"][item[3].get<std::size_t>()][1] != "holding";
        EXPECT_LT(item[0], data["lanes"].size());
        EXPECT_LE(item[1], item[2]);
    }
    for (const MessageTiming& m : t.messages) messages += m.scheduled();
    EXPECT_EQ(drawn, shapes);
    EXPECT_EQ(data["messages"].size(), messages);
    EXPECT_EQ(timeline_explorer(program, t, false, 10), "");
}

TEST(ReportHtml, large_programs_are_drawn_as_a_whole_and_stay_small) {
    Network network = generate_network("torus:16x16,qubits=8,comm=2");
    for (Node& node : network.nodes) node.durations = {10, 100, 300, 50};
    for (Link& link : network.links) link.attempt_rate_hz = 1e6;
    const std::string html = page(network, program_on(network, 30000));
    EXPECT_LT(html.size(), 2'000'000u);
    EXPECT_EQ(unbalanced(html), "");
    EXPECT_NE(html.find("64 of 256 QPUs"), std::string::npos);
}

TEST(ReportHtml, a_program_without_durations_is_drawn_in_steps) {
    Network network = ring(3);
    for (Node& node : network.nodes) node.durations = {};
    for (Link& link : network.links) link.attempt_rate_hz = 0, link.latency_ns = 0;
    const std::string html = page(network, program_on(network, 30, false));
    EXPECT_NE(html.find("every operation is one step"), std::string::npos);
    EXPECT_NE(html.find("step 1"), std::string::npos);
}

TEST(NetworkPicture, boxes_never_overlap) {
    for (const char* text : {"line:6", "ring:9", "star:7", "tree:15", "grid:4x3", "full:8",
                             "torus:6x6", "geometric:30", "hier:campus=4x4,region=3,satellite"}) {
        Network network;
        try {
            network = generate_network(text);
        } catch (const std::exception&) {
            continue;  // this generator goes by another name
        }
        for (const bool placed : {true, false}) {
            for (Node& n : network.nodes) n.placed = placed;
            const NetworkLayout layout = lay_out(network);
            for (std::size_t i = 0; i < layout.boxes.size(); ++i)
                for (std::size_t j = 0; j < i; ++j) {
                    const auto &a = layout.boxes[i], &b = layout.boxes[j];
                    EXPECT_TRUE(std::abs(a.x - b.x) >= (a.width + b.width) / 2 ||
                                std::abs(a.y - b.y) >= (a.height + b.height) / 2)
                        << text << " nodes " << j << " and " << i;
                }
        }
    }
}

TEST(NetworkPicture, alone_is_a_document_of_its_own) {
    const std::string svg = network_svg(ring(5));
    EXPECT_EQ(svg.rfind("<svg", 0), 0u);
    EXPECT_NE(svg.find("xmlns=\"http://www.w3.org/2000/svg\""), std::string::npos);
    EXPECT_EQ(unbalanced(svg), "");
    EXPECT_EQ(count(svg, "class=\"link\""), 5u);
    EXPECT_EQ(unbalanced(network_svg(Network{})), "");
}

}  // namespace
}  // namespace carillon
