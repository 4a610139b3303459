// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/network/link_prices.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/network/network.h"

namespace carillon {
namespace {

Link link(std::size_t a, std::size_t b, double pair_cost, double transfer_cost = 0) {
    Link l = plain_link();
    l.a = QpuId{a};
    l.b = QpuId{b};
    l.pair_cost = pair_cost;
    if (transfer_cost > 0) {
        l.carries = pair_cost > 0 ? LinkCarries::kBoth : LinkCarries::kQubits;
        l.transfer_cost = transfer_cost;
    }
    return l;
}

Network network(std::size_t nodes, std::vector<Link> links) {
    Network net;
    net.nodes.resize(nodes, plain_node());
    net.links = std::move(links);
    return net;
}

TEST(LinkPrices, links_without_prices_cost_one_step_of_one) {
    const LinkPrices prices(generate_network("ring:5"));
    EXPECT_TRUE(prices.uniform());
    EXPECT_FALSE(prices.has_transfers());
    EXPECT_EQ(prices.steps(LinkId{3}), 1u);
    EXPECT_EQ(prices.step(), 1);
}

TEST(LinkPrices, one_price_for_all_is_the_step) {
    const LinkPrices prices(generate_network("ring:5,pair_cost=2.5"));
    EXPECT_TRUE(prices.uniform());
    EXPECT_EQ(prices.step(), 2.5);
}

TEST(LinkPrices, the_cheaper_carrier_counts_and_a_pair_at_equal_price) {
    EXPECT_EQ(cheaper_carrier(link(0, 1, 2, 1.5)), Carrier::kTransfer);
    EXPECT_EQ(cheaper_price(link(0, 1, 2, 1.5)), 1.5);
    EXPECT_EQ(cheaper_carrier(link(0, 1, 2, 2)), Carrier::kPair);
    EXPECT_EQ(cheaper_carrier(link(0, 1, 2, 3)), Carrier::kPair);
    EXPECT_EQ(cheaper_price(link(0, 1, 2, 3)), 2);
    EXPECT_EQ(cheaper_carrier(link(0, 1, 0, 9)), Carrier::kTransfer);  // makes no pairs
    EXPECT_EQ(cheaper_price(link(0, 1, 0, 9)), 9);
}

TEST(LinkPrices, steps_say_prices_of_up_to_three_decimals_exactly) {
    const LinkPrices prices(network(3, {link(0, 1, 1), link(1, 2, 2.5), link(0, 2, 3, 0.125)}));
    EXPECT_EQ(prices.step(), 0.001);
    EXPECT_EQ(prices.steps(LinkId{0}), 1000u);
    EXPECT_EQ(prices.steps(LinkId{1}), 2500u);
    EXPECT_EQ(prices.steps(LinkId{2}), 125u);
    EXPECT_TRUE(prices.has_transfers());
}

TEST(LinkPrices, sums_over_the_whole_network_stay_in_bounds) {
    Random random(5);
    for (int trial = 0; trial < 50; ++trial) {
        const std::size_t n = 2 + random.below(3000);
        std::vector<Link> links;
        for (std::size_t b = 1; b < n; ++b)
            links.push_back(link(b - 1, b, std::pow(10, 9 * random.uniform() - 3)));
        const Network net = network(n, links);
        const LinkPrices prices(net);
        std::uint64_t sum = 0;
        for (std::size_t l = 0; l < links.size(); ++l) {
            EXPECT_GE(prices.steps(LinkId{l}), 1u);
            sum += prices.steps(LinkId{l});
        }
        EXPECT_LE(sum, LinkPrices::kMostSteps + n);  // each rounded up by at most one step
    }
}

/// Costs of all pairs of nodes, by Floyd and Warshall over the cheapest of parallel links.
TEST(LinkPrices, cheapest_paths_agree_with_floyd_warshall) {
    Random random(23);
    for (int trial = 0; trial < 40; ++trial) {
        const std::size_t n = 2 + random.below(14);
        std::vector<Link> links;
        for (std::size_t i = 0; i < 2 * n; ++i) {
            const std::size_t a = random.below(n), b = random.below(n);
            if (a == b) continue;
            const double pair = static_cast<double>(random.below(4));
            const double transfer = static_cast<double>(random.below(6));
            links.push_back(link(a, b, pair, pair == 0 ? transfer + 1 : transfer));
        }
        const Network net = network(n, links);
        const Topology topology(net);
        std::vector<std::vector<double>> d(n, std::vector<double>(n, 1e9));
        for (std::size_t i = 0; i < n; ++i) d[i][i] = 0;
        for (const Link& l : links) {
            double& here = d[l.a.value][l.b.value];
            double price = l.makes_pairs() ? l.pair_cost : l.transfer_cost;
            if (l.carries_qubits()) price = std::min(price, l.transfer_cost);
            here = d[l.b.value][l.a.value] = std::min(here, price);
        }
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
        for (std::uint32_t a = 0; a < n; ++a)
            for (std::uint32_t b = 0; b < n; ++b) {
                const std::uint32_t cost = topology.cost(QpuId{a}, QpuId{b});
                const auto path = topology.cheapest_path(QpuId{a}, QpuId{b});
                if (d[a][b] >= 1e9) {
                    EXPECT_EQ(cost, Topology::kUnreachable);
                    EXPECT_TRUE(path.empty());
                    continue;
                }
                EXPECT_NEAR(cost * topology.prices().step(), d[a][b], 1e-9);
                double sum = 0;
                for (std::size_t i = 1; i < path.size(); ++i)
                    sum += topology.crossing(path[i - 1], path[i])->steps;
                EXPECT_EQ(path.front(), QpuId{a});
                EXPECT_EQ(path.back(), QpuId{b});
                EXPECT_NEAR(sum * topology.prices().step(), d[a][b], 1e-9);
            }
    }
}

TEST(LinkPrices, of_parallel_links_the_cheapest_is_crossed) {
    const Network net =
        network(2, {link(0, 1, 1), link(0, 1, 0.5), link(0, 1, 3, 0.25), link(0, 1, 0.75, 0.125)});
    const Topology topology(net);
    EXPECT_EQ(topology.crossing(QpuId{1}, QpuId{0})->link, LinkId{3});
    EXPECT_EQ(topology.crossing(QpuId{1}, QpuId{0})->carrier, Carrier::kTransfer);
    EXPECT_EQ(topology.link_between(QpuId{0}, QpuId{1}), LinkId{1}) << "the cheapest pairs";
}

TEST(LinkPrices, a_link_that_only_carries_qubits_makes_no_pairs) {
    const Topology topology(generate_network("full:2,link=direct"));
    EXPECT_FALSE(topology.link_between(QpuId{0}, QpuId{1}).valid());
    ASSERT_NE(topology.crossing(QpuId{0}, QpuId{1}), nullptr);
    EXPECT_EQ(topology.crossing(QpuId{0}, QpuId{1})->carrier, Carrier::kTransfer);
    EXPECT_EQ(topology.crossing(QpuId{0}, QpuId{0}), nullptr);
}

TEST(LinkPrices, a_full_network_with_several_prices_is_not_complete) {
    Network net = generate_network("full:3");
    EXPECT_TRUE(Topology(net).complete());
    net.links[1].pair_cost = 1.5;
    EXPECT_FALSE(Topology(net).complete());
}

TEST(LinkPrices, are_read_from_generators_and_files) {
    const Link made =
        generate_network(
            "full:2,carries=both,pair_cost=4,transfer_cost=0.5,transfer_ns=250,transfer_error=0.01")
            .links[0];
    EXPECT_EQ(made.carries, LinkCarries::kBoth);
    EXPECT_EQ(made.pair_cost, 4);
    EXPECT_EQ(made.transfer_cost, 0.5);
    EXPECT_EQ(made.transfer_time_ns, 250);
    EXPECT_EQ(made.transfer_error, 0.01);
    const Network read = read_network(R"({"nodes": [{"name": "a"}, {"name": "b"}], "links": [
        {"a": 0, "b": 1, "carries": "both", "pair_cost": 4, "transfer_cost": 0.5,
         "transfer_time_ns": 250, "transfer_error": 0.01},
        {"a": 0, "b": 1, "kind": "direct"},
        {"a": 0, "b": 1, "kind": "direct", "carries": "pairs"},
        {"a": 0, "b": 1, "preset": "ion-shuttling"}]})",
                                      "n.json");
    EXPECT_EQ(read.links[0], made);
    EXPECT_EQ(read.links[1].carries, LinkCarries::kQubits);
    EXPECT_EQ(read.links[2].carries, LinkCarries::kPairs);
    EXPECT_EQ(read.links[3].transfer_error, 7e-8);
    EXPECT_EQ(read_network(write_network(read), "again"), read);
}

TEST(LinkPrices, wrong_ones_in_a_generator_are_refused) {
    const auto message = [](const char* text) -> std::string {
        try {
            generate_network(text);
        } catch (const InputError& error) {
            return error.what();
        }
        return "(accepted)";
    };
    EXPECT_NE(
        message("full:2,transfer_cost=2").find("transfer_cost is for links that carry qubits"),
        std::string::npos);
    EXPECT_NE(message("full:2,link=direct,pair_cost=2").find("say carries=both"),
              std::string::npos);
    EXPECT_NE(message("full:2,pair_cost=0").find("from 0.001 to 1000000"), std::string::npos);
    EXPECT_NE(message("full:2,carries=ions").find("unknown carries \"ions\""), std::string::npos);
    EXPECT_NE(message("full:2,carries=both,transfer_error=1.5").find("from 0 to 1"),
              std::string::npos);
}

/// Akhtar et al.: 2424 ions per second; a pair takes 1 / 182 s, so a transfer 0.075 of that.
TEST(Presets, shuttled_ions_cost_their_time_in_pairs) {
    const DevicePreset* preset = find_preset("ion-shuttling");
    EXPECT_NEAR(preset->link.transfer_time_ns, 412.5e3, 100);
    EXPECT_NEAR(preset->link.transfer_cost, 182.0 / 2424, 0.001);
    EXPECT_FALSE(preset->link.makes_pairs());
    EXPECT_EQ(cheaper_carrier(find_preset("cryogenic-waveguide")->link), Carrier::kTransfer);
}

}  // namespace
}  // namespace carillon
