// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/bounded.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

namespace instances = test_instances;

PlacementPrice steiner_price(const Interactions& interactions, const Network& network) {
    return [&](const Placement& p) -> std::optional<std::uint64_t> {
        return placement_cost(interactions, network, p).pairs;
    };
}

Placement contiguous(const Circuit& circuit, const Network& network) {
    PartitionOptions options;
    options.method = "contiguous";
    options.effort = Effort::kLow;
    options.allow_moves = false;
    return partition(circuit, network, options).placement;
}

/// Two halves that only talk across: in order each QPU gets half of every couple.
TEST(Bounded, finds_the_homes_and_sites_that_cost_nothing) {
    Circuit c = instances::empty(6);
    for (std::uint32_t q = 0; q < 3; ++q) {
        instances::cp(c, q, q + 3);
        instances::h(c, q);
        instances::cp(c, q, q + 3);
    }
    const Network network = instances::full({2, 2, 2});
    const Interactions interactions = find_interactions(c);
    const PlacementPrice price = steiner_price(interactions, network);
    const Placement start = contiguous(c, network);
    ASSERT_GT(*price(start), 0u);
    BoundedOptions options;
    options.trials = 4000;
    EXPECT_EQ(search_bounded(c, network, start, price, options).price, 0u);
}

TEST(Bounded, gives_placements_that_fit_with_the_price_it_says_never_above_the_start) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        Random random(seed);
        const Circuit c = instances::random_circuit(8, 80, random, seed % 2 == 0);
        const Network network = instances::line({3, 4, 3});
        const Interactions interactions = find_interactions(c);
        const PlacementPrice price = steiner_price(interactions, network);
        PartitionOptions with_moves;
        with_moves.effort = Effort::kLow;
        Placement start =
            seed % 3 == 0 ? contiguous(c, network) : partition(c, network, with_moves).placement;
        BoundedOptions options;
        options.seed = seed;
        options.trials = 600;
        const BoundedResult result = search_bounded(c, network, start, price, options);
        check_placement(interactions, network, result.placement);
        EXPECT_EQ(*price(result.placement), result.price);
        EXPECT_LE(result.price, *price(start));
        const BoundedResult again = search_bounded(c, network, start, price, options);
        EXPECT_EQ(again.placement.site, result.placement.site);
    }
}

TEST(Bounded, homes_that_are_given_stay) {
    Random random(5);
    const Circuit c = instances::random_circuit(8, 80, random);
    const Network network = instances::full({3, 3, 3});
    const Interactions interactions = find_interactions(c);
    const Placement start = contiguous(c, network);
    BoundedOptions options;
    options.trials = 500;
    options.keep_homes = true;
    const BoundedResult result =
        search_bounded(c, network, start, steiner_price(interactions, network), options);
    EXPECT_EQ(result.placement.home, start.home);
}

TEST(Bounded, prices_no_more_placements_than_allowed) {
    const Circuit c = instances::qft(6);
    const Network network = instances::full({3, 3});
    std::uint64_t asked = 0;
    BoundedOptions options;
    options.trials = 50;
    search_bounded(
        c, network, contiguous(c, network),
        [&](const Placement&) -> std::optional<std::uint64_t> { return ++asked, 7; }, options);
    EXPECT_LE(asked, 50u);
    EXPECT_GT(asked, 10u);
}

TEST(Bounded, stops_at_a_price_that_is_enough) {
    const Circuit c = instances::qft(6);
    const Network network = instances::full({3, 3});
    std::uint64_t asked = 0;
    BoundedOptions options;
    options.trials = 1000;
    options.enough = 90;
    const BoundedResult result = search_bounded(
        c, network, contiguous(c, network),
        [&](const Placement&) -> std::optional<std::uint64_t> { return 100 - ++asked; }, options);
    EXPECT_EQ(result.price, 90u);
    EXPECT_EQ(asked, 10u);
}

TEST(Bounded, a_start_without_a_price_is_our_mistake) {
    const Circuit c = instances::qft(4);
    const Network network = instances::full({2, 2});
    EXPECT_THROW(
        search_bounded(c, network, contiguous(c, network),
                       [](const Placement&) -> std::optional<std::uint64_t> { return {}; }, {}),
        InternalError);
}

}  // namespace
}  // namespace carillon
