// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/unitarity.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace carillon {
namespace {

TEST(UnitarityError, finds_one_wrong_entry_at_every_size) {
    for (int qubits = 1; qubits <= 8; ++qubits) {
        Matrix m = gate_matrix(GateKind::kU3, std::array{0.3, 0.4, 0.5});
        while (m.qubits < qubits) m = add_controls(m, 1);
        EXPECT_LT(unitarity_error(m), 1e-14);
        Matrix wrong = m;
        wrong.data.back() *= 1.001;
        EXPECT_GT(unitarity_error(wrong), 1e-4) << qubits << " qubits";
        wrong = m;
        wrong.data[1] = std::nan("");
        EXPECT_TRUE(std::isnan(unitarity_error(wrong)));
    }
}

}  // namespace
}  // namespace carillon
