// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/rewriter.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

#include "carillon/resource/engine/pauli.h"

namespace carillon::engine::passes {

namespace {

constexpr double kTiny = 1e-14;        ///< rounding of products of a few matrices
constexpr double kUnitary = 1e-9;      ///< how far a matrix may be from unitary to be taken as one
constexpr std::size_t kMostZeros = 3;  ///< conditions on 0 that become phases on 1
constexpr double kHalf = std::numbers::sqrt2 / 2;
constexpr Matrix2 kHadamard{kHalf, kHalf, kHalf, -kHalf};

bool unitary(const Matrix2& m) {
    return std::abs(std::norm(m[0]) + std::norm(m[2]) - 1) < kUnitary &&
           std::abs(std::norm(m[1]) + std::norm(m[3]) - 1) < kUnitary &&
           std::abs(std::conj(m[0]) * m[1] + std::conj(m[2]) * m[3]) < kUnitary;
}

bool diagonal(const Matrix2& m) {
    return std::abs(m[1]) < kTiny && std::abs(m[2]) < kTiny;
}

/// Conditions that are each on one axis, split by the value they ask for; false when one is not.
bool single_axes(std::span<const Condition> conditions, std::uint64_t& ones, std::uint64_t& zeros) {
    ones = zeros = 0;
    for (const Condition& c : conditions) {
        if (!std::has_single_bit(c.mask)) return false;
        (c.odd ? ones : zeros) |= c.mask;
    }
    return (ones & zeros) == 0 && std::popcount(zeros) <= static_cast<int>(kMostZeros);
}

/// Eigenvectors of a unitary matrix, as columns, and its eigenvalues.
struct Eigen2 {
    Matrix2 vectors;
    Complex first, second;

    explicit Eigen2(const Matrix2& m) {
        // m = mean + r (n . sigma); the projector on the first eigenvector is (1 + n . sigma)/2.
        const Complex mean = (m[0] + m[3]) / 2.0;
        const Complex root = std::sqrt((m[0] - m[3]) * (m[0] - m[3]) / 4.0 + m[1] * m[2]);
        first = mean + root;
        second = mean - root;
        // Of the columns of the projector the longer one is the more exact.
        Complex a = m[0] - second, b = m[2];
        if (std::norm(a) + std::norm(b) < std::norm(m[1]) + std::norm(m[3] - second))
            a = m[1], b = m[3] - second;
        const double length = std::sqrt(std::norm(a) + std::norm(b));
        a /= length;
        b /= length;
        vectors = {a, -std::conj(b), b, std::conj(a)};
    }
};

}  // namespace

void Rewriter::emit_phase(std::uint64_t ones, Complex factor) {
    if (std::abs(factor - 1.0) < kTiny) return;
    Item item;
    item.kind = ItemKind::kPhase;
    item.reads = ones;
    item.factor = factor;
    items_.list.push_back(item);
}

/// Leaves diag(1, phase) pending on the axis.
void Rewriter::emit_rotation(int axis) {
    Pending& pending = pending_[axis];
    if (pending.diagonal) return;
    const std::uint64_t bit = std::uint64_t{1} << axis;
    const Matrix2& u = pending.matrix;
    const double c = std::abs(u[0]), s = std::abs(u[2]);
    Item rotation;
    rotation.kind = ItemKind::kRotation;
    rotation.flips = bit;
    Complex before, after, scalar;
    if (c >= s) {
        scalar = u[0] / c;
        // From u[3], which is never small: u[1] may be nothing but rounding.
        after = u[2] / (s * scalar);
        before = u[3] / (c * scalar * after);
        rotation.tangent[0] = s / c;
        rotation.factor = c;
    } else {
        scalar = c < kTiny ? u[2] / s : -u[0] / c;
        after = u[2] / (s * scalar);
        before = u[1] / (s * scalar);
        rotation.tangent[0] = c < kTiny ? 0 : c / s;
        rotation.factor = s;
        rotation.exchanged[0] = true;
    }
    scalar_ *= scalar;
    emit_phase(bit, before / std::abs(before));
    items_.list.push_back(rotation);
    pending = {{1, 0, 0, after / std::abs(after)}, true};
}

void Rewriter::emit_all(int axis) {
    emit_rotation(axis);
    emit_phase(std::uint64_t{1} << axis, pending_[axis].matrix[3]);
    pending_[axis] = {};
    last_flips_[axis].clear();
}

void Rewriter::emit_reads(std::uint64_t axes) {
    for (; axes != 0; axes &= axes - 1) {
        const int axis = std::countr_zero(axes);
        emit_rotation(axis);
        last_flips_[axis].clear();
    }
}

/// A unitary on one axis.
void Rewriter::one(int axis, const Matrix2& matrix) {
    Pending& pending = pending_[axis];
    if (!diagonal(matrix) && !last_flips_[axis].empty()) make_phases(axis);
    Matrix2 m = pending.diagonal && pending.matrix[3] == Complex{1}
                    ? matrix
                    : multiply(matrix, pending.matrix);
    if (diagonal(m)) {
        scalar_ *= m[0];
        m = {1, 0, 0, m[3] / m[0]};
        pending = {m, true};
    } else {
        pending = {m, false};
    }
}

/// The controlled X at the end of an axis become phases between two H.
void Rewriter::make_phases(int axis) {
    const std::uint64_t bit = std::uint64_t{1} << axis;
    bool first = true;
    for (const std::uint32_t at : last_flips_[axis]) {
        Item& item = items_.list[at];
        item = Item{.kind = ItemKind::kPhase, .factor = -1, .reads = item.reads | bit};
        if (std::exchange(first, false))  // H = rotation by t = 1 after Z; its place was kept
            items_.list[at - 1] = {
                .kind = ItemKind::kRotation, .tangent = {1, 0}, .factor = kHalf, .flips = bit};
    }
    const std::uint32_t begin = last_flips_[axis].front();
    items_.list[begin - 2] = {.kind = ItemKind::kPhase, .factor = -1, .reads = bit};
    last_flips_[axis].clear();
    pending_[axis].matrix = multiply(pending_[axis].matrix, kHadamard);
    pending_[axis].diagonal = false;
}

void Rewriter::phase(std::uint64_t ones, std::uint64_t zeros, Complex factor) {
    if (!std::has_single_bit(ones | zeros)) emit_reads(ones | zeros);
    // (1 - b) for every axis that must be 0: a sum over its subsets with alternating exponents.
    for (std::uint64_t subset = zeros;; subset = (subset - 1) & zeros) {
        const Complex f = (std::popcount(subset) & 1) != 0 ? 1.0 / factor : factor;
        const std::uint64_t all = ones | subset;
        if (all == 0)
            scalar_ *= f;
        else if (std::has_single_bit(all))
            one(std::countr_zero(all), {1, 0, 0, f});
        else
            emit_phase(all, f);
        if (subset == 0) break;
    }
}

void Rewriter::scale(Complex factor, Conditions conditions) {
    if (conditions.empty()) {
        scalar_ *= factor;
        return;
    }
    std::uint64_t ones = 0, zeros = 0;
    const bool unit = std::abs(std::abs(factor) - 1) < kUnitary;
    if (unit && single_axes(conditions, ones, zeros)) return phase(ones, zeros, factor);
    if (unit && std::popcount(conditions.back().mask) == 2 &&
        single_axes(conditions.first(conditions.size() - 1), ones, zeros) &&
        ((ones | zeros) & conditions.back().mask) == 0) {
        // a xor b = a + b - 2ab
        const std::uint64_t both = conditions.back().mask, a = both & -both, b = both ^ a;
        const Complex f = conditions.back().odd ? factor : 1.0 / factor;
        if (!conditions.back().odd) phase(ones, zeros, factor);
        phase(ones | a, zeros, f);
        phase(ones | b, zeros, f);
        return phase(ones | both, zeros, 1.0 / (f * f));
    }
    emit_reads(axes_of(conditions));
    general(ItemKind::kScale, 0, axes_of(conditions), conditions).factor = factor;
}

Item& Rewriter::general(ItemKind kind, std::uint64_t flips, std::uint64_t reads,
                        Conditions conditions) {
    Item item;
    item.kind = kind;
    item.flips = flips;
    item.reads = reads & ~flips;
    item.first = static_cast<std::uint32_t>(items_.conditions.size());
    item.count = static_cast<std::uint32_t>(conditions.size());
    items_.conditions.insert(items_.conditions.end(), conditions.begin(), conditions.end());
    items_.list.push_back(item);
    return items_.list.back();
}

void Rewriter::controlled_x(std::uint64_t ones, int axis) {
    const std::uint64_t bit = std::uint64_t{1} << axis;
    if (!pending_[axis].diagonal) {
        one(axis, kHadamard);
        phase(ones | bit, 0, -1);
        return one(axis, kHadamard);
    }
    emit_reads(ones);
    if (pending_[axis].matrix[3] != Complex{1}) emit_all(axis);
    const bool fresh = last_flips_[axis].empty();
    if (fresh) {  // room for an H before, should this become a phase
        items_.list.emplace_back();
        items_.list.emplace_back();
    }
    Item flip;
    flip.kind = ItemKind::kShift;
    flip.flips = bit;
    flip.reads = ones;
    flip.first = static_cast<std::uint32_t>(items_.conditions.size());
    for (std::uint64_t rest = ones; rest != 0; rest &= rest - 1)
        items_.conditions.push_back({rest & -rest, true});
    flip.count = static_cast<std::uint32_t>(items_.conditions.size()) - flip.first;
    last_flips_[axis].push_back(static_cast<std::uint32_t>(items_.list.size()));
    items_.list.push_back(flip);
}

void Rewriter::shift(std::uint64_t shift, Conditions conditions) {
    std::uint64_t ones = 0, zeros = 0;
    if (std::has_single_bit(shift) && single_axes(conditions, ones, zeros) &&
        ((ones | zeros) & shift) == 0) {
        const int axis = std::countr_zero(shift);
        if (conditions.empty()) return one(axis, {0, 1, 1, 0});
        if (zeros == 0) return controlled_x(ones, axis);
    }
    for (std::uint64_t rest = shift; rest != 0; rest &= rest - 1) emit_all(std::countr_zero(rest));
    emit_reads(axes_of(conditions) & ~shift);
    general(ItemKind::kShift, shift, axes_of(conditions), conditions);
}

void Rewriter::controlled(std::uint64_t ones, std::uint64_t zeros, int axis,
                          const Matrix2& matrix) {
    const std::uint64_t bit = std::uint64_t{1} << axis;
    if (diagonal(matrix)) {
        phase(ones, zeros, matrix[0]);
        return phase(ones | bit, zeros, matrix[3] / matrix[0]);
    }
    const Eigen2 eigen(matrix);
    const Matrix2& v = eigen.vectors;
    one(axis, {std::conj(v[0]), std::conj(v[2]), std::conj(v[1]), std::conj(v[3])});
    phase(ones, zeros, eigen.first);
    phase(ones | bit, zeros, eigen.second / eigen.first);
    one(axis, v);
}

void Rewriter::pair(std::uint64_t shift, std::uint64_t parity, bool inverted, const Matrix2& matrix,
                    Conditions conditions) {
    std::uint64_t ones = 0, zeros = 0;
    if (std::has_single_bit(shift) && parity == shift && unitary(matrix) &&
        single_axes(conditions, ones, zeros) && ((ones | zeros) & shift) == 0) {
        const int axis = std::countr_zero(shift);
        const Matrix2 m = inverted ? Matrix2{matrix[3], matrix[2], matrix[1], matrix[0]} : matrix;
        if (conditions.empty()) return one(axis, m);
        return controlled(ones, zeros, axis, m);
    }
    const std::uint64_t reads = axes_of(conditions) | parity;
    for (std::uint64_t rest = shift; rest != 0; rest &= rest - 1) emit_all(std::countr_zero(rest));
    emit_reads(reads & ~shift);
    Item& item = general(ItemKind::kPair, shift, reads, conditions);
    item.parity = parity;
    item.inverted = inverted;
    item.matrix = static_cast<std::uint32_t>(items_.matrices.size());
    items_.matrices.push_back({1, {matrix[0], matrix[1], matrix[2], matrix[3]}});
}

void Rewriter::interaction(int a, int b, double x, double y, double z) {
    const std::uint64_t first = std::uint64_t{1} << a, second = std::uint64_t{1} << b;
    Complex even = std::polar(1.0, z), odd = std::polar(1.0, -z);
    if (std::abs(x) > kTiny || std::abs(y) > kTiny) {
        emit_all(a);
        emit_all(b);
        Item item{.kind = ItemKind::kInteraction, .flips = first | second};
        const std::array angles{x - y, x + y};
        std::array<Complex, 2> scalars;
        for (std::size_t parity = 0; parity < 2; ++parity) {
            const double c = std::cos(angles[parity]), s = std::sin(angles[parity]);
            item.exchanged[parity] = std::abs(s) > std::abs(c);
            item.tangent[parity] = item.exchanged[parity] ? -c / s : s / c;
            scalars[parity] = item.exchanged[parity] ? Complex{0, s} : Complex{c, 0};
        }
        item.factor = std::abs(scalars[0]);
        items_.list.push_back(item);
        even *= scalars[0] / std::abs(scalars[0]);
        odd *= scalars[1] / std::abs(scalars[0]);
    }
    // What belongs to odd parity: a xor b = a + b - 2ab. A factor that is not of modulus 1 must not
    // meet the gates on one axis, which are taken to be unitary.
    scalar_ *= even;
    const Complex ratio = odd / even;
    const double size = std::abs(ratio);
    emit_phase(first, size);
    emit_phase(second, size);
    one(a, {1, 0, 0, ratio / size});
    one(b, {1, 0, 0, ratio / size});
    emit_reads(first | second);
    emit_phase(first | second, 1.0 / (ratio * ratio));
}

void Rewriter::matrix(const Matrix& matrix, std::span<const int> targets, Conditions conditions) {
    std::uint64_t flips = 0;
    for (const int t : targets) flips |= std::uint64_t{1} << t;
    for (const int t : targets) emit_all(t);
    emit_reads(axes_of(conditions) & ~flips);
    Item& item = general(ItemKind::kMatrix, flips, axes_of(conditions), conditions);
    item.first_target = static_cast<std::uint32_t>(items_.targets.size());
    items_.targets.insert(items_.targets.end(), targets.begin(), targets.end());
    item.matrix = static_cast<std::uint32_t>(items_.matrices.size());
    items_.matrices.push_back(matrix);
}

Items Rewriter::take(Complex& scalar) {
    for (int axis = 0; axis < kAxes; ++axis) emit_all(axis);
    std::erase_if(items_.list, [](const Item& item) {
        return item.kind == ItemKind::kPhase && item.reads == 0;
    });
    scalar = std::exchange(scalar_, Complex{1});
    return std::exchange(items_, {});
}

}  // namespace carillon::engine::passes
