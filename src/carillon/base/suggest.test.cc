// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace carillon {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"seed", "shots", "qubits", "success"};

TEST(Suggest, one_slip_finds_the_name) {
    EXPECT_EQ(closest_name("seeed", kNames), "seed");
    EXPECT_EQ(closest_name("sede", kNames), "seed");  // swapped letters count once
    EXPECT_EQ(closest_name("QUBIT", kNames), "qubits");
    EXPECT_EQ(closest_name("sucess", kNames), "success");
}

TEST(Suggest, a_far_word_finds_nothing) {
    EXPECT_EQ(closest_name("latency", kNames), "");
    EXPECT_EQ(closest_name("", kNames), "");
    EXPECT_EQ(closest_name(std::string(100000, 's'), kNames), "");
}

TEST(Suggest, message_ends_with_the_name_or_with_all_names) {
    EXPECT_EQ(suggestion("sed", kNames), "; did you mean \"seed\"?");
    EXPECT_EQ(suggestion("zzzz", kNames), "; known: seed, shots, qubits, success");
}

}  // namespace
}  // namespace carillon
