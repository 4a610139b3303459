// SPDX-License-Identifier: Apache-2.0
// Placements where links differ in price or carry qubits: each choice flips where it should, and
// nothing cheaper is missed.
#include <gtest/gtest.h>

#include <functional>

#include "carillon/workload/partition/partition.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

/// `times` gates of two qubits, each in segments of its own.
void meet(Circuit& c, std::size_t a, std::size_t b, int times) {
    for (int i = 0; i < times; ++i) {
        cz(c, a, b);
        for (const std::size_t q : {a, b}) c.gate(GateKind::kRx, 0, {QubitId{q}}, {Param(0.3)});
    }
}

/// Nodes B - A - C with room for one, two and two. Qubits 0 and 1 meet four times, 2 and 3 meet
/// four times, then 0 and 2 twice.
///
/// With 0, 1 at A and 2, 3 at C (or the other way round) that takes two crossings of AC: telegates.
/// Or 1 leaves for B and 2 comes to A: one crossing of AB and one of AC: moves. All else takes four
/// crossings or more.
struct Example {
    Circuit circuit;
    Network net = network({2, 1, 2}, {{0, 1}, {0, 2}});

    Example(double ab, double ac) {
        circuit.add_qubits("q", 4);
        meet(circuit, 0, 1, 4);
        meet(circuit, 2, 3, 4);
        meet(circuit, 0, 2, 2);
        net.links[0].pair_cost = ab;
        net.links[1].pair_cost = ac;
    }
    Example& carries(std::size_t link, double price) {
        net.links[link].carries = LinkCarries::kBoth;
        net.links[link].transfer_cost = price;
        return *this;
    }
    PartitionResult best() const { return partition(circuit, net); }
    double price(const PartitionResult& result) const {
        return static_cast<double>(result.cost.pairs) * LinkPrices(net).step();
    }
};

TEST(PricedPlacements, telegates_are_chosen_while_two_of_them_cost_less_than_two_moves) {
    const Example dear(1.5, 1);  // 2 * 1 against 1.5 + 1
    const PartitionResult stays = dear.best();
    EXPECT_EQ(stays.cost.moves, 0u);
    EXPECT_NEAR(dear.price(stays), 2, 1e-9);

    const Example cheap(0.5, 1);  // 2 * 1 against 0.5 + 1
    const PartitionResult moves = cheap.best();
    EXPECT_EQ(moves.cost.moves, 2u);
    EXPECT_NEAR(cheap.price(moves), 1.5, 1e-9);
}

TEST(PricedPlacements, a_cheap_transfer_turns_telegates_into_moves) {
    const Example dear = Example(1.5, 1).carries(0, 1.25);  // 2 * 1 against 1.25 + 1
    EXPECT_EQ(dear.best().cost.moves, 0u);
    EXPECT_NEAR(dear.price(dear.best()), 2, 1e-9);
    const Example cheap = Example(1.5, 1).carries(0, 0.75);  // 0.75 + 1
    EXPECT_EQ(cheap.best().cost.moves, 2u);
    EXPECT_NEAR(cheap.price(cheap.best()), 1.75, 1e-9);
}

TEST(PricedPlacements, a_cheap_transfer_turns_moves_into_carried_copies) {
    const Example pairs(0.5, 1);  // 0.5 + 1 against 2 * 1
    EXPECT_EQ(pairs.best().cost.moves, 2u);
    const Example carried = Example(0.5, 1).carries(1, 0.4);  // 0.5 + 0.4 against 2 * 0.4
    EXPECT_EQ(carried.best().cost.moves, 0u);
    EXPECT_NEAR(carried.price(carried.best()), 0.8, 1e-9);
}

TEST(PricedPlacements, neighbours_are_those_that_are_cheap_to_reach) {
    // Two pairs of qubits that meet ten times each on a ring with one cheap and one dear way round.
    Circuit c;
    c.add_qubits("q", 4);
    meet(c, 0, 1, 10);
    meet(c, 1, 2, 10);
    meet(c, 2, 3, 10);
    Network net = network({1, 1, 1, 1}, {{0, 1}, {1, 2}, {2, 3}, {3, 0}});
    net.links[1].pair_cost = 5;
    PartitionOptions options;
    options.allow_moves = false;
    const PartitionResult result = partition(c, net, options);
    EXPECT_EQ(result.cost.pairs, 30u);  // the path 1 - 0 - 3 - 2, without the dear link
}

/// Every placement whose qubits move once, right before a gate, by its exact cost.
class BruteForce {
  public:
    /// Args:
    ///     moving_gate: the gate that qubits move before, counted among gates of two qubits.
    BruteForce(const Circuit& circuit, const Network& net, std::size_t moving_gate)
        : moving_gate_(moving_gate),
          circuit_(circuit),
          net_(net),
          interactions_(find_interactions(circuit)),
          capacity_(node_capacities(net)) {
        for (std::uint32_t i = 0; i < circuit.body().size(); ++i)
            if (circuit.body()[i].num_operands > 1) positions_.push_back(i);
        placement_.site.resize(interactions_.num_operations);
        assign_homes({}, [&](const std::vector<QpuId>& homes) { homes_.push_back(homes); });
    }

    std::uint64_t run() {
        for (const auto& homes : homes_) {
            placement_.home = homes;
            place_gates(0, homes);
        }
        return best_;
    }

  private:
    using Homes = std::vector<QpuId>;

    void assign_homes(Homes homes, const std::function<void(const Homes&)>& found) {
        if (homes.size() == circuit_.num_qubits) return found(homes);
        for (std::uint32_t v = 0; v < capacity_.size(); ++v) {
            const auto used = std::count(homes.begin(), homes.end(), QpuId{v});
            if (used >= capacity_[v]) continue;
            homes.push_back(QpuId{v});
            assign_homes(homes, found);
            homes.pop_back();
        }
    }

    void place_gates(std::size_t gate, const Homes& now) {
        if (gate == positions_.size()) {
            best_ = std::min(best_, placement_cost(interactions_, net_, placement_).pairs);
            return;
        }
        const bool may_move = gate == moving_gate_;
        for (const Homes& next : may_move ? homes_ : std::vector<Homes>{now}) {
            for (std::size_t q = 0; q < next.size(); ++q)
                if (next[q] != now[q])
                    placement_.moves.push_back({positions_[gate], QubitId{q}, next[q]});
            for (std::uint32_t v = 0; v < capacity_.size(); ++v) {
                placement_.site[positions_[gate]] = QpuId{v};
                place_gates(gate + 1, next);
            }
            if (may_move) placement_.moves.clear();
        }
    }

    std::size_t moving_gate_;
    const Circuit& circuit_;
    const Network& net_;
    Interactions interactions_;
    std::vector<std::uint32_t> capacity_, positions_;
    std::vector<Homes> homes_;
    Placement placement_;
    std::uint64_t best_ = ~std::uint64_t{0};
};

TEST(PricedPlacements, are_never_dearer_than_the_best_of_all) {
    Random random(41);
    int moving = 0;
    for (int round = 0; round < 10; ++round) {
        Circuit c;
        c.add_qubits("q", 3);
        meet(c, 0, 1, 2);
        meet(c, random.below(2), 2, 2);
        Network net = network({1, 1, 2}, {{0, 1}, {1, 2}, {0, 2}});
        for (Link& link : net.links) {
            link.pair_cost = 1 + static_cast<double>(random.below(8));
            if (random.below(2)) continue;
            link.carries = LinkCarries::kBoth;
            link.transfer_cost = 0.5 + static_cast<double>(random.below(8));
        }
        const PartitionResult found = partition(c, net);
        EXPECT_LE(found.cost.pairs, BruteForce(c, net, 2).run()) << "round " << round;
        moving += found.cost.moves > 0;
    }
    EXPECT_GT(moving, 0);
}

}  // namespace
}  // namespace carillon
