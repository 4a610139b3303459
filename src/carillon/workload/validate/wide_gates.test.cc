// SPDX-License-Identifier: Apache-2.0
// Gates on many qubits folded along a chain of QPUs, and gates written with native ones.
#include <gtest/gtest.h>

#include <limits>
#include <numbers>

#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/program_builder_for_test.h"
#include "carillon/workload/validate/sabotage_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using validation::ProgramBuilder;
using enum GateKind;

void expect_equal(const Circuit& source, const DistributedProgram& program) {
    const Verdict v = validate(source, program);
    EXPECT_TRUE(v.equal) << v.reason;
    const auto dense = validation::dense_check(source, program, 1, 6);
    EXPECT_EQ(dense.kind, validation::DenseResult::kAgrees) << dense.why;
}

void expect_reason(const Circuit& source, const DistributedProgram& program,
                   const std::string& part) {
    const Verdict v = validate(source, program);
    EXPECT_FALSE(v.equal);
    EXPECT_NE(v.reason.find(part), std::string::npos) << v.reason;
}

/// A copy, on c0 of `to`, of the product of some qubits of `from`.
void pass_on(ProgramBuilder& p, std::uint32_t from, std::vector<LocalQubit> factors,
             LocalQubit half, std::uint32_t to, LocalQubit arrived) {
    p.pair(from, half, to, arrived);
    const auto controls = static_cast<int>(factors.size());
    factors.push_back(half);
    p.gate(from, kX, controls, factors);
    const BitId m = p.measure(from, half);
    p.reset(from, half);
    p.correct(to, kX, arrived, {p.send(from, m, to)});
}

/// Gives it back: a controlled Z on the factors corrects.
void give_back(ProgramBuilder& p, std::uint32_t at, LocalQubit copy, std::uint32_t keeper,
               const std::vector<LocalQubit>& factors) {
    p.gate(at, kH, 0, {copy});
    const BitId m = p.send(at, p.measure(at, copy), keeper);
    p.reset(at, copy);
    Instruction& i = p.gate(keeper, kZ, static_cast<int>(factors.size()) - 1, factors);
    QpuProgram& q = p.program.qpus[keeper];
    i.first_condition = static_cast<std::uint32_t>(q.condition_bits.size());
    i.num_conditions = 1;
    q.condition_bits.push_back(m);
}

/// A phase on five qubits, two at each of the first two QPUs and one at the third.
struct Folded {
    Circuit source;
    DistributedProgram program;

    explicit Folded(bool x_before = false) {
        source.add_qubits("q", 5);
        const QubitId all[] = {QubitId{0}, QubitId{1}, QubitId{2}, QubitId{3}, QubitId{4}};
        const Param angle[] = {0.7};
        if (x_before) source.gate(kX, 0, {QubitId{1}});
        source.gate(kP, 4, all, angle);
        source.gate(kH, 0, {QubitId{0}});
        ProgramBuilder p(source, 3, 2, 2);
        if (x_before) p.gate(0, kX, 0, {1});
        pass_on(p, 0, {0, 1}, 2, 1, 2);
        pass_on(p, 1, {2, 0, 1}, 3, 2, 2);
        p.gate(2, kP, 1, {2, 0}, {0.7});
        give_back(p, 2, 2, 1, {2, 0, 1});
        give_back(p, 1, 2, 0, {0, 1});
        p.gate(0, kH, 0, {0});
        program = std::move(p.program);
    }
};

TEST(WideGates, folded_along_a_chain) {
    for (const bool x : {false, true}) {
        const Folded f(x);
        expect_equal(f.source, f.program);
    }
}

TEST(WideGates, relay_in_the_middle_of_the_chain) {
    Circuit c;
    c.add_qubits("q", 3);
    c.gate(kZ, 2, {QubitId{0}, QubitId{1}, QubitId{2}});
    ProgramBuilder p(c, 3, 2, 2);
    p.program.initial_layout = {{QpuId{0}, 0}, {QpuId{0}, 1}, {QpuId{2}, 0}};
    p.program.final_layout = p.program.initial_layout;
    pass_on(p, 0, {0, 1}, 2, 1, 2);
    pass_on(p, 1, {2}, 3, 2, 2);
    give_back(p, 1, 2, 2, {2});  // the relay lets go as soon as the next one holds the product
    p.gate(2, kZ, 1, {2, 0});
    give_back(p, 2, 2, 0, {0, 1});
    expect_equal(c, p.program);
}

TEST(WideGates, planted_faults_are_found) {
    int effective = 0;
    for (const validation::Sabotage& s : validation::all_sabotages())
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            Folded f;
            Random random(seed);
            if (!s.apply(f.program, random)) continue;
            const Verdict v = validate(f.source, f.program);
            if (!v.equal) {
                ++effective;
                continue;
            }
            const auto dense = validation::dense_check(f.source, f.program, seed, 12);
            EXPECT_NE(dense.kind, validation::DenseResult::kDiffers) << s.name << " " << dense.why;
        }
    EXPECT_GT(effective, 100);
}

TEST(WideGates, factor_may_not_change_while_its_product_is_held) {
    Folded f;
    InstructionBlock& stream = f.program.qpus[0].blocks[0];
    std::swap(stream[stream.size() - 2], stream[stream.size() - 1]);  // H before the correction
    EXPECT_FALSE(validate(f.source, f.program).equal);
}

/// cz written as h cx h, a folded correction likewise.
struct Native {
    Circuit source;
    DistributedProgram program;

    Native() {
        source.add_qubits("q", 2);
        source.gate(kH, 0, {QubitId{0}});
        source.gate(kZ, 1, {QubitId{0}, QubitId{1}});
        source.gate(kS, 0, {QubitId{1}});
        ProgramBuilder p(source, 1, 2, 1);
        p.gate(0, kH, 0, {0});
        p.gate(0, kH, 0, {1});
        p.gate(0, kX, 1, {0, 1});
        p.gate(0, kH, 0, {1});
        p.gate(0, kRz, 0, {1}, {std::numbers::pi / 4});
        p.gate(0, kRz, 0, {1}, {std::numbers::pi / 4});
        const Instruction meaning = p.gate(0, kZ, 1, {0, 1});
        const Instruction phase = p.gate(0, kS, 0, {1});
        p.program.qpus[0].blocks[0].resize(6);
        p.program.windows.push_back({QpuId{0}, BlockId{0}, 1, 3, meaning});
        p.program.windows.push_back({QpuId{0}, BlockId{0}, 4, 2, phase});
        program = std::move(p.program);
    }
};

TEST(LocalWindows, native_gates_are_multiplied_out) {
    const Native n;
    expect_equal(n.source, n.program);
    EXPECT_EQ(validate(n.source, n.program).certificates, 2u);
    EXPECT_EQ(validate(n.source, n.program).instructions, 6u);
}

TEST(LocalWindows, wrong_ones_are_refused) {
    const auto with = [](auto change) {
        Native n;
        change(n.program);
        const Verdict v = validate(n.source, n.program);
        EXPECT_FALSE(v.equal);
        return v.reason;
    };
    using Program = DistributedProgram;
    EXPECT_NE(with([](Program& p) { p.windows[0].meaning.gate = kY; }).find("differ"),
              std::string::npos);
    EXPECT_NE(with([](Program& p) { p.qpus[0].blocks[0][2].gate = kZ; }).find("differ"),
              std::string::npos);
    EXPECT_NE(with([](Program& p) { p.qpus[0].params[0].value += 1e-6; }).find("differ"),
              std::string::npos);
    with([](Program& p) { p.windows[0].count = 2; });
    with([](Program& p) { p.windows[0].count = 0; });
    with([](Program& p) { p.windows[0].count = 0xffffffff; });
    with([](Program& p) { p.windows[0].first = 0; });
    with([](Program& p) { p.windows[0].meaning.kind = InstructionKind::kReset; });
    with([](Program& p) { p.windows[0].meaning.first_operand = 0xfffffff0; });
    with([](Program& p) {
        p.windows[0].meaning.num_conditions = 1;
        p.qpus[0].condition_bits.push_back(BitId{0});
    });
}

TEST(LocalWindows, a_window_that_nothing_needs_changes_nothing) {
    Native n;
    n.program.windows.push_back({QpuId{77}, BlockId{0}, 0, 1, {}});
    EXPECT_TRUE(validate(n.source, n.program).equal);
}

TEST(LocalWindows, matrices_must_be_finite) {
    Native n;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    n.program.matrices.push_back({1, {nan, nan, nan, nan}});
    Instruction& i = n.program.qpus[0].blocks[0][4];
    i.gate = kUnitary;
    i.num_params = 0;
    i.matrix = 0;
    expect_reason(n.source, n.program, "not finite");
}

}  // namespace
}  // namespace carillon
