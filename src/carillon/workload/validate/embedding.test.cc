// SPDX-License-Identifier: Apache-2.0
// Gates that change a qubit together with its copies.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/naive_distributor_for_test.h"
#include "carillon/workload/validate/program_builder_for_test.h"
#include "carillon/workload/validate/sabotage_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::validation {
namespace {

/// cz q r, cx y q, (x q), cz q r: q and y stand on QPU 0, r and a copy of q on QPU 1, which lives
/// through the cx. `skip` leaves out one instruction, counted over what the cx and the x became.
struct Embedded {
    Circuit source;
    DistributedProgram program;

    explicit Embedded(bool flipped, int skip = -1, std::uint32_t wrong_control = 0) {
        source.add_qubits("q", 4);  // q, y on QPU 0; r, s on QPU 1
        const QubitId q{0}, y{1}, r{2};
        source.gate(GateKind::kZ, 1, {q, r});
        source.gate(GateKind::kX, 1, {y, q});
        if (flipped) source.gate(GateKind::kX, 0, {q});
        source.gate(GateKind::kP, 1, {q, r}, {Param(0.7)});

        ProgramBuilder b(source, 2, 2, 3);
        int index = 0;
        const auto kept = [&] { return index++ != skip; };
        b.entangle(0, 0, 2, 1, 2);
        b.gate(1, GateKind::kZ, 1, {2, 0});
        b.entangle(0, 1, 2, 1, 3);
        if (kept()) b.gate(0, GateKind::kX, 1, {1, 0});
        if (kept()) b.gate(1, GateKind::kX, 1, {wrong_control == 0 ? 3 : wrong_control, 2});
        b.disentangle(1, 3, 0, 1);
        if (flipped) {
            if (kept()) b.gate(0, GateKind::kX, 0, {0});
            if (kept()) b.gate(1, GateKind::kX, 0, {2});
        }
        b.gate(1, GateKind::kP, 1, {2, 0}, {Param(0.7)});
        b.disentangle(1, 2, 0, 0);
        program = std::move(b.program);
    }
};

TEST(Embedding, a_copy_may_live_through_a_cx_that_changes_it_too) {
    for (const bool flipped : {false, true}) {
        const Embedded e(flipped);
        EXPECT_EQ(dense_check(e.source, e.program, 1, 8).kind, DenseResult::kAgrees);
        const Verdict v = validate(e.source, e.program);
        EXPECT_TRUE(v.equal) << v.reason;
    }
}

TEST(Embedding, a_copy_or_home_that_misses_the_change_is_refused) {
    for (const bool flipped : {false, true})
        for (int skip = 0; skip < (flipped ? 4 : 2); ++skip) {
            const Embedded e(flipped, skip);
            EXPECT_EQ(dense_check(e.source, e.program, 1, 8).kind, DenseResult::kDiffers);
            EXPECT_FALSE(validate(e.source, e.program).equal) << flipped << skip;
        }
}

TEST(Embedding, a_copy_changed_by_another_qubit_is_refused) {
    const Embedded e(false, -1, 1);  // by s, which stands at the copy's QPU
    EXPECT_EQ(dense_check(e.source, e.program, 1, 8).kind, DenseResult::kDiffers);
    EXPECT_FALSE(validate(e.source, e.program).equal);
}

/// The other QPU may be far ahead: its gates on the changed copy wait for the home.
TEST(Embedding, order_of_the_streams_does_not_matter) {
    Circuit source;
    source.add_qubits("q", 4);
    const QubitId q{0}, y{1}, r{2}, s{3};
    source.gate(GateKind::kX, 1, {r, q});
    source.gate(GateKind::kT, 0, {q});
    source.gate(GateKind::kX, 1, {s, q});
    source.gate(GateKind::kP, 1, {q, r}, {Param(0.4)});
    source.gate(GateKind::kZ, 1, {q, y});
    for (const bool home_is_first : {false, true}) {
        ProgramBuilder b(source, 2, 2, 4);
        const std::uint32_t home = home_is_first ? 0 : 1, other = 1 - home;
        if (!home_is_first) {  // q and y stand on QPU 1, r and s on QPU 0
            for (std::uint32_t i = 0; i < 4; ++i)
                b.program.initial_layout[i] = {QpuId{i < 2 ? 1u : 0u}, i % 2};
            b.program.final_layout = b.program.initial_layout;
        }
        b.entangle(home, 0, 2, other, 2);  // q at the other QPU
        b.entangle(other, 0, 3, home, 3);  // r at home
        b.entangle(other, 1, 4, home, 4);  // s at home
        b.gate(other, GateKind::kX, 1, {0, 2});
        b.gate(other, GateKind::kT, 0, {2});
        b.gate(other, GateKind::kX, 1, {1, 2});
        b.gate(other, GateKind::kP, 1, {2, 0}, {Param(0.4)});
        b.gate(home, GateKind::kX, 1, {3, 0});
        b.gate(home, GateKind::kX, 1, {4, 0});
        b.gate(home, GateKind::kZ, 1, {0, 1});
        b.disentangle(home, 3, other, 0);
        b.disentangle(home, 4, other, 1);
        b.disentangle(other, 2, home, 0);
        // The T acts on q + r at the other QPU while home already holds q + r + s.
        const Verdict v = validate(source, b.program);
        EXPECT_TRUE(v.equal) << v.reason;
        EXPECT_EQ(dense_check(source, b.program, 3, 4).kind, DenseResult::kAgrees);
    }
}

/// Circuits in which a copy's value matters after every CX.
Circuit woven(std::uint64_t seed) {
    Random random(seed);
    Circuit c;
    c.add_qubits("q", 3);
    for (int i = 0; i < 14; ++i) {
        const std::size_t a = random.below(3), b = (a + 1 + random.below(2)) % 3;
        const QubitId p{a}, t{b};
        switch (random.below(9)) {
            case 0:
                c.gate(GateKind::kH, 0, {p});
                break;
            case 1:
            case 2:
            case 3:
                c.gate(GateKind::kX, 0, {p});
                break;
            case 4:
            case 5:
                c.gate(GateKind::kX, 1, {p, t});
                break;
            default:
                c.gate(GateKind::kP, 1, {p, t}, {Param(0.3 + random.uniform())});
        }
    }
    return c;
}

TEST(Embedding, faults_in_gates_on_copies_are_found) {
    std::map<std::string, int> effective;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        const Circuit source = woven(seed);
        const DistributedProgram program = NaiveDistributor(source, 2, 2, 3, seed).run();
        const Verdict right = validate(source, program);
        ASSERT_TRUE(right.equal) << "seed " << seed << ": " << right.reason;
        ASSERT_EQ(dense_check(source, program, seed, 2).kind, DenseResult::kAgrees);
        Random random(seed);
        using namespace sabotage;
        const Sabotage kinds[] = {{"drop_cx_on_a_copy", drop_cx_on_a_copy},
                                  {"another_control_on_a_copy", another_control_on_a_copy},
                                  {"copy_not_changed", copy_not_changed},
                                  {"drop_x_on_a_copy", drop_x_on_a_copy},
                                  {"operands_exchanged", operands_exchanged},
                                  {"neighbours_exchanged", neighbours_exchanged}};
        for (const Sabotage& s : kinds) {
            DistributedProgram broken = program;
            if (!s.apply(broken, random)) continue;
            if (dense_check(source, broken, seed, 4).kind != DenseResult::kDiffers) continue;
            ++effective[s.name];
            EXPECT_FALSE(validate(source, broken).equal) << s.name << ", seed " << seed;
        }
    }
    for (const auto& [name, count] : effective) EXPECT_GE(count, 3) << name;
    EXPECT_EQ(effective.size(), 6u);
}

}  // namespace
}  // namespace carillon::validation
