// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace carillon::host {

enum class Compression : std::uint8_t {
    kNone,
    kLossless,  ///< the same bits come back
    kBounded,   ///< every number comes back within a bound
};

/// How blocks of numbers are written.
struct BlockCoding {
    Compression compression = Compression::kNone;
    int number_bytes = 8;    ///< 4: float, 8: double
    double error_bound = 0;  ///< kBounded: most that a number may differ by
};

/// True when this build can compress.
bool can_compress();

/// Makes blocks smaller: the bits of the numbers are sorted by their place (all signs, then all
/// highest bits of exponents, ...), which puts those together that are alike, and packed by zstd.
/// With a bound, numbers are rounded to multiples of the largest power of two that keeps it.
///
/// An object belongs to one thread. Blocks that are all zero, and what does not shrink, are for the
/// caller to see: see encode().
class BlockCodec {
  public:
    /// Args:
    ///     block_bytes: of every block, a multiple of eight numbers.
    ///
    /// Throws: ResourceError when the coding compresses and this build cannot.
    BlockCodec(const BlockCoding& coding, std::size_t block_bytes);
    ~BlockCodec();
    BlockCodec(const BlockCodec&) = delete;
    BlockCodec& operator=(const BlockCodec&) = delete;

    struct Packed {
        std::span<const std::byte> bytes;  ///< empty: does not shrink; valid until the next call
        double squared_error = 0;          ///< sum over the numbers
    };
    Packed encode(std::span<const std::byte> block);
    /// Returns: false when the bytes are not what encode() gave.
    bool decode(std::span<const std::byte> packed, std::span<std::byte> block);

    /// Memory that one holds.
    static std::size_t bytes_for(const BlockCoding& coding, std::size_t block_bytes);

  private:
    struct Zstd;

    BlockCoding coding_;
    std::size_t block_bytes_;
    std::unique_ptr<Zstd> zstd_;
    std::unique_ptr<std::byte[]> sorted_, packed_;
    std::size_t packed_capacity_ = 0;
};

/// Sorts the bits of numbers of `number_bytes` by their place in the number, and back. The sizes
/// are equal and a multiple of eight numbers.
void sort_bits(std::span<const std::byte> numbers, int number_bytes, std::span<std::byte> planes);
void unsort_bits(std::span<const std::byte> planes, int number_bytes, std::span<std::byte> numbers);

}  // namespace carillon::host
