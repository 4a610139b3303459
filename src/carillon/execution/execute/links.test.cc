// SPDX-License-Identifier: Apache-2.0
// Links that carry qubits, from the circuit to the report: what is chosen flips with the prices,
// and every program is proved, run and compared.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "carillon/base/error.h"
#include "carillon/execution/execute/job.h"
#include "carillon/execution/execute/report_html.h"
#include "carillon/workload/schedule/check_timeline.h"

namespace carillon {
namespace {

/// Qubits 0 and 1 meet four times, 2 and 3 meet four times, then 0 and 2 twice; between two gates
/// both are turned.
Circuit meetings() {
    Circuit c;
    c.name = "meetings";
    c.add_qubits("q", 4);
    c.add_bits("c", 4);
    const auto meet = [&c](std::size_t a, std::size_t b) {
        c.gate(GateKind::kZ, 1, {QubitId{a}, QubitId{b}});
        for (const std::size_t q : {a, b}) c.gate(GateKind::kRx, 0, {QubitId{q}}, {Param(0.7)});
    };
    for (std::size_t q = 0; q < 4; ++q) c.gate(GateKind::kRx, 0, {QubitId{q}}, {Param(1.1)});
    for (int i = 0; i < 4; ++i) meet(0, 1);
    for (int i = 0; i < 4; ++i) meet(2, 3);
    for (int i = 0; i < 2; ++i) meet(0, 2);
    for (std::size_t q = 0; q < 4; ++q) c.measure(QubitId{q}, BitId{q});
    return c;
}

/// Nodes B - A - C with one, two and two data qubits: qubits 0 and 2 can meet through two copies
/// over AC, or once 1 has moved to B and 2 to A. Prices of AB and AC: of a pair, and of a transfer
/// (0: none).
Network hub(double ab, double ab_carried, double ac, double ac_carried) {
    Network net = generate_network("star:3,qubits=2+1+2,comm=2");
    const auto price = [](Link& link, double pair, double carried) {
        link.pair_cost = pair;
        if (carried == 0) return;
        link.carries = LinkCarries::kBoth;
        link.transfer_cost = carried;
        link.transfer_time_ns = 400;
        link.transfer_error = 0.01;
    };
    price(net.links[0], ab, ab_carried);
    price(net.links[1], ac, ac_carried);
    return net;
}

struct Chosen {
    std::size_t telegates = 0, teledata = 0, copies = 0, moves = 0;
    double price = 0;
};

/// Compiles, proves, runs and compares; what was chosen.
Chosen run(const Network& network) {
    JobOptions options;
    options.shots = 2000;
    options.verify = VerifyLevel::kFull;
    const Job job = run_job(meetings(), network, options);
    EXPECT_EQ(job.report.verified.validator, true);
    EXPECT_NEAR(job.report.verified.fidelity.value(), 1, 1e-10);
    EXPECT_TRUE(check_timeline(job.compilation.program, job.network, job.timeline).empty());
    Chosen chosen;
    chosen.price = job.report.price;
    const auto& pairs = job.report.by_purpose;
    const auto& carried = job.report.transfers_by_purpose;
    if (pairs.contains("telegate")) chosen.telegates = pairs.at("telegate");
    if (pairs.contains("teledata")) chosen.teledata = pairs.at("teledata");
    if (carried.contains("copy")) chosen.copies = carried.at("copy");
    if (carried.contains("move")) chosen.moves = carried.at("move");
    return chosen;
}

TEST(PricedLinks, telegates_where_a_way_round_would_cost_more) {
    const Chosen c = run(hub(1.5, 0, 1, 0));  // two copies for 1 each; moves: 1.5 + 1
    EXPECT_EQ(c.telegates, 2u);
    EXPECT_EQ(c.teledata + c.copies + c.moves, 0u);
    EXPECT_NEAR(c.price, 2, 1e-9);
}

TEST(PricedLinks, teledata_where_the_link_out_is_cheap) {
    const Chosen c = run(hub(0.5, 0, 1, 0));  // moves: 0.5 + 1
    EXPECT_EQ(c.teledata, 2u);
    EXPECT_EQ(c.telegates + c.copies + c.moves, 0u);
    EXPECT_NEAR(c.price, 1.5, 1e-9);
}

TEST(PricedLinks, a_transfer_beside_teledata_where_one_link_carries_for_less) {
    const Chosen c = run(hub(1.5, 0.75, 1, 0));  // carried out for 0.75, teledata for 1
    EXPECT_EQ(c.moves, 1u);
    EXPECT_EQ(c.teledata, 1u);
    EXPECT_EQ(c.telegates + c.copies, 0u);
    EXPECT_NEAR(c.price, 1.75, 1e-9);
    EXPECT_EQ(run(hub(1.5, 1.25, 1, 0)).telegates, 2u);  // 1.25 + 1 is more than 2
}

TEST(PricedLinks, carried_copies_where_carrying_is_cheaper_than_a_pair) {
    const Chosen c = run(hub(1.5, 0, 1, 0.75));  // two copies for 0.75 each
    EXPECT_EQ(c.copies, 2u);
    EXPECT_EQ(c.telegates + c.teledata + c.moves, 0u);
    EXPECT_NEAR(c.price, 1.5, 1e-9);
    EXPECT_EQ(run(hub(1.5, 0, 1, 1)).telegates, 2u) << "a pair at equal price";
    EXPECT_EQ(run(hub(1.5, 0, 1, 1.25)).telegates, 2u);
}

TEST(PricedLinks, qubits_carried_both_ways_where_that_is_cheapest) {
    const Chosen c = run(hub(1.5, 0.25, 1, 0.5));  // 0.25 + 0.5 against 2 * 0.5
    EXPECT_EQ(c.moves, 2u);
    EXPECT_EQ(c.telegates + c.teledata + c.copies, 0u);
    EXPECT_NEAR(c.price, 0.75, 1e-9);
}

TEST(PricedLinks, programs_for_coupling_maps_and_native_gates_are_proved) {
    const char* networks[] = {
        "full:3,qubits=2,comm=2,coupling=line,native=cx+rz+sx+x,link=direct",
        "line:3,qubits=2,comm=2,coupling=ring,carries=both,transfer_cost=0.5,native=rx+ry+rz+rzz",
        "full:2,qubits=3,comm=1,coupling=grid,link=direct"};
    for (const char* network : networks) {
        JobOptions options;
        options.verify = VerifyLevel::kFull;
        options.shots = 200;
        const Job job = run_job(meetings(), generate_network(network), options);
        EXPECT_EQ(job.report.verified.validator, true) << network;
        EXPECT_NEAR(job.report.verified.fidelity.value(), 1, 1e-10) << network;
        EXPECT_GT(job.report.transfers, 0u) << network;
    }
}

TEST(PricedLinks, the_report_tells_transfers_from_pairs) {
    const Job job = run_job(meetings(), hub(1.5, 0.75, 1, 0), {});
    const auto j = nlohmann::json::parse(report_json(job.report));
    EXPECT_EQ(j["pairs"]["total"], 1);
    EXPECT_EQ(j["pairs"]["by_link"].size(), 1u);
    EXPECT_EQ(j["transfers"]["total"], 1);
    EXPECT_EQ(j["transfers"]["by_link"][0]["b"], "qpu1");
    EXPECT_EQ(j["transfers"]["by_purpose"]["move"], 1);
    EXPECT_EQ(j["price"]["total"], 1.75);
    EXPECT_EQ(j["price"]["transfers"], 0.75);
    EXPECT_EQ(j["price"]["placement"], 1.75);
    EXPECT_TRUE(j["placement_pairs"].is_null());
    const std::string text = report_text(job.report);
    EXPECT_NE(text.find("carried       1 qubit: 1 move\n"), std::string::npos) << text;
    EXPECT_NE(text.find("price         1.75 (pairs 1, carried 0.75)\n"), std::string::npos) << text;
    EXPECT_NE(report_html(job.report, job.compilation.program, job.network, job.timeline)
                  .find("qubit carried"),
              std::string::npos);
}

TEST(PricedLinks, a_carried_qubit_costs_its_error) {
    // One gate between two QPUs, carried as a copy: only the transfer can go wrong.
    Circuit c;
    c.add_qubits("q", 2);
    c.gate(GateKind::kZ, 1, {QubitId{0}, QubitId{1}});
    const Network net =
        generate_network("full:2,qubits=1,comm=1,link=direct,transfer_ns=300,transfer_error=0.01");
    const Job job = run_job(c, net, {});
    EXPECT_NEAR(job.report.expected_fidelity, 0.99, 1e-12);
    EXPECT_EQ(job.report.transfers, 1u);
    EXPECT_EQ(job.report.pairs, 0u);
    EXPECT_NE(job.report.fidelity_method.find("transfer"), std::string::npos);
}

TEST(PricedLinks, a_program_that_makes_pairs_where_none_are_made_is_an_input_error) {
    Circuit c;
    c.add_qubits("q", 2);
    c.gate(GateKind::kZ, 1, {QubitId{0}, QubitId{1}});
    Network net = generate_network("full:2,qubits=1,comm=1");
    const DistributedProgram program = compile(c, net).program;
    net.links[0].carries = LinkCarries::kQubits;
    try {
        find_dependencies(program, net);
        FAIL();
    } catch (const InputError& e) {
        EXPECT_NE(std::string(e.what()).find("link 0 only carries qubits"), std::string::npos)
            << e.what();
    }
}

}  // namespace
}  // namespace carillon
