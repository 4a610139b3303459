// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

namespace carillon::host {
namespace {

using enum Activity;

RankTimes times(double compute, double exchange, double hidden, double wait, double total) {
    RankTimes t;
    t.seconds[static_cast<std::size_t>(kCompute)] = compute;
    t.seconds[static_cast<std::size_t>(kExchange)] = exchange;
    t.seconds[static_cast<std::size_t>(kWait)] = wait;
    t.hidden_s = hidden;
    t.total_s = total;
    return t;
}

/// Two ranks on two nodes: one works 8 s of 10, the other 4 s.
RunMetrics uneven() {
    RunMetrics m;
    RankMetrics a, b;
    a.times = times(8, 4, 3, 1, 10);
    a.state_bytes = 600;
    a.memory_bytes = 1000;
    a.process = 11;
    a.traffic[static_cast<std::size_t>(Traffic::kState)] = {5, 4000, 700};
    b.rank = b.node = 1;
    b.times = times(4, 4, 1, 6, 10);
    b.state_bytes = 600;
    b.memory_bytes = 1000;
    b.process = 11;
    b.traffic[static_cast<std::size_t>(Traffic::kControl)] = {2, 1000, 0};
    m.per_rank = {a, b};
    m.nodes = 2;
    m.wall_s = 10;
    return m;
}

TEST(RunMetrics, ratios_follow_their_definitions) {
    RunMetrics m = uneven();
    EXPECT_DOUBLE_EQ(m.scaling_efficiency(), 12.0 / 20);
    EXPECT_DOUBLE_EQ(m.load_balance(), 6.0 / 8);
    EXPECT_DOUBLE_EQ(m.overlap(), 4.0 / 8);
    EXPECT_DOUBLE_EQ(m.communication_overhead(), (1.0 + 6.0) / 20);
    EXPECT_DOUBLE_EQ(m.memory_efficiency(), 1200.0 / 2000);
    EXPECT_EQ(m.messages(), 7u);
    EXPECT_EQ(m.bytes(), 5000u);
    EXPECT_EQ(m.window_bytes(), 700u);
    EXPECT_LT(m.network_utilisation(), 0);
    m.network_bytes_per_s = 500;  // a node
    EXPECT_DOUBLE_EQ(m.network_utilisation(), 5000.0 / 10 / 1000);
}

TEST(RunMetrics, memory_of_ranks_that_are_threads_of_one_process_counts_once) {
    RunMetrics m = uneven();
    m.per_rank[1].node = 0;
    m.per_rank[0].memory_bytes = m.per_rank[1].memory_bytes = 1500;
    EXPECT_DOUBLE_EQ(m.memory_efficiency(), 1200.0 / 1500);
}

TEST(RunMetrics, one_rank_that_only_works_loses_nothing) {
    RunMetrics m;
    RankMetrics r;
    r.times = times(5, 0, 0, 0, 5);
    m.per_rank = {r};
    m.wall_s = 5;
    EXPECT_DOUBLE_EQ(m.scaling_efficiency(), 1);
    EXPECT_DOUBLE_EQ(m.load_balance(), 1);
    EXPECT_DOUBLE_EQ(m.overlap(), 1);
    EXPECT_DOUBLE_EQ(m.communication_overhead(), 0);
    EXPECT_TRUE(nlohmann::json::parse(metrics_json(m))["network_utilisation"].is_null());
}

TEST(RunMetrics, json_and_text_say_the_same) {
    const RunMetrics m = uneven();
    const auto json = nlohmann::json::parse(metrics_json(m));
    EXPECT_EQ(json["ranks"], 2);
    EXPECT_DOUBLE_EQ(json["scaling_efficiency"], 0.6);
    EXPECT_EQ(json["sent"]["state"]["bytes"], 4000);
    EXPECT_EQ(json["sent"]["state"]["window_bytes"], 700);
    EXPECT_EQ(json["per_rank"][1]["seconds"]["wait"], 6.0);
    EXPECT_EQ(json["per_rank"][1]["sent"]["control"]["messages"], 2);
    const std::string text = metrics_text(m);
    for (const char* part : {"2 on 2 nodes", "60.0 %", "75.0 %", "7 messages", "50.0 %"})
        EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

/// Samples of an exposition by name and labels. Fails where a line is no sample or comment.
std::map<std::string, double> samples_of(const std::string& exposition) {
    std::map<std::string, double> samples;
    std::set<std::string> typed;
    std::istringstream lines(exposition);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, second, name;
        words >> first >> second >> name;
        if (first == "#") {
            EXPECT_EQ(second == "TYPE", second == "TYPE" && typed.insert(name).second) << line;
            continue;
        }
        EXPECT_TRUE(typed.contains(first.substr(0, first.find('{')))) << line;
        EXPECT_TRUE(samples.emplace(first, std::stod(second)).second) << line;
    }
    return samples;
}

TEST(RunMetrics, prometheus_reads_what_the_ranks_sent) {
    const auto samples = samples_of(metrics_prometheus(uneven()));
    EXPECT_EQ(samples.at("carillon_ranks"), 2);
    EXPECT_EQ(samples.at("carillon_load_balance_ratio"), 0.75);
    EXPECT_EQ(samples.at(R"(carillon_rank_sent_bytes_total{rank="0",node="0",kind="state"})"),
              4000);
    EXPECT_EQ(samples.at(R"(carillon_rank_seconds_total{rank="1",node="1",activity="wait"})"), 6);
    EXPECT_FALSE(samples.contains("carillon_network_utilisation_ratio"));
}

thread_local std::uint64_t hand_ns = 0;
std::uint64_t hand() {
    return hand_ns;
}

TEST(GatherMetrics, every_rank_learns_what_all_did_and_sent) {
    run_as_threads({.ranks = 4, .ranks_per_node = 2}, [](Ranks& ranks) {
        hand_ns = 0;
        RankTrace trace(false, &hand);
        const auto number = static_cast<std::uint64_t>(ranks.rank());
        {
            const auto work = trace.open(kCompute, "work");
            hand_ns += (1 + number) * 1000000000;
        }
        std::vector<std::byte> mail(100);
        const int right = (ranks.rank() + 1) % 4, left = (ranks.rank() + 3) % 4;
        ranks.send(mail, right, 7, Traffic::kState);
        ranks.receive(mail, left, 7);
        Group world = Group::world(ranks);
        const RunMetrics m = gather_metrics(world, measure_rank(ranks, trace, 1000));
        ASSERT_EQ(m.ranks(), 4u);
        EXPECT_EQ(m.nodes, 2);
        EXPECT_DOUBLE_EQ(m.wall_s, 4);
        EXPECT_DOUBLE_EQ(m.busy_s(), 1 + 2 + 3 + 4);
        EXPECT_DOUBLE_EQ(m.scaling_efficiency(), 10.0 / 16);
        EXPECT_DOUBLE_EQ(m.load_balance(), 2.5 / 4);
        EXPECT_EQ(m.traffic()[static_cast<std::size_t>(Traffic::kState)].bytes, 400u);
        EXPECT_EQ(m.traffic()[static_cast<std::size_t>(Traffic::kState)].messages, 4u);
        for (int r = 0; r < 4; ++r) {
            EXPECT_EQ(m.per_rank[static_cast<std::size_t>(r)].rank, r);
            EXPECT_EQ(m.per_rank[static_cast<std::size_t>(r)].node, r / 2);
            EXPECT_GT(m.per_rank[static_cast<std::size_t>(r)].memory_bytes, 1u << 20);
        }
    });
}

TEST(GatherTrace, draws_the_spans_of_all_ranks_on_one_clock) {
    run_as_threads({.ranks = 2, .ranks_per_node = 1}, [](Ranks& ranks) {
        // The clock of rank 1 is 1 s ahead; its work begins 30 us after that of rank 0.
        hand_ns = ranks.rank() == 0 ? 5000 : 1000000000 + 35000;
        RankTrace trace(true, &hand);
        {
            const auto work = trace.open(kCompute, "pass \"one\"");
            hand_ns += 2500;
            const auto message = trace.open(kExchange, "swap", 64);
            hand_ns += 1000;
        }
        hand_ns = ranks.rank() == 0 ? 100000 : 1000000000 + 100000;
        Group world = Group::world(ranks);
        const std::string text = gather_trace(world, trace);
        EXPECT_EQ(text.empty(), ranks.rank() != 0);
        if (text.empty()) return;
        std::map<int, double> begin;
        int exchanges = 0;
        const auto trace_events = nlohmann::json::parse(text)["traceEvents"];
        for (const auto& event : trace_events) {
            if (event["ph"] == "X") {
                begin[event["pid"]] = event["ts"];
                EXPECT_EQ(event["name"], "pass \"one\"");
                EXPECT_DOUBLE_EQ(event["dur"], 3.5);
            }
            if (event["ph"] == "b") {
                ++exchanges;
                EXPECT_EQ(event["args"]["bytes"], 64);
                EXPECT_DOUBLE_EQ(event["ts"], event["pid"] == 1 ? 32.5 : 2.5);
            }
        }
        EXPECT_EQ(exchanges, 2);
        EXPECT_DOUBLE_EQ(begin.at(0), 0);
        EXPECT_DOUBLE_EQ(begin.at(1), 30);
    });
}

}  // namespace
}  // namespace carillon::host
