// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/affine_frame.h"

#include <string>
#include <utility>

#include "carillon/base/error.h"

namespace carillon::engine {

AffineFrame::Handle AffineFrame::add_qubit() {
    qubits_.emplace_back();
    return static_cast<Handle>(qubits_.size() - 1);
}

void AffineFrame::set_mask(Handle h, const AxisSet& mask) {
    Qubit& qubit = qubits_[h];
    qubit.mask = mask;
    const bool bind = !mask.empty();
    if (bind == (qubit.place != kNotBound)) return;
    if (bind) {
        qubit.place = static_cast<std::uint32_t>(bound_.size());
        bound_.push_back(h);
        return;
    }
    qubits_[bound_.back()].place = qubit.place;
    bound_[qubit.place] = bound_.back();
    bound_.pop_back();
    qubit.place = kNotBound;
}

void AffineFrame::swap(Handle a, Handle b) {
    const AxisSet mask = qubits_[a].mask;
    set_mask(a, qubits_[b].mask);
    set_mask(b, mask);
    std::swap(qubits_[a].value, qubits_[b].value);
}

int AffineFrame::take_free_axis() {
    for (int bit = AxisSet::kFirstFree; bit < AxisSet::kFirstFree + AxisSet::kMaxFree; ++bit)
        if (!used_free_.has(bit)) {
            used_free_.flip(bit);
            return bit;
        }
    throw ResourceError("more than " + std::to_string(AxisSet::kMaxFree) +
                        " Bell pairs or fresh superpositions are alive at once; the state-vector "
                        "engine stops here, the stabilizer engine does not");
}

std::vector<int> AffineFrame::free_axes() const {
    std::vector<int> bits;
    for (int bit = AxisSet::kFirstFree; bit < AxisSet::kFirstFree + AxisSet::kMaxFree; ++bit)
        if (used_free_.has(bit)) bits.push_back(bit);
    return bits;
}

void AffineFrame::release_free_axis(int bit) {
    if (bit >= AxisSet::kFirstFree) used_free_.remove(bit);
}

void AffineFrame::shear(int bit, const AxisSet& others) {
    for (const Handle h : bound_)  // masks keep `bit`, so none becomes empty
        if (qubits_[h].mask.has(bit)) qubits_[h].mask ^= others;
    if (signs_.has(bit)) signs_ ^= others;
}

void AffineFrame::shear_back(int bit, const AxisSet& others) {
    for (const Handle h : bound_)
        if (qubits_[h].mask.dot(others)) qubits_[h].mask.flip(bit);
    if (signs_.dot(others)) signs_.flip(bit);
}

bool AffineFrame::eliminate(int bit, const AxisSet& others, bool constant) {
    AxisSet change = others;
    change.flip(bit);
    for (std::size_t k = bound_.size(); k-- > 0;) {  // backwards: set_mask may move the last one
        const Handle h = bound_[k];
        if (!qubits_[h].mask.has(bit)) continue;
        AxisSet mask = qubits_[h].mask;
        mask ^= change;
        qubits_[h].value ^= constant;
        set_mask(h, mask);
    }
    const bool in_signs = signs_.has(bit);
    if (in_signs) signs_ ^= change;
    release_free_axis(bit);
    return in_signs && constant;
}

void AffineFrame::rename(int from, int to) {
    const auto change = [&](AxisSet& set) {
        if (!set.has(from)) return;
        set.flip(from);
        set.flip(to);
    };
    for (const Handle h : bound_) change(qubits_[h].mask);
    change(signs_);
    release_free_axis(from);
}

auto AffineFrame::free_partner(Handle h) const -> std::optional<Handle> {
    const AxisSet& own = qubits_[h].mask;
    const int bit = own.highest();
    if (bit < AxisSet::kFirstFree || AxisSet::single(bit) != own) return std::nullopt;
    Handle partner = h;
    for (const Handle other : bound_) {
        if (other == h || !qubits_[other].mask.has(bit)) continue;
        if (partner != h || qubits_[other].mask != own) return std::nullopt;
        partner = other;
    }
    return partner;
}

std::optional<AxisSet> AffineFrame::flip_of(Handle h) const {
    const AxisSet& own = qubits_[h].mask;
    const int top = own.highest();
    bool alone = AxisSet::single(top) == own;
    for (const Handle other : bound_) {
        if (other == h) continue;
        if (qubits_[other].mask == own) return std::nullopt;
        alone = alone && !qubits_[other].mask.has(top);
    }
    if (alone) return own;

    // Solve  mask(other) . v = 0,  own . v = 1  by elimination to reduced echelon form.
    struct Row {
        AxisSet mask;
        bool right;
        int pivot;
    };
    std::vector<Row> rows;
    const auto insert = [&](AxisSet mask, bool right) {
        for (const Row& row : rows)
            if (mask.has(row.pivot)) mask ^= row.mask, right ^= row.right;
        const int pivot = mask.highest();
        if (pivot < 0) return !right;
        for (Row& row : rows)
            if (row.mask.has(pivot)) row.mask ^= mask, row.right ^= right;
        rows.push_back({mask, right, pivot});
        return true;
    };
    for (const Handle other : bound_)
        if (other != h) insert(qubits_[other].mask, false);
    if (!insert(own, true)) return std::nullopt;
    AxisSet v;
    for (const Row& row : rows)
        if (row.right) v.flip(row.pivot);
    return v;
}

}  // namespace carillon::engine
