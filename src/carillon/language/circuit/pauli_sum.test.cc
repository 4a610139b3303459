// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/pauli_sum.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"

namespace carillon {
namespace {

std::string error_of(const std::string& text, std::uint32_t qubits = 5) {
    try {
        parse_pauli_sum(text, "h.txt", qubits);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(PauliSum, factors_strings_and_constants_are_read) {
    const PauliSum sum = parse_pauli_sum(
        "# a molecule\n0.5 Z1 Z0\n\n  -2e-1\tX3 Y4 # two\nIZXYI\r\n+3\n1.5 I\nI2 Y1\n", "h", 5);
    ASSERT_EQ(sum.terms.size(), 6);
    const std::vector<PauliFactor> zz = {{0, Pauli::kZ}, {1, Pauli::kZ}};
    EXPECT_EQ(sum.terms[0].factors, zz);
    EXPECT_EQ(sum.terms[0].coefficient, 0.5);
    const std::vector<PauliFactor> xy = {{3, Pauli::kX}, {4, Pauli::kY}};
    EXPECT_EQ(sum.terms[1].factors, xy);
    EXPECT_EQ(sum.terms[1].coefficient, -0.2);
    const std::vector<PauliFactor> string = {{1, Pauli::kY}, {2, Pauli::kX}, {3, Pauli::kZ}};
    EXPECT_EQ(sum.terms[2].factors, string);
    EXPECT_EQ(sum.terms[2].coefficient, 1);
    EXPECT_EQ(sum.terms[3].coefficient, 3);
    EXPECT_TRUE(sum.terms[3].factors.empty());
    EXPECT_TRUE(sum.terms[4].factors.empty());
    EXPECT_EQ(sum.terms[5].factors, (std::vector<PauliFactor>{{1, Pauli::kY}}));
}

TEST(PauliSum, one_letter_is_a_string_for_one_qubit) {
    EXPECT_EQ(parse_pauli_sum("2 X", "h", 1).terms[0].factors,
              (std::vector<PauliFactor>{{0, Pauli::kX}}));
}

TEST(PauliSum, errors_name_line_and_column) {
    EXPECT_EQ(error_of("0.5 Z0\n1 X0 Q1\n").find("h.txt:2:6: "), 0);
    EXPECT_EQ(error_of("0.5 Z0\n0,5 Z1\n").find("h.txt:2:1: "), 0);
    EXPECT_EQ(error_of("nan Z0").find("h.txt:1:1: "), 0);
    EXPECT_EQ(error_of("1e999 Z0").find("h.txt:1:1: "), 0);
    EXPECT_EQ(error_of("(0.5+1j) Z0").find("h.txt:1:1: "), 0);
    EXPECT_NE(error_of("1 X0 Z3 Y0").find("1:9: the term names qubit 0 twice"), std::string::npos);
    EXPECT_NE(error_of("1 X5").find("the program's qubits are 0 to 4"), std::string::npos);
    EXPECT_NE(error_of("1 X99999999999").find("0 to 4"), std::string::npos);
    EXPECT_NE(error_of("1 XYZ").find("has 3 letters, and the program 5 qubits"), std::string::npos);
    EXPECT_NE(error_of("1 XYZII Z0").find("1:9: "), std::string::npos);
    EXPECT_NE(error_of("# nothing\n").find("there is no term"), std::string::npos);
}

}  // namespace
}  // namespace carillon
