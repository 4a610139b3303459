// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "carillon/resource/engine/kernels/plan.h"

namespace carillon::engine {

/// A set of axes: those of the state vector (bit = axis number) and free ones, which are known to
/// be in |+> and have no place in the state vector.
struct AxisSet {
    static constexpr int kFreeWords = 7;
    static constexpr int kMaxFree = 64 * kFreeWords;
    static constexpr int kFirstFree = 64;  ///< bit numbers from here on are free axes

    std::array<std::uint64_t, 1 + kFreeWords> words{};

    static AxisSet single(int bit) {
        AxisSet s;
        s.flip(bit);
        return s;
    }
    std::uint64_t axes() const { return words[0]; }
    bool has(int bit) const { return (words[bit / 64] >> (bit % 64) & 1) != 0; }
    void flip(int bit) { words[bit / 64] ^= std::uint64_t{1} << (bit % 64); }
    void remove(int bit) { words[bit / 64] &= ~(std::uint64_t{1} << (bit % 64)); }
    bool empty() const {
        std::uint64_t any = 0;
        for (const std::uint64_t w : words) any |= w;
        return any == 0;
    }
    /// Highest bit number in the set, -1 when empty; at least kFirstFree when it has a free axis.
    int highest() const {
        for (int w = kFreeWords; w >= 0; --w)
            if (words[w] != 0) return 64 * w + 63 - std::countl_zero(words[w]);
        return -1;
    }
    bool has_free() const { return highest() >= kFirstFree; }
    /// Parity of the intersection: a linear function of the other set.
    bool dot(const AxisSet& other) const {
        std::uint64_t both = 0;
        for (std::size_t w = 0; w < words.size(); ++w) both ^= words[w] & other.words[w];
        return odd_parity(both);
    }
    AxisSet& operator^=(const AxisSet& other) {
        for (std::size_t w = 0; w < words.size(); ++w) words[w] ^= other.words[w];
        return *this;
    }
    friend bool operator==(const AxisSet&, const AxisSet&) = default;
};

/// The classical half of a register: how the value of every qubit hangs on the axes.
///
/// In the basis state x of all axes (free ones included) qubit h has the value
/// masks(h) . x  xor  value(h), and the amplitude carries the sign (-1)^(signs . x). CX, X, Z, SWAP
/// and all of entanglement by Bell pairs act here alone. The masks together span all axes in use.
class AffineFrame {
  public:
    using Handle = std::uint32_t;

    Handle add_qubit();
    std::size_t size() const { return qubits_.size(); }

    const AxisSet& mask(Handle h) const { return qubits_[h].mask; }
    bool value(Handle h) const { return qubits_[h].value; }
    void set_value(Handle h, bool value) { qubits_[h].value = value; }
    void set_mask(Handle h, const AxisSet& mask);
    bool definite(Handle h) const { return qubits_[h].place == kNotBound; }
    void swap(Handle a, Handle b);

    /// The qubits whose mask is not empty, in no particular order.
    const std::vector<Handle>& bound() const { return bound_; }

    const AxisSet& signs() const { return signs_; }
    /// Multiplies by (-1)^(mask . x).
    void add_signs(const AxisSet& mask) { signs_ ^= mask; }

    /// A free axis not in use, as a bit number.
    ///
    /// Throws: ResourceError when there is none.
    int take_free_axis();
    std::vector<int> free_axes() const;

    /// Writes axis `bit` as itself xor `others` . x, everywhere.
    void shear(int bit, const AxisSet& others);
    /// Writes the axes in `others` as themselves xor `bit`, everywhere.
    void shear_back(int bit, const AxisSet& others);
    /// Replaces axis `bit` by `others` . x xor `constant`, everywhere; it is no longer in use.
    /// Returns: whether the state changes its sign.
    bool eliminate(int bit, const AxisSet& others, bool constant);
    /// Gives axis `from` the number `to`, which is not in use.
    void rename(int from, int to);

    /// The other half when `h` is half of a Bell pair that nothing else hangs on; `h` itself when
    /// its mask is a free axis that no other qubit has; otherwise none.
    std::optional<Handle> free_partner(Handle h) const;

    /// The set v of axes whose flip flips qubit h and no other, or none when the value of h is
    /// determined by the other qubits.
    std::optional<AxisSet> flip_of(Handle h) const;

  private:
    static constexpr std::uint32_t kNotBound = 0xffffffff;
    struct Qubit {
        AxisSet mask;
        bool value = false;
        std::uint32_t place = kNotBound;  ///< in bound_
    };

    void release_free_axis(int bit);

    std::vector<Qubit> qubits_;
    std::vector<Handle> bound_;
    AxisSet signs_;
    AxisSet used_free_;
};

}  // namespace carillon::engine
