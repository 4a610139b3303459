// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/sweep.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"

namespace carillon {
namespace {

using Texts = std::vector<std::string>;

TEST(Sweep, a_range_includes_an_end_that_a_step_reaches) {
    EXPECT_EQ(parse_sweep("t=0:0.1:0.3").values, (Texts{"0", "0.1", "0.2", "0.3"}));
    EXPECT_EQ(parse_sweep("t=0:0.4:1").values, (Texts{"0", "0.4", "0.8"}));
    EXPECT_EQ(parse_sweep("t=1:-0.5:-1").values, (Texts{"1", "0.5", "0", "-0.5", "-1"}));
    EXPECT_EQ(parse_sweep("t=0:0.1:1").values.size(), 11);
    EXPECT_EQ(parse_sweep("t=2:1:2").values, (Texts{"2"}));
}

TEST(Sweep, whole_numbers_stay_whole_and_pi_is_a_number) {
    EXPECT_EQ(parse_sweep("n=8:-4:0").values, (Texts{"8", "4", "0"}));
    const Texts angles = parse_sweep("theta=-pi/2:pi/4:3*pi/2").values;
    ASSERT_EQ(angles.size(), 9);
    EXPECT_EQ(angles[0], "-1.5707963267949");
    EXPECT_EQ(angles[2], "0");
    EXPECT_EQ(angles[8], "4.71238898038469");
}

TEST(Sweep, lists_and_single_values_are_kept_as_they_are_written) {
    EXPECT_EQ(parse_sweep("t=0.5").values, (Texts{"0.5"}));
    EXPECT_EQ(parse_sweep("t=0.5,pi/2,1e-3").values, (Texts{"0.5", "pi/2", "1e-3"}));
    EXPECT_EQ(parse_sweep("w={1, 2, 3}").values, (Texts{"{1, 2, 3}"}));
    EXPECT_EQ(parse_sweep("b=\"0101\"").values, (Texts{"\"0101\""}));
    EXPECT_EQ(parse_sweep("t=0.5").name, "t");
}

TEST(Sweep, what_is_no_range_is_an_input_error) {
    for (const char* wrong :
         {"t", "=1", "t=", "t=1:2", "t=1:2:3:4", "t=0:0:1", "t=0:-1:1", "t=0:x:1",
          "t=0:1:", "t=0:1e-9:1", "t=0:pi/0:1", "t=0:--1:1", "t=nan:1:2", "t=1,,2", "t=0:1:inf"})
        EXPECT_THROW(parse_sweep(wrong), InputError) << wrong;
}

TEST(Sweep, all_combinations_come_the_last_input_fastest) {
    const std::vector<Sweep> sweeps{{"a", {"1", "2"}}, {"b", {"x", "y", "z"}}};
    const auto all = combinations(sweeps);
    ASSERT_EQ(all.size(), 6);
    EXPECT_EQ(all[1].at("a"), "1");
    EXPECT_EQ(all[1].at("b"), "y");
    EXPECT_EQ(all[3].at("a"), "2");
    EXPECT_EQ(all[3].at("b"), "x");
    EXPECT_EQ(combinations({}).size(), 1);
}

TEST(Sweep, an_input_given_twice_or_too_many_combinations_are_input_errors) {
    const std::vector<Sweep> twice{{"a", {"1"}}, {"a", {"2"}}};
    EXPECT_THROW(combinations(twice), InputError);
    std::vector<Sweep> many;
    for (const char* name : {"a", "b", "c", "d"}) many.push_back({name, Texts(100, "1")});
    EXPECT_THROW(combinations(many), InputError);
}

}  // namespace
}  // namespace carillon
