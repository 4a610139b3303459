// SPDX-License-Identifier: Apache-2.0
#include "rivals.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace carillon::bench {

namespace {

struct Gate {
    std::vector<int> controls, targets;
    GateKind kind = GateKind::kId;

    bool touches(const Gate& other) const {
        const auto has = [&](int q) {
            return std::ranges::find(other.controls, q) != other.controls.end() ||
                   std::ranges::find(other.targets, q) != other.targets.end();
        };
        return std::ranges::any_of(controls, has) || std::ranges::any_of(targets, has);
    }
};

std::vector<Gate> gates_of(const Circuit& circuit) {
    std::vector<Gate> gates;
    for (const Operation& op : circuit.body()) {
        Gate gate;
        gate.kind = op.gate;
        for (const QubitId q : circuit.qubits(op))
            (gate.controls.size() < op.controls ? gate.controls : gate.targets)
                .push_back(static_cast<int>(static_cast<std::size_t>(q)));
        gates.push_back(std::move(gate));
    }
    return gates;
}

// QuEST

/// Moves half of the state, or a half of a half ... where there are controls.
void add_exchange(Moved& moved, double states, int bit) {
    moved.states += states;
    ++moved.exchanges;
    ++moved.messages;
    moved.by_bit[bit] += states;
}

void quest_gate(Moved& moved, const Gate& gate, int prefix) {
    const double with_controls = std::ldexp(1.0, -static_cast<int>(gate.controls.size()));
    std::vector<int> bits;
    for (const int q : gate.targets)
        if (q >= prefix) bits.push_back(q - prefix);
    if (bits.empty() || gate_info(gate.kind).diagonal) return;
    if (gate.kind == GateKind::kSwap) return add_exchange(moved, with_controls / 2, bits[0]);
    // X, Y, Hadamard, rotations and Pauli gadgets: every amplitude that meets the controls.
    const bool gadget = gate.kind == GateKind::kRxx || gate.kind == GateKind::kRyy;
    if (gate.targets.size() == 1 || gadget) return add_exchange(moved, with_controls, bits[0]);
    // Dense on several: each target is swapped in and back, and no control helps.
    for (const int bit : bits)
        for (int way = 0; way < 2; ++way) add_exchange(moved, 0.5, bit);
}

// Aer

class CacheBlocking {
  public:
    CacheBlocking(int qubits, int block, AerDiagonal diagonal)
        : block_(block), diagonal_(diagonal), place_(qubits) {
        for (int q = 0; q < qubits; ++q) place_[at(q)] = q;
    }

    Moved run(std::vector<Gate> left) {
        std::vector<int> blocked;  // at first the lowest, as they are
        for (int q = 0; q < block_; ++q) blocked.push_back(q);
        while (!left.empty()) {
            left = take(left, blocked);
            if (left.empty()) break;
            blocked = choose(left);
            swap_in(blocked);
        }
        return moved_;
    }

  private:
    static std::size_t at(int q) { return static_cast<std::size_t>(q); }
    bool is_diagonal(const Gate& gate) const {
        if (diagonal_ == AerDiagonal::kAll) return gate_info(gate.kind).diagonal;
        if (!gate.controls.empty()) return false;
        return gate.kind == GateKind::kP || gate.kind == GateKind::kZ ||
               gate.kind == GateKind::kS || gate.kind == GateKind::kSdg ||
               gate.kind == GateKind::kT || gate.kind == GateKind::kTdg;
    }
    static bool fits(const Gate& gate, const std::vector<int>& blocked) {
        return std::ranges::all_of(
            gate.targets, [&](int q) { return std::ranges::find(blocked, q) != blocked.end(); });
    }
    /// Does what is in the block or diagonal and shares no qubit with what must wait before it.
    /// Returns: what waits.
    std::vector<Gate> take(const std::vector<Gate>& gates, const std::vector<int>& blocked) const {
        std::vector<Gate> waiting;
        for (const Gate& gate : gates) {
            const bool can = is_diagonal(gate) || fits(gate, blocked);
            const auto meets = [&](const Gate& other) { return gate.touches(other); };
            if (!can || std::ranges::any_of(waiting, meets)) waiting.push_back(gate);
        }
        return waiting;
    }
    /// Targets in the order of the gates, each gate's all or none, until the block is full.
    std::vector<int> choose(const std::vector<Gate>& gates) const {
        std::vector<int> blocked;
        for (const Gate& gate : gates) {
            if (static_cast<int>(blocked.size()) >= block_) break;
            std::vector<int> more;
            for (const int q : gate.targets)
                if (std::ranges::find(blocked, q) == blocked.end()) more.push_back(q);
            if (static_cast<int>(blocked.size() + more.size()) <= block_)
                blocked.insert(blocked.end(), more.begin(), more.end());
        }
        return blocked;
    }
    /// Those outside take the places, from the lowest, that no blocked qubit has; all at once.
    void swap_in(const std::vector<int>& blocked) {
        std::vector<bool> kept(at(block_));
        std::vector<int> coming;
        for (const int q : blocked) {
            if (place_[at(q)] < block_)
                kept[at(place_[at(q)])] = true;
            else
                coming.push_back(q);
        }
        std::size_t place = 0;
        for (const int q : coming) {
            while (kept[place]) ++place;
            const auto there = std::ranges::find(place_, static_cast<int>(place));
            std::swap(*there, place_[at(q)]);
            kept[place] = true;
        }
        if (coming.empty()) return;
        const int swaps = static_cast<int>(coming.size());
        moved_.states += 1 - std::ldexp(1.0, -swaps);
        ++moved_.exchanges;
        moved_.messages += (std::uint64_t{1} << swaps) - 1;
    }

    int block_;
    AerDiagonal diagonal_;
    std::vector<int> place_;  ///< by qubit; below block_: in the block
    Moved moved_;
};

}  // namespace

Moved quest_traffic(const Circuit& circuit, int outside) {
    Moved moved;
    for (const Gate& gate : gates_of(circuit))
        quest_gate(moved, gate, static_cast<int>(circuit.num_qubits) - outside);
    return moved;
}

Moved aer_traffic(const Circuit& circuit, int outside, AerDiagonal diagonal) {
    const int qubits = static_cast<int>(circuit.num_qubits);
    return CacheBlocking(qubits, qubits - outside, diagonal).run(gates_of(circuit));
}

}  // namespace carillon::bench
