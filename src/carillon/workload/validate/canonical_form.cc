// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/canonical_form.h"

#include <algorithm>
#include <cmath>

namespace carillon::validation {

namespace {

/// Phases smaller than this stop no merging; they still add up.
constexpr double kSmallPhase = 1e-9;
/// Matrix entries smaller than this count as zero.
constexpr double kZero = 1e-10;
/// Axes nearer than this to the equator choose their sign by the next coordinate.
constexpr double kTie = 1e-6;
/// More negated wires than this in one phase are kept as they are: 2^n terms otherwise.
constexpr std::size_t kMostNegated = 6;

constexpr std::uint64_t kNegatedBit = std::uint64_t{1} << 31;
constexpr std::uint64_t kSymbolTag = std::uint64_t{0xffffffff} << 32;

/// Of n and -n the one that stands for both.
bool points_down(const std::array<double, 3>& n) {
    if (std::abs(n[2]) > kTie) return n[2] < 0;
    if (std::abs(n[0]) > kTie) return n[0] < 0;
    return n[1] < 0;
}

/// m * diag(1, e^{i angle}).
Matrix2 after_phase(const Matrix2& m, double angle) {
    if (angle == 0) return m;
    const Complex e = std::polar(1.0, angle);
    return {m[0], m[1] * e, m[2], m[3] * e};
}

}  // namespace

void CanonicalForm::phase(std::span<const Literal> literals, const Angle& angle) {
    literals_.assign(literals.begin(), literals.end());
    for (Literal& l : literals_) l.negated ^= wires_[l.wire].flip;
    std::ranges::sort(literals_, [](Literal x, Literal y) { return x.wire < y.wire; });
    for (std::size_t i = 1; i < literals_.size(); ++i)  // n n = n, n (1 - n) = 0
        if (literals_[i].wire == literals_[i - 1].wire) {
            if (literals_[i].negated != literals_[i - 1].negated) return;
            literals_.erase(literals_.begin() + static_cast<std::ptrdiff_t>(i--));
        }
    if (angle.value != 0) expand(literals_, 0, angle.value);
    if (angle.symbol != 0) expand(literals_, angle.symbol, angle.factor);
}

void CanonicalForm::expand(std::span<const Literal> literals, std::uint32_t symbol, double angle) {
    const auto negated =
        static_cast<std::size_t>(std::ranges::count_if(literals, &Literal::negated));
    if (negated == 0 || negated > kMostNegated) return add_term(literals, symbol, angle);
    // The product of (1 - n) over the negated wires is a sum over their subsets.
    for (std::size_t chosen = 0; chosen < std::size_t{1} << negated; ++chosen) {
        subset_.clear();
        std::size_t index = 0;
        bool odd = false;
        for (const Literal l : literals) {
            if (l.negated) {
                const bool in = chosen >> index++ & 1;
                if (!in) continue;
                odd = !odd;
            }
            subset_.push_back({l.wire, false});
        }
        add_term(subset_, symbol, odd ? -angle : angle);
    }
}

void CanonicalForm::add_term(std::span<const Literal> wires, std::uint32_t symbol, double angle) {
    if (wires.empty()) return;  // a global phase
    if (wires.size() == 1 && symbol == 0) {
        Wire& w = wires_[wires[0].wire];
        w.phase = reduced(w.phase + (wires[0].negated ? -angle : angle));
        return;
    }
    key_.clear();
    for (const Literal l : wires)
        key_.push_back(std::uint64_t{l.wire} << 32 | (l.negated ? kNegatedBit : 0) | depth(l.wire));
    if (symbol != 0) key_.push_back(kSymbolTag | symbol);
    const std::uint32_t number = phase_keys_.insert(key_);
    if (number == phase_angles_.size()) {
        phase_angles_.push_back(0);
        phase_origins_.push_back(0);
    }
    double& sum = phase_angles_[number];
    const bool before = std::abs(sum) >= kSmallPhase;
    sum += angle;
    if (symbol == 0) sum = reduced(sum);
    phase_origins_[number] = origin_;
    const bool now = std::abs(sum) >= kSmallPhase;
    if (before == now) return;
    for (const Literal l : wires) wires_[l.wire].phases += now ? 1 : -1;
}

void CanonicalForm::unitary(std::uint32_t wire, const Matrix2& m) {
    Wire& w = wires_[wire];
    Matrix2 total = w.flip ? Matrix2{m[1], m[0], m[3], m[2]} : m;
    total = after_phase(total, w.phase);
    w.flip = false;
    w.phase = 0;
    std::uint64_t origin = origin_;
    if (w.phases == 0 && !w.events.empty() && w.events.back().kind == EventKind::kRotation) {
        const Event& last = w.events.back();
        total = multiply(total, rotation_to_z(last.axis));
        w.phases = last.phases_before;
        w.events.pop_back();
    }
    push_rotation(wire, total, origin);
}

void CanonicalForm::push_rotation(std::uint32_t wire, Matrix2 m, std::uint64_t origin) {
    Wire& w = wires_[wire];
    if (std::abs(m[1]) < kZero) {  // diagonal
        w.phase = reduced(std::arg(m[3]) - std::arg(m[0]));
        return;
    }
    if (std::abs(m[0]) < kZero) {  // X times diag(m[2], m[1])
        w.flip = true;
        w.phase = reduced(std::arg(m[1]) - std::arg(m[2]));
        return;
    }
    Event event;
    event.axis = measured_axis(m);
    event.origin = origin;
    event.phases_before = w.phases;
    if (points_down(event.axis)) {
        for (double& v : event.axis) v = -v;
        w.flip = true;
    }
    // m = rest * rotation; rest is diagonal, or X times a diagonal.
    const Matrix2 rest = multiply(m, adjoint(rotation_to_z(event.axis)));
    w.phase = w.flip ? reduced(std::arg(rest[1]) - std::arg(rest[2]))
                     : reduced(std::arg(rest[3]) - std::arg(rest[0]));
    w.phases = 0;
    w.events.push_back(event);
}

void CanonicalForm::separator(EventKind kind, std::uint32_t wire, std::uint32_t payload,
                              std::uint32_t extra) {
    Wire& w = wires_[wire];
    Event event;
    event.kind = kind;
    event.axis[0] = w.phase;
    event.flip = w.flip;
    event.payload = payload;
    event.extra = extra;
    event.origin = origin_;
    event.phases_before = w.phases;
    w.events.push_back(event);
    w.phase = 0;
    w.phases = 0;
    w.flip = false;
}

std::string CanonicalForm::difference_of(const Event& x, const Event& y) {
    static constexpr std::array kNames = {"a gate",        "a measurement",   "a reset",
                                          "a matrix gate", "a block's start", "an else branch",
                                          "a block's end"};
    if (x.kind != y.kind)
        return std::string(kNames[static_cast<std::size_t>(x.kind)]) + " against " +
               kNames[static_cast<std::size_t>(y.kind)];
    if (x.kind == EventKind::kRotation) {
        double worst = 0;
        for (int i = 0; i < 3; ++i) worst = std::max(worst, std::abs(x.axis[i] - y.axis[i]));
        return worst < kAngleTolerance ? "" : "a different one-qubit gate";
    }
    if (x.payload != y.payload)
        return std::string(kNames[static_cast<std::size_t>(x.kind)]) + " of another operation";
    if (x.extra != y.extra)
        return std::string("qubits end elsewhere at ") + kNames[static_cast<std::size_t>(x.kind)];
    if (x.flip != y.flip)
        return std::string("an X more or less before ") + kNames[static_cast<std::size_t>(x.kind)];
    if (std::abs(reduced(x.axis[0] - y.axis[0])) > kAngleTolerance)
        return std::string("another phase before ") + kNames[static_cast<std::size_t>(x.kind)];
    return {};
}

bool CanonicalForm::phases_agree(const CanonicalForm& a, const CanonicalForm& b,
                                 Divergence& where) {
    for (std::uint32_t number = 0; number < a.phase_keys_.size(); ++number) {
        const auto key = a.phase_keys_.tuple(number);
        const auto other = b.phase_keys_.find(key);
        const double mine = a.phase_angles_[number];
        const double theirs = other ? b.phase_angles_[*other] : 0;
        const bool symbolic = (key.back() & kSymbolTag) == kSymbolTag;
        const double difference = symbolic ? mine - theirs : reduced(mine - theirs);
        if (std::abs(difference) <= kAngleTolerance) continue;
        where.found = true;
        where.wire = static_cast<std::uint32_t>(key[0] >> 32);
        if (mine != 0) where.origin_a = a.phase_origins_[number];
        if (theirs != 0) where.origin_b = b.phase_origins_[*other];
        where.what = "the phases of " + std::to_string(key.size() - symbolic) +
                     " qubits together differ by " + std::to_string(difference);
        return false;
    }
    return true;
}

CanonicalForm::Divergence CanonicalForm::compare(const CanonicalForm& a, const CanonicalForm& b) {
    Divergence where;
    if (a.num_wires() != b.num_wires()) {
        where.found = true;
        where.what = "another number of qubits";
        return where;
    }
    for (std::uint32_t wire = 0; wire < a.num_wires(); ++wire) {
        const Wire &x = a.wires_[wire], &y = b.wires_[wire];
        const std::size_t shared = std::min(x.events.size(), y.events.size());
        std::size_t i = 0;
        while (i < shared && where.what.empty())
            where.what = difference_of(x.events[i], y.events[i]), ++i;
        if (!where.what.empty()) --i;
        if (where.what.empty() && x.events.size() != y.events.size())
            where.what = "an operation that the other lacks";
        if (where.what.empty() && x.flip != y.flip) where.what = "an X more or less at the end";
        if (where.what.empty() && std::abs(reduced(x.phase - y.phase)) > kAngleTolerance)
            where.what = "another phase at the end";
        if (where.what.empty()) continue;
        where.found = true;
        where.wire = wire;
        if (i < x.events.size()) where.origin_a = x.events[i].origin;
        if (i < y.events.size()) where.origin_b = y.events[i].origin;
        return where;
    }
    if (!phases_agree(a, b, where)) return where;
    Divergence swapped;
    if (!phases_agree(b, a, swapped)) {
        std::swap(swapped.origin_a, swapped.origin_b);
        return swapped;
    }
    return where;
}

}  // namespace carillon::validation
