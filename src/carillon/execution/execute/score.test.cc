// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/score.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"

namespace carillon {
namespace {

Circuit qft(std::uint32_t n) {
    Circuit c;
    c.name = "qft";
    c.add_qubits("q", n);
    for (std::uint32_t q = 0; q < n; ++q) {
        c.gate(GateKind::kH, 0, {QubitId{q}});
        for (std::uint32_t r = q + 1; r < n; ++r)
            c.gate(GateKind::kP, 1, {QubitId{r}, QubitId{q}}, {Param(1.0 / (1 + r - q))});
    }
    return c;
}

TEST(Score, a_program_with_room_for_all_copies_makes_the_pairs_of_its_placement) {
    CompileOptions options;
    options.partition.allow_moves = false;
    const Score score = score_circuit(qft(8), generate_network("full:4,qubits=2,comm=12"), options,
                                      models_from_names("all"), {});
    ASSERT_TRUE(score.placement && score.program);
    EXPECT_EQ(score.program->pairs, score.placement->steiner);
    EXPECT_EQ(score.placement->cat, score.placement->steiner) << "all QPUs are linked";
}

TEST(Score, models_of_placements_need_no_program) {
    CompileOptions options;
    const Network network = generate_network("line:2,qubits=4");
    options.placement = compile(qft(8), network, {}).placement;
    const Score score =
        score_circuit(qft(8), network, options, models_from_names("cat,teleport"), {});
    EXPECT_TRUE(score.placement);
    EXPECT_FALSE(score.program);
    EXPECT_EQ(score_json(score).find("physical"), std::string::npos);
    EXPECT_NE(score_text(score).find("cat "), std::string::npos);
}

TEST(Score, a_distributed_program_has_no_placement_to_score) {
    const Network network = generate_network("full:2,qubits=4");
    const Compilation compiled = compile(qft(8), network, {});
    const Score score =
        score_distributed(compiled.program, network, models_from_names("all"), {4, 0});
    EXPECT_FALSE(score.placement);
    EXPECT_EQ(score.program->pairs, compiled.program.pairs.size());
    EXPECT_NE(score_json(score).find("\"cat\": null"), std::string::npos);
}

TEST(Score, a_placement_that_does_not_fit_is_refused) {
    CompileOptions options;
    const Network network = generate_network("full:2,qubits=4");
    options.placement = compile(qft(8), network, {}).placement;
    options.placement->home.assign(8, QpuId{0});
    EXPECT_THROW(score_circuit(qft(8), network, options, models_from_names("physical"), {}),
                 InputError);
}

TEST(Score, unknown_models_are_refused) {
    EXPECT_THROW(models_from_names("cat,dog"), InputError);
    EXPECT_THROW(models_from_names(""), InputError);
    EXPECT_EQ(models_from_names("time,cat").size(), 2u);
}

}  // namespace
}  // namespace carillon
