// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/expectation.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/engine/frame_inverse.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/memory.h"
#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine {

using kernels::kBlock;
using kernels::kBlockBits;
using kernels::offset_of;

namespace {

using Handle = AffineFrame::Handle;

constexpr int kTileBits = 12;        ///< amplitudes of a tile: 32 KiB in single precision
constexpr int kSpanBits = 3;         ///< a pass takes 2^kSpanBits tiles at a time
constexpr std::size_t kShares = 32;  ///< of a pass, for threads; fixed, so that sums are too

/// A product of Paulis over the axes of the state: factor times the real or imaginary part of the
/// sum over x of (-1)^(signs.x) psi(x) psi*(x^flip).
struct AxisTerm {
    std::uint64_t flip, signs;
    bool imaginary;
    double factor;
    std::size_t number;  ///< of the term in the sum
};

/// Terms [begin, end) that are equal but for their signs.
struct Group {
    std::uint64_t flip;
    bool imaginary;
    std::size_t begin, end;
};

/// Groups done in one pass, and the tiles it takes at a time: all sums of the basis.
struct GroupPass {
    std::vector<Group> groups;
    std::vector<std::uint64_t> basis;  ///< over numbers of tiles; each highest bit is its own
};

/// Writes terms over qubits as terms over axes.
template <class Real>
class Reduction {
  public:
    Reduction(Register<Real>& reg, std::span<const Handle> qubits, const PauliSum& sum)
        : reg_(reg), qubits_(qubits) {
        for (const PauliTerm& term : sum.terms)
            for (const PauliFactor& f : term.factors) {
                if (f.qubit >= qubits.size())
                    throw InputError("the observable names qubit " + std::to_string(f.qubit) +
                                     ", and the state has " + std::to_string(qubits.size()));
                reg.see_pauli(qubits[f.qubit], f.pauli);  // applies gates in the way
            }
    }

    /// Adds the term to the list, or its value to `values` when that needs no pass.
    void reduce(const PauliTerm& term, std::size_t number, const FrameInverse& inverse,
                std::vector<AxisTerm>& terms, std::vector<double>& values) {
        const AffineFrame& frame = reg_.affine().frame();
        flipped_.assign(frame.size(), false);
        AxisSet signs;
        bool negative = false;
        int quarter_turns = 0;  // powers of i: Y = i X Z
        for (const PauliFactor& f : term.factors) {
            const Handle h = qubits_[f.qubit];
            const SignedPauli p = reg_.see_pauli(h, f.pauli);
            negative ^= p.negative;
            if (p.axis != Axis::kZ) flipped_[h] = true;
            if (p.axis == Axis::kY) ++quarter_turns;
            if (p.axis == Axis::kX) continue;
            signs ^= frame.mask(h);
            negative ^= frame.value(h);
        }
        values[number] = 0;
        const auto flip = inverse.axes_of(flipped_);
        if (!flip || signs.has_free()) return;  // orthogonal; or a free axis in |+> gets a sign
        negative ^= frame.signs().dot(*flip);
        // i^quarter_turns times a real or imaginary sum.
        negative ^= ((quarter_turns + 1) / 2) % 2 == 1;
        const double factor = negative ? -1 : 1;
        if (flip->axes() == 0 && signs.empty()) {
            values[number] = factor;
            return;
        }
        terms.push_back({flip->axes(), signs.axes(), quarter_turns % 2 == 1, factor, number});
    }

  private:
    Register<Real>& reg_;
    std::span<const Handle> qubits_;
    std::vector<bool> flipped_;
};

std::vector<Group> group(std::vector<AxisTerm>& terms, int tile_bits) {
    const std::uint64_t within = (std::uint64_t{1} << tile_bits) - 1;
    std::ranges::sort(terms, {}, [within](const AxisTerm& t) {
        return std::tuple(t.flip, t.imaginary, t.signs & within, t.signs, t.number);
    });
    std::vector<Group> groups;
    for (std::size_t k = 0; k < terms.size(); ++k) {
        const AxisTerm& t = terms[k];
        if (groups.empty() || groups.back().flip != t.flip ||
            groups.back().imaginary != t.imaginary)
            groups.push_back({t.flip, t.imaginary, k, k});
        groups.back().end = k + 1;
    }
    return groups;
}

/// What is left of a vector when the basis is used on it; 0 when it is in the span.
std::uint64_t reduced(std::uint64_t vector, std::span<const std::uint64_t> basis) {
    for (const std::uint64_t b : basis)
        if ((vector & std::bit_floor(b)) != 0) vector ^= b;
    return vector;
}

/// Shares passes out: the flip beyond a tile that most groups have first, then others that widen
/// the span, and every group within it.
std::vector<GroupPass> plan_passes(const std::vector<Group>& groups, int tile_bits) {
    std::map<std::uint64_t, std::vector<Group>> classes;
    for (const Group& g : groups) classes[g.flip >> tile_bits].push_back(g);
    std::vector<std::pair<std::uint64_t, std::vector<Group>>> left(classes.begin(), classes.end());
    std::ranges::stable_sort(left, std::greater{}, [](const auto& c) { return c.second.size(); });
    std::vector<GroupPass> passes;
    while (!left.empty()) {
        GroupPass pass;
        for (const auto& [flip, members] : left) {
            const std::uint64_t vector = reduced(flip, pass.basis);
            if (vector == 0 || pass.basis.size() == kSpanBits) continue;
            for (std::uint64_t& b : pass.basis)
                if ((b & std::bit_floor(vector)) != 0) b ^= vector;
            pass.basis.push_back(vector);
        }
        std::erase_if(left, [&](const auto& entry) {
            if (reduced(entry.first, pass.basis) != 0) return false;
            pass.groups.insert(pass.groups.end(), entry.second.begin(), entry.second.end());
            return true;
        });
        passes.push_back(std::move(pass));
    }
    return passes;
}

/// Sums the terms over tiles; one for each share of a pass.
template <class Real>
class TileSums {
  public:
    TileSums(const Real* stored, int tile_bits, std::span<const AxisTerm> terms)
        : stored_(stored), tile_bits_(tile_bits), terms_(terms), sums_(terms.size()) {
        buffer_.grow(3 * sizeof(Real) << tile_bits);
    }
    const std::vector<double>& sums() const { return sums_; }

    /// Adds a group's terms over tile `a` and, when its flip leads out of the tile, the other one.
    void add(const Group& group, std::uint64_t a) {
        const std::uint64_t other = group.flip >> tile_bits_;
        const std::uint64_t size = std::uint64_t{1} << tile_bits_;
        if (other != 0 && (a & std::bit_floor(other)) != 0) return;  // comes with the other one
        auto* const products = static_cast<Real*>(buffer_.data());
        kernels::overlap_products(at(a), at(a ^ other), group.flip & (size - 1), size,
                                  group.imaginary, products);
        weight_ = other != 0 ? 2 : 1;
        tile_ = a;
        transform(products, tile_bits_, group.begin, group.end, products + size);
    }

  private:
    const Real* at(std::uint64_t tile) const { return stored_ + offset_of(tile << tile_bits_); }

    /// Goes down to the terms [begin, end) by their signs' bits, highest first.
    void transform(const Real* in, int bits, std::size_t begin, std::size_t end, Real* free) {
        if (bits == 0) {
            for (std::size_t k = begin; k < end; ++k) {
                const bool odd = odd_parity(terms_[k].signs >> tile_bits_ & tile_);
                sums_[k] += (odd ? -weight_ : weight_) * static_cast<double>(in[0]);
            }
            return;
        }
        const std::uint64_t half = std::uint64_t{1} << (bits - 1);
        std::size_t split = begin;
        while (split < end && (terms_[split].signs & half) == 0) ++split;
        for (const bool minus : {false, true}) {
            const std::size_t first = minus ? split : begin, last = minus ? end : split;
            if (first == last) continue;
            if (half >= kBlock) {
                kernels::fold(in, half, minus, free);
            } else {
                for (std::uint64_t i = 0; i < half; ++i)
                    free[i] = minus ? in[i] - in[half + i] : in[i] + in[half + i];
            }
            transform(free, bits - 1, first, last, free + std::max(half, kBlock));
        }
    }

    const Real* stored_;
    int tile_bits_;
    std::span<const AxisTerm> terms_;
    std::vector<double> sums_;
    PageBuffer buffer_;
    double weight_ = 1;
    std::uint64_t tile_ = 0;
};

/// Calls visit for the tiles that a step of a pass takes, the sums of its basis from `base` on.
template <class Visit>
void for_span(std::uint64_t base, std::span<const std::uint64_t> basis, const Visit& visit) {
    visit(base);
    for (std::uint64_t k = 1; k < std::uint64_t{1} << basis.size(); ++k)
        visit(base ^= basis[std::countr_zero(k)]);
}

template <class Real>
std::vector<double> run_pass(const Real* stored, std::uint64_t size, ThreadTeam& team,
                             int tile_bits, const GroupPass& pass,
                             std::span<const AxisTerm> terms) {
    std::uint64_t own = 0;  // bits that the basis steps over
    for (const std::uint64_t b : pass.basis) own |= std::bit_floor(b);
    const std::uint64_t tiles = std::max<std::uint64_t>(size >> tile_bits, 1);
    const std::uint64_t share = (tiles + kShares - 1) / kShares;
    std::vector<std::vector<double>> sums((tiles + share - 1) / share);
    team.parallel_for(tiles, share, [&](std::size_t begin, std::size_t end) {
        TileSums<Real> own_sums(stored, tile_bits, terms);
        for (std::uint64_t base = begin; base < end; ++base) {
            if ((base & own) != 0) continue;
            // Groups outside: a group's two tiles then come close together in time.
            for (const Group& group : pass.groups)
                for_span(base, pass.basis, [&](std::uint64_t tile) { own_sums.add(group, tile); });
        }
        sums[begin / share] = own_sums.sums();
    });
    std::vector<double> total(terms.size());
    for (const auto& part : sums)
        for (std::size_t k = 0; k < part.size(); ++k) total[k] += part[k];
    return total;
}

/// What the terms give over amplitudes in one memory is added to `values`, by the terms' numbers.
/// Returns: passes.
template <class Real>
std::uint64_t add_terms(const Real* stored, int axes, ThreadTeam& team, std::vector<AxisTerm> terms,
                        std::span<double> values, std::size_t& group_count) {
    const int tile_bits = std::clamp(axes, kBlockBits, kTileBits);
    const std::vector<Group> groups = group(terms, tile_bits);
    group_count = groups.size();
    std::uint64_t passes = 0;
    for (const GroupPass& pass : plan_passes(groups, tile_bits)) {
        const std::vector<double> sums =
            run_pass(stored, std::uint64_t{1} << axes, team, tile_bits, pass, terms);
        for (std::size_t k = 0; k < terms.size(); ++k)
            values[terms[k].number] += terms[k].factor * sums[k];
        ++passes;
    }
    return passes;
}

/// A term as it acts on a piece that has all the axes it flips.
template <class Real>
AxisTerm on_piece(AxisTerm term, const Piece<Real>& piece) {
    std::uint64_t flip = 0, signs = 0;
    for (std::size_t place = 0; place < piece.axis_at.size(); ++place) {
        flip |= (term.flip >> piece.axis_at[place] & 1) << place;
        signs |= (term.signs >> piece.axis_at[place] & 1) << place;
    }
    if (odd_parity(term.signs & piece.outside)) term.factor = -term.factor;
    term.flip = flip;
    term.signs = signs;
    return term;
}

/// X on all but the lowest axis of `flip` where that is 1: turns a flip of many axes into one of
/// the lowest, and back.
passes::Items fan_out(std::uint64_t flip) {
    passes::Items items;
    items.conditions.push_back({flip & -flip, true});
    items.list.push_back({.kind = passes::ItemKind::kShift,
                          .flips = flip & (flip - 1),
                          .reads = flip & -flip,
                          .count = 1});
    return items;
}

/// Over a state that is spread: terms together whose flips fit inside a piece together.
template <class Real>
std::uint64_t add_terms(LargeState<Real>& state, ThreadTeam& team, std::vector<AxisTerm> terms,
                        std::span<double> values, std::size_t& group_count) {
    std::uint64_t passes = 0;
    std::ranges::stable_sort(terms, {}, &AxisTerm::flip);
    while (!terms.empty()) {
        std::uint64_t inside = 0;
        const std::uint64_t wide =
            std::popcount(terms[0].flip) > state.room_inside() ? terms[0].flip : 0;
        std::vector<AxisTerm> now, later;
        if (wide != 0) {
            state.run(fan_out(wide), 1);
            inside = wide & -wide;
        }
        for (AxisTerm& term : terms) {
            if (wide != 0) {
                const bool same = term.flip == wide;
                if (same) {
                    term.flip = inside;
                    if (odd_parity(term.signs & wide & ~inside)) term.signs ^= inside;
                }
                (same ? now : later).push_back(term);
                continue;
            }
            const bool fits = std::popcount(inside | term.flip) <= state.room_inside();
            if (fits) inside |= term.flip;
            (fits ? now : later).push_back(term);
        }
        std::vector<double> sums(values.size());
        const auto look = [&](const Piece<Real>& piece) {
            std::vector<AxisTerm> local;
            for (const AxisTerm& term : now) local.push_back(on_piece(term, piece));
            std::size_t groups = 0;
            passes += add_terms(piece.stored, static_cast<int>(piece.axis_at.size()), team,
                                std::move(local), std::span(sums), groups);
            group_count += groups;
        };
        state.collect(inside, look, sums);
        for (std::size_t k = 0; k < sums.size(); ++k) values[k] += sums[k];
        if (wide != 0) state.run(fan_out(wide), 1);
        terms = std::move(later);
    }
    return passes;
}

}  // namespace

template <class Real>
Expectation expectation(Register<Real>& reg, std::span<const Handle> qubits, const PauliSum& sum) {
    Expectation result;
    result.terms.resize(sum.terms.size());
    Reduction<Real> reduction(reg, qubits, sum);
    const FrameInverse inverse(reg.affine().frame());
    std::vector<AxisTerm> terms;
    for (std::size_t k = 0; k < sum.terms.size(); ++k)
        reduction.reduce(sum.terms[k], k, inverse, terms, result.terms);
    const StateVector<Real>& state = reg.affine().state();
    if (LargeState<Real>* const large = state.large())
        result.passes = add_terms(*large, state.team(), terms, result.terms, result.groups);
    else
        result.passes = add_terms(state.stored(), state.axes(), state.team(), terms, result.terms,
                                  result.groups);
    for (std::size_t k = 0; k < sum.terms.size(); ++k)
        result.value += sum.terms[k].coefficient * result.terms[k];
    return result;
}

template Expectation expectation(Register<float>&, std::span<const Handle>, const PauliSum&);
template Expectation expectation(Register<double>&, std::span<const Handle>, const PauliSum&);

}  // namespace carillon::engine
