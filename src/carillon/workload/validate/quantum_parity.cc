// SPDX-License-Identifier: Apache-2.0
// The part of QuantumMemory that does a CX on qubits with copies.
#include <algorithm>
#include <numbers>

#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/quantum_memory.h"

namespace carillon::validation {

namespace {

constexpr double kRootHalf = std::numbers::sqrt2 / 2;
constexpr Matrix2 kHadamard{kRootHalf, kRootHalf, kRootHalf, -kRootHalf};

}  // namespace

bool QuantumMemory::holds_parity(Physical p) const {
    const Content& c = contents_[p];
    return c.wires.size() > 1 && !c.turned &&
           std::ranges::none_of(c.wires, [&](std::uint32_t w) { return is_pair(w); });
}

/// Whether a CX only changes what its target holds a copy of. A target whose copies have all been
/// given back, but not yet all their corrections, still counts.
bool QuantumMemory::acts_on_parities(Physical control, Physical target) const {
    if (!sole(target)) return true;
    const std::uint32_t wire = contents_[target].wires[0];
    return !is_pair(wire) && !wires_[wire].pending.empty() &&
           std::ranges::none_of(contents_[control].wires,
                                [&](std::uint32_t w) { return is_pair(w); });
}

/// Copies are changed one CX at a time: two on one copy before the first on another would look like
/// none when they cancel, and like an exchange of two qubits when each controls the other.
bool QuantumMemory::must_wait(GateKind kind, int controls,
                              std::span<const Physical> operands) const {
    if (std::ranges::none_of(operands, [&](Physical p) { return holds_parity(p); })) return false;
    if (controls != 0) return true;
    return kind != GateKind::kX && kind != GateKind::kH && kind != GateKind::kSwap;
}

/// A CX that changes only what its target holds a copy of.
void QuantumMemory::copy_or_uncopy(Physical control, Physical target) {
    const Content source = contents_[control];
    if (source.wires.empty()) throw Difference(names_.name(control) + " holds no qubit");
    std::vector<std::uint32_t> changed = contents_[target].wires;
    changed.insert(changed.end(), source.wires.begin(), source.wires.end());
    for (const std::uint32_t w : source.wires) toggle_wire(target, w);
    Content& c = contents_[target];
    for (const Definition o : source.outcomes) toggle(c.outcomes, o);
    c.flip ^= source.flip;
    for (const std::uint32_t w : changed) absorb_controls(w);
}

/// Finds wires that every holder of `wire` holds too.
void QuantumMemory::absorb_controls(std::uint32_t wire) {
    if (is_pair(wire) || wires_[wire].holders.empty() || wires_[wire].region != region()) return;
    if (wires_[wire].products != 0) return;  // its value must not change
    const std::vector<std::uint32_t> held = contents_[wires_[wire].holders[0]].wires;
    for (const std::uint32_t y : held) {
        const auto& holders = wires_[wire].holders;
        if (y == wire || is_pair(y) || wires_[y].region != region()) continue;
        if (wires_[y].holders.size() <= holders.size()) continue;  // y must stand alone somewhere
        if (std::ranges::all_of(holders, [&](Physical h) {
                return std::ranges::binary_search(contents_[h].wires, y);
            }))
            absorb(wire, y);
    }
}

/// Every holder of `wire` holds `wire` + `control`: from now on `wire` stands for that.
void QuantumMemory::absorb(std::uint32_t wire, std::uint32_t control) {
    const std::vector<Physical> holders = wires_[wire].holders;
    for (const Physical h : holders) {
        touch(h);
        toggle_wire(h, control);
        if (contents_[h].wires.size() == 1) settled_.push_back(h);
    }
    for (const Definition o : wires_[wire].pending) toggle(wires_[control].pending, o);
    const Literal both[] = {{wire, false}, {control, false}};
    form_.unitary(wire, kHadamard);
    form_.phase(both, {std::numbers::pi});
    form_.unitary(wire, kHadamard);
}

}  // namespace carillon::validation
