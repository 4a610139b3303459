// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/act.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"

namespace carillon::substrate {
namespace {

std::vector<std::byte> packed_matrix() {
    const std::vector<std::uint32_t> qubits{3, 9};
    const std::vector<double> angles{0.25};
    Matrix matrix = Matrix::identity(1);
    matrix(0, 1) = Complex{0, 2};
    Act act;
    act.kind = ActKind::kGate;
    act.gate = GateKind::kUnitary;
    act.controls = 1;
    act.order = 7;
    act.key = std::uint64_t{1} << 63;
    act.uniform = 0.5;
    act.qubits = qubits;
    act.angles = angles;
    act.matrix = &matrix;
    act.text = "why";
    std::vector<std::byte> bytes;
    pack(act, bytes);
    pack(Act{}, bytes);
    return bytes;
}

TEST(Act, arrives_as_it_was_sent) {
    ActReader reader;
    reader.open(packed_matrix());
    const Act& act = reader.next();
    EXPECT_EQ(act.kind, ActKind::kGate);
    EXPECT_EQ(act.controls, 1);
    EXPECT_EQ(act.order, 7U);
    EXPECT_EQ(act.key, std::uint64_t{1} << 63);
    EXPECT_EQ(act.uniform, 0.5);
    EXPECT_EQ(act.qubits[1], 9U);
    EXPECT_EQ(act.angles[0], 0.25);
    EXPECT_EQ((*act.matrix)(0, 1), (Complex{0, 2}));
    EXPECT_EQ(act.text, "why");
    EXPECT_FALSE(reader.empty());
    EXPECT_EQ(reader.next().kind, ActKind::kEnd);
    EXPECT_TRUE(reader.empty());
}

TEST(Act, that_is_cut_short_is_an_error) {
    const std::vector<std::byte> whole = packed_matrix();
    for (std::size_t size = 1; size < whole.size(); ++size) {
        ActReader reader;
        reader.open({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
        EXPECT_THROW(
            {
                reader.next();
                reader.next();
            },
            InternalError)
            << size;
    }
}

}  // namespace
}  // namespace carillon::substrate
