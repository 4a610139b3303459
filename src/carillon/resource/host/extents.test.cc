// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/extents.h"

#include <gtest/gtest.h>

#include <vector>

#include "carillon/base/random.h"

namespace carillon::host {
namespace {

TEST(Extents, neighbours_that_come_back_are_one_gap) {
    Extents extents;
    EXPECT_EQ(extents.take(4), 0U);
    EXPECT_EQ(extents.take(4), 4U);
    EXPECT_EQ(extents.take(8), 8U);
    EXPECT_EQ(extents.take(1), 16U);
    extents.give(4, 4);
    extents.give(8, 8);
    EXPECT_EQ(extents.take(12), 4U);
    extents.give(0, 4);
    EXPECT_EQ(extents.end(), 17U);
    extents.give(16, 1);
    EXPECT_EQ(extents.end(), 16U);
    extents.give(4, 12);
    EXPECT_EQ(extents.end(), 0U);
    EXPECT_EQ(extents.in_use(), 0U);
}

TEST(Extents, stretches_in_use_never_overlap) {
    Random random(3);
    Extents extents;
    std::vector<int> owner(1 << 14);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> held;
    std::uint64_t sum = 0;
    for (int k = 1; k < 2000; ++k) {
        if (held.size() > 20 && random.below(2) == 0) {
            std::swap(held[random.below(held.size())], held.back());
            const auto [offset, bytes] = held.back();
            held.pop_back();
            for (std::uint64_t b = offset; b < offset + bytes; ++b) owner[b] = 0;
            extents.give(offset, bytes);
            sum -= bytes;
        } else if (held.size() < 100) {
            const std::uint64_t bytes = 1 + random.below(30);
            const std::uint64_t offset = extents.take(bytes);
            ASSERT_LE(offset + bytes, extents.end());
            for (std::uint64_t b = offset; b < offset + bytes; ++b) {
                ASSERT_EQ(owner[b], 0);
                owner[b] = k;
            }
            held.emplace_back(offset, bytes);
            sum += bytes;
        }
        ASSERT_EQ(extents.in_use(), sum);
    }
}

}  // namespace
}  // namespace carillon::host
