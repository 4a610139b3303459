// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/trace.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "carillon/workload/program/random_program.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {
namespace {

Network triangle() {
    Network network = generate_network("full:3,qubits=4,comm=2,multiplexing=2");
    network.nodes[1].name = "bob \"the\" \x01 QPU";
    return network;
}

DistributedProgram some_program(const Network& network) {
    RandomProgramOptions options;
    options.qpus = 3;
    for (const Link& l : network.links) options.links.emplace_back(l.a, l.b);
    DistributedProgram program = random_program(options, 4);
    program.qpus[1].name = network.nodes[1].name;
    return program;
}

TEST(Trace, has_an_event_for_every_operand_every_pair_and_every_message) {
    const Network network = triangle();
    const DistributedProgram program = some_program(network);
    const Timeline t = schedule(program, network);
    const auto trace = nlohmann::json::parse(trace_json(program, network, t));
    std::map<std::string, std::size_t> found, expected;
    std::size_t ends = 0;
    for (const auto& e : trace["traceEvents"]) {
        if (e["ph"] == "X" && e["cat"] != "waiting") {
            const bool on_link = e["pid"] > 3;
            ++found[on_link ? "link" : e["cat"] == "pair" ? "pair" : "local"];
        }
        if (e["ph"] == "b") ++found["message"];
        ends += e["ph"] == "e";
    }
    for (std::size_t q = 0; q < 3; ++q) {
        std::size_t position = 0;
        visit_instructions(program.qpus[q], [&](const Instruction& i) {
            if (!t.instructions[q][position++].scheduled()) return;
            if (i.kind == InstructionKind::kPair) ++expected["pair"];
            if (i.kind == InstructionKind::kGate || i.kind == InstructionKind::kMeasure ||
                i.kind == InstructionKind::kReset || i.kind == InstructionKind::kDelay)
                expected["local"] += i.num_operands;
        });
    }
    for (const PairTiming& p : t.pairs)
        if (p.generation.scheduled()) expected["link"] += p.channels;
    for (const MessageTiming& m : t.messages) expected["message"] += m.scheduled();
    EXPECT_EQ(found, expected);
    EXPECT_EQ(ends, expected["message"]);
}

TEST(Trace, events_of_one_thread_do_not_overlap_and_keep_exact_times) {
    const Network network = triangle();
    const DistributedProgram program = some_program(network);
    const Timeline t = schedule(program, network);
    const auto trace = nlohmann::json::parse(trace_json(program, network, t));
    std::map<std::pair<int, int>, std::vector<std::pair<double, double>>> spans;
    double last = 0;
    for (const auto& e : trace["traceEvents"]) {
        if (e["ph"] != "X") continue;
        const double from = e["ts"], to = from + e["dur"].get<double>();
        spans[{e["pid"], e["tid"]}].emplace_back(from, to);
        last = std::max(last, to);
    }
    EXPECT_DOUBLE_EQ(last, t.makespan.ns() / 1000);
    for (auto& [thread, list] : spans) {
        std::sort(list.begin(), list.end());
        for (std::size_t k = 1; k < list.size(); ++k)
            EXPECT_GE(list[k].first, list[k - 1].second - 1e-9);
    }
}

}  // namespace
}  // namespace carillon
