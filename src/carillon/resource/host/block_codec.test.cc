// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/block_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon::host {
namespace {

template <class Real>
std::vector<Real> random_reals(std::size_t count, double scale) {
    Random random(7);
    std::vector<Real> reals(count);
    for (Real& r : reals) r = static_cast<Real>((random.uniform() - 0.5) * scale);
    return reals;
}

TEST(BlockCodec, sorted_bits_are_planes_of_one_bit_each) {
    std::vector<float> numbers(16, 0.0F);
    numbers[3] = -0.0F;  // only its sign is set: bit 31, the eighth of byte 3
    std::vector<std::byte> planes(64);
    sort_bits(std::as_bytes(std::span(numbers)), 4, planes);
    std::vector<std::byte> expected(64);
    expected[31 * 2] = std::byte{1 << 3};
    EXPECT_EQ(planes, expected);
}

TEST(BlockCodec, sorting_bits_and_back_changes_nothing) {
    for (const int width : {4, 8})
        for (const std::size_t numbers : {8U, 24U, 64U, 200U, 4096U}) {
            Random random(numbers);
            std::vector<std::byte> before(numbers * width), planes(before.size()),
                after(before.size());
            for (std::byte& b : before) b = static_cast<std::byte>(random());
            sort_bits(before, width, planes);
            unsort_bits(planes, width, after);
            EXPECT_EQ(before, after) << numbers;
        }
}

TEST(BlockCodec, compresses_unless_the_build_cannot_and_then_says_so) {
    const auto make = [] { BlockCodec({.compression = Compression::kLossless}, 4096); };
    if (can_compress())
        EXPECT_NO_THROW(make());
    else
        EXPECT_THROW(make(), ResourceError);
}

TEST(BlockCodec, lossless_gives_the_same_bits_and_shrinks_what_repeats) {
    if (!can_compress()) GTEST_SKIP() << "built without zstd";
    std::vector<double> numbers(4096);
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = std::cos(0.1 * (k % 64));
    BlockCodec codec({.compression = Compression::kLossless}, 4096 * 8);
    const auto packed = codec.encode(std::as_bytes(std::span(numbers)));
    EXPECT_EQ(packed.squared_error, 0);
    ASSERT_FALSE(packed.bytes.empty());
    EXPECT_LT(packed.bytes.size(), 4096U * 8 / 8);
    const std::vector<std::byte> kept(packed.bytes.begin(), packed.bytes.end());
    std::vector<double> back(4096);
    ASSERT_TRUE(codec.decode(kept, std::as_writable_bytes(std::span(back))));
    EXPECT_EQ(std::memcmp(numbers.data(), back.data(), 4096 * 8), 0);
}

TEST(BlockCodec, what_does_not_shrink_comes_back_empty) {
    if (!can_compress()) GTEST_SKIP() << "built without zstd";
    Random random(5);
    std::vector<std::uint64_t> noise(512);
    for (auto& n : noise) n = random();
    BlockCodec codec({.compression = Compression::kLossless}, 4096);
    EXPECT_TRUE(codec.encode(std::as_bytes(std::span(noise))).bytes.empty());
}

template <class Real>
void bound_holds(double bound) {
    auto numbers = random_reals<Real>(4096, 0.1);
    numbers[5] = 1;
    numbers[6] = static_cast<Real>(bound * 1.5);
    const BlockCoding coding{
        .compression = Compression::kBounded, .number_bytes = sizeof(Real), .error_bound = bound};
    BlockCodec codec(coding, 4096 * sizeof(Real));
    const auto packed = codec.encode(std::as_bytes(std::span(numbers)));
    ASSERT_FALSE(packed.bytes.empty());
    const std::vector<std::byte> kept(packed.bytes.begin(), packed.bytes.end());
    std::vector<Real> back(4096);
    ASSERT_TRUE(codec.decode(kept, std::as_writable_bytes(std::span(back))));
    double squares = 0, worst = 0;
    for (std::size_t k = 0; k < back.size(); ++k) {
        const double difference = double{back[k]} - double{numbers[k]};
        squares += difference * difference;
        worst = std::max(worst, std::abs(difference));
    }
    EXPECT_LE(worst, bound);
    EXPECT_GT(worst, bound / 8);  // the room that the bound gives is used
    EXPECT_NEAR(packed.squared_error, squares, 1e-12 * squares);
}

TEST(BlockCodec, rounding_keeps_the_bound_and_tells_its_error) {
    if (!can_compress()) GTEST_SKIP() << "built without zstd";
    for (const double bound : {1e-2, 1e-4, 3e-7}) {
        bound_holds<double>(bound);
        if (bound > 1e-6) bound_holds<float>(bound);
    }
}

TEST(BlockCodec, a_smaller_bound_takes_more_room) {
    if (!can_compress()) GTEST_SKIP() << "built without zstd";
    const auto numbers = random_reals<double>(4096, 0.1);
    std::size_t before = 0;
    for (const double bound : {1e-2, 1e-4, 1e-6, 1e-9}) {
        BlockCodec codec({.compression = Compression::kBounded, .error_bound = bound}, 4096 * 8);
        const std::size_t size = codec.encode(std::as_bytes(std::span(numbers))).bytes.size();
        EXPECT_GT(size, before);
        before = size;
    }
}

TEST(BlockCodec, damaged_bytes_are_refused_or_differ) {
    if (!can_compress()) GTEST_SKIP() << "built without zstd";
    std::vector<double> numbers(512, 0.25);
    BlockCodec codec({.compression = Compression::kLossless}, 4096);
    const auto packed = codec.encode(std::as_bytes(std::span(numbers)));
    const std::vector<std::byte> kept(packed.bytes.begin(), packed.bytes.end());
    std::vector<std::byte> back(4096);
    EXPECT_FALSE(codec.decode(std::span(kept).first(kept.size() / 2), back));
}

}  // namespace
}  // namespace carillon::host
