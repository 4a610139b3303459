// SPDX-License-Identifier: Apache-2.0
// Faults of many kinds, planted in programs of many kinds, are found.
#include "carillon/workload/validate/sabotage_for_test.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/naive_distributor_for_test.h"
#include "carillon/workload/validate/random_circuit_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::validation {
namespace {

struct Tally {
    int effective = 0, caught = 0, harmless = 0;
};

/// Plants every kind of fault in a correct program; what the state vectors see, validate() must.
void sabotage(const Circuit& source, const DistributedProgram& program, std::uint64_t seed,
              std::map<std::string, Tally>& tallies) {
    ASSERT_TRUE(validate(source, program).equal);
    Random random(seed);
    for (const Sabotage& s : all_sabotages()) {
        DistributedProgram broken = program;
        if (!s.apply(broken, random)) continue;
        const Verdict v = validate(source, broken);
        if (s.always_wrong) {
            EXPECT_FALSE(v.equal) << s.name << ", seed " << seed;
            ++tallies[s.name].effective;
            tallies[s.name].caught += !v.equal;
            continue;
        }
        if (!v.equal && v.reason.empty()) ADD_FAILURE() << s.name << " has no reason";
        const DenseResult dense = dense_check(source, broken, seed, v.equal ? 12 : 3);
        Tally& tally = tallies[s.name];
        if (dense.kind != DenseResult::kDiffers) {
            ++tally.harmless;
            continue;
        }
        ++tally.effective;
        tally.caught += !v.equal;
        EXPECT_FALSE(v.equal) << s.name << ", seed " << seed << ": " << dense.why;
    }
}

void expect_each_was_tried(const std::map<std::string, Tally>& tallies,
                           std::initializer_list<const char*> not_here) {
    for (const Sabotage& s : all_sabotages()) {
        if (std::ranges::any_of(not_here, [&](const char* n) { return n == std::string(s.name); }))
            continue;
        const auto at = tallies.find(s.name);
        ASSERT_NE(at, tallies.end()) << s.name;
        EXPECT_GE(at->second.effective, 3) << s.name;
        EXPECT_EQ(at->second.effective, at->second.caught) << s.name;
    }
}

TEST(Sabotage, faults_in_static_programs_are_found) {
    std::map<std::string, Tally> tallies;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        RandomCircuit c(3, 1000 + seed);
        c.add_gates(6, 1);
        c.circuit.add_bits("c", 3);
        for (std::uint32_t q = 0; q < 2; ++q) c.circuit.measure(QubitId{q}, BitId{2 - q});
        const DistributedProgram p = NaiveDistributor(c.circuit, 2, 2, 3, seed).run();
        sabotage(c.circuit, p, seed, tallies);
    }
    for (const auto& [name, tally] : tallies) EXPECT_EQ(tally.effective, tally.caught) << name;
}

TEST(Sabotage, faults_in_dynamic_programs_are_found) {
    std::map<std::string, Tally> tallies;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        RandomCircuit c(3, 2000 + seed);
        c.add_gates(2, 1);
        c.add_dynamic(8, 2);
        const DistributedProgram p = NaiveDistributor(c.circuit, 2, 2, 3, seed).run();
        sabotage(c.circuit, p, seed, tallies);
    }
    expect_each_was_tried(
        tallies,
        {"drop_x_on_a_copy", "transfer_of_another_qubit", "transfer_onto_another_qubit",
         "transfer_onto_an_occupied_qubit", "transfer_backwards", "transfer_to_another_qpu",
         "transfers_exchanged", "drop_transfer_side", "drop_transfer", "wrong_bit_owner",
         "wrong_variable_owner", "certificate_changed", "certificate_dropped",
         "certificate_for_other_operations", "certificate_on_other_qubits"});
}

TEST(Sabotage, faults_in_programs_that_carry_qubits_are_found) {
    std::map<std::string, Tally> tallies;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        RandomCircuit c(3, 3000 + seed);
        c.add_gates(6, 1);
        if (seed % 2) c.add_dynamic(4, 1);
        const DistributedProgram p = NaiveDistributor(c.circuit, 2, 2, 3, seed, true).run();
        if (p.transfers.empty()) continue;
        sabotage(c.circuit, p, seed, tallies);
    }
    for (const char* name :
         {"transfer_of_another_qubit", "transfer_onto_another_qubit",
          "transfer_onto_an_occupied_qubit", "transfer_backwards", "transfer_to_another_qpu",
          "transfers_exchanged", "drop_transfer_side", "drop_transfer"})
        EXPECT_GE(tallies[name].effective, 3) << name;
}

}  // namespace
}  // namespace carillon::validation
