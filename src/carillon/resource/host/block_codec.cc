// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/block_codec.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#ifdef CARILLON_HAS_ZSTD
#include <zstd.h>
#endif

#include "carillon/base/error.h"

namespace carillon::host {

namespace {

constexpr int kLevel = 1;  ///< of zstd; higher ones gain little on sorted bits

/// Row r of an 8 by 8 bit matrix is byte r.
std::uint64_t transposed(std::uint64_t x) {
    std::uint64_t t = (x ^ x >> 7) & 0x00AA00AA00AA00AA;
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & 0x0000CCCC0000CCCC;
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & 0x00000000F0F0F0F0;
    return x ^ t ^ t << 28;
}

/// Copies numbers, rounded to multiples of `step`, a power of two. Returns: the squared error.
template <class Real>
double rounded(const std::byte* from, std::size_t count, double step, std::byte* to) {
    // Adding and taking away a number whose last bit is worth `step` rounds to a multiple of it.
    // Large numbers, which it would spoil, stay as they are.
    constexpr int kDigits = sizeof(Real) == 4 ? 23 : 52;
    const auto large = static_cast<Real>(std::ldexp(step, kDigits - 2));
    const auto magic = static_cast<Real>(std::ldexp(1.5 * step, kDigits));
    double sum = 0;
    constexpr std::size_t kStretch = 64;
    for (std::size_t begin = 0; begin < count; begin += kStretch) {
        const std::size_t length = std::min(kStretch, count - begin);
        Real numbers[kStretch];
        std::memcpy(numbers, from + begin * sizeof(Real), length * sizeof(Real));
        for (std::size_t k = 0; k < length; ++k) {
            const Real x = numbers[k];
            const Real near = (x + magic) - magic;
            numbers[k] = std::abs(x) < large ? near : x;
            const double difference = static_cast<double>(x) - static_cast<double>(numbers[k]);
            sum += difference * difference;
        }
        std::memcpy(to + begin * sizeof(Real), numbers, length * sizeof(Real));
    }
    return sum;
}

}  // namespace

void sort_bits(std::span<const std::byte> numbers, int number_bytes, std::span<std::byte> planes) {
    const auto width = static_cast<std::size_t>(number_bytes);
    const std::size_t groups = numbers.size() / (8 * width);  // of eight numbers
    constexpr std::size_t kTogether = 8;
    for (std::size_t first = 0; first < groups; first += kTogether) {
        const std::size_t count = std::min(kTogether, groups - first);
        for (std::size_t b = 0; b < width; ++b) {
            std::byte rows[8][kTogether];  // by bit, by group
            for (std::size_t g = 0; g < count; ++g) {
                const std::byte* const at = &numbers[(first + g) * 8 * width + b];
                std::uint64_t bits = 0;
                for (std::size_t k = 0; k < 8; ++k)
                    bits |= static_cast<std::uint64_t>(at[k * width]) << (8 * k);
                bits = transposed(bits);
                for (std::size_t k = 0; k < 8; ++k)
                    rows[k][g] = static_cast<std::byte>(bits >> (8 * k));
            }
            for (std::size_t k = 0; k < 8; ++k)
                std::memcpy(&planes[(8 * b + k) * groups + first], rows[k], count);
        }
    }
}

void unsort_bits(std::span<const std::byte> planes, int number_bytes,
                 std::span<std::byte> numbers) {
    const auto width = static_cast<std::size_t>(number_bytes);
    const std::size_t groups = numbers.size() / (8 * width);
    constexpr std::size_t kTogether = 8;
    for (std::size_t first = 0; first < groups; first += kTogether) {
        const std::size_t count = std::min(kTogether, groups - first);
        for (std::size_t b = 0; b < width; ++b) {
            std::byte rows[8][kTogether];
            for (std::size_t k = 0; k < 8; ++k)
                std::memcpy(rows[k], &planes[(8 * b + k) * groups + first], count);
            for (std::size_t g = 0; g < count; ++g) {
                std::uint64_t bits = 0;
                for (std::size_t k = 0; k < 8; ++k)
                    bits |= static_cast<std::uint64_t>(rows[k][g]) << (8 * k);
                bits = transposed(bits);
                std::byte* const at = &numbers[(first + g) * 8 * width + b];
                for (std::size_t k = 0; k < 8; ++k)
                    at[k * width] = static_cast<std::byte>(bits >> (8 * k));
            }
        }
    }
}

#ifdef CARILLON_HAS_ZSTD

struct BlockCodec::Zstd {
    ZSTD_CCtx* pack = ZSTD_createCCtx();
    ZSTD_DCtx* unpack = ZSTD_createDCtx();
    Zstd() = default;
    Zstd(const Zstd&) = delete;
    Zstd& operator=(const Zstd&) = delete;
    ~Zstd() {
        ZSTD_freeCCtx(pack);
        ZSTD_freeDCtx(unpack);
    }
};

bool can_compress() {
    return true;
}

BlockCodec::BlockCodec(const BlockCoding& coding, std::size_t block_bytes)
    : coding_(coding), block_bytes_(block_bytes) {
    if (coding.compression == Compression::kNone) return;
    zstd_ = std::make_unique<Zstd>();
    packed_capacity_ = std::max(ZSTD_compressBound(block_bytes), block_bytes);
    sorted_ = std::make_unique_for_overwrite<std::byte[]>(block_bytes);
    packed_ = std::make_unique_for_overwrite<std::byte[]>(packed_capacity_);
}

auto BlockCodec::encode(std::span<const std::byte> block) -> Packed {
    if (!zstd_) return {};
    Packed result;
    std::span<const std::byte> numbers = block;
    if (coding_.compression == Compression::kBounded) {
        const double step = std::exp2(std::floor(std::log2(2 * coding_.error_bound)));
        const std::size_t count = block.size() / static_cast<std::size_t>(coding_.number_bytes);
        result.squared_error = coding_.number_bytes == 4
                                   ? rounded<float>(block.data(), count, step, packed_.get())
                                   : rounded<double>(block.data(), count, step, packed_.get());
        numbers = {packed_.get(), block.size()};
    }
    sort_bits(numbers, coding_.number_bytes, {sorted_.get(), block.size()});
    const std::size_t size = ZSTD_compressCCtx(zstd_->pack, packed_.get(), packed_capacity_,
                                               sorted_.get(), block.size(), kLevel);
    if (ZSTD_isError(size) != 0 || size >= block.size()) return {};
    result.bytes = {packed_.get(), size};
    return result;
}

bool BlockCodec::decode(std::span<const std::byte> packed, std::span<std::byte> block) {
    const std::size_t size = ZSTD_decompressDCtx(zstd_->unpack, sorted_.get(), block_bytes_,
                                                 packed.data(), packed.size());
    if (ZSTD_isError(size) != 0 || size != block.size()) return false;
    unsort_bits({sorted_.get(), block.size()}, coding_.number_bytes, block);
    return true;
}

std::size_t BlockCodec::bytes_for(const BlockCoding& coding, std::size_t block_bytes) {
    if (coding.compression == Compression::kNone) return 0;
    constexpr std::size_t kContexts = std::size_t{5} << 19;  // of zstd, both, as measured
    return block_bytes + std::max(ZSTD_compressBound(block_bytes), block_bytes) + kContexts;
}

#else

struct BlockCodec::Zstd {};

bool can_compress() {
    return false;
}

BlockCodec::BlockCodec(const BlockCoding& coding, std::size_t block_bytes)
    : coding_(coding), block_bytes_(block_bytes) {
    if (coding.compression != Compression::kNone)
        throw ResourceError(
            "this build of Carillon cannot compress: zstd was not found when it was built; install "
            "libzstd-dev and build again, or go without --compress");
}

auto BlockCodec::encode(std::span<const std::byte>) -> Packed {
    return {};
}

bool BlockCodec::decode(std::span<const std::byte>, std::span<std::byte>) {
    return false;
}

std::size_t BlockCodec::bytes_for(const BlockCoding&, std::size_t) {
    return 0;
}

#endif

BlockCodec::~BlockCodec() = default;

}  // namespace carillon::host
