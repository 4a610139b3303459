// SPDX-License-Identifier: Apache-2.0
// The part of QuantumMemory that enters and leaves blocks.
#include <algorithm>

#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/quantum_memory.h"

namespace carillon::validation {

void QuantumMemory::begin_block(std::uint32_t number, std::span<const std::uint32_t> wires) {
    Frame frame;
    frame.number = number;
    frame.region = ++last_region_;
    frame.stamp = ++last_stamp_;
    for (const std::uint32_t w : wires) {
        const auto& holders = wires_[w].holders;
        if (holders.size() != 1)
            throw Difference(names_.wire_name(w) + " has " + std::to_string(holders.size()) +
                             " holders where a block begins that touches it");
        if (wires_[w].region != region())
            throw Difference(names_.wire_name(w) + " is not in the block around this one");
        settled_wire(holders[0]);
        frame.wires.push_back(w);
        frame.holders.push_back(holders[0]);
        form_.separator(EventKind::kBegin, w, number);
    }
    for (const std::uint32_t w : wires) wires_[w].region = frame.region;
    frames_.push_back(std::move(frame));
}

void QuantumMemory::end_branch(EventKind kind) {
    Frame& frame = frames_.back();
    if (frame.pairs_alive != 0) throw Difference("a Bell pair is left over at the end of a block");
    for (std::size_t i = 0; i < frame.wires.size(); ++i) {
        const std::uint32_t wire = settled_wire(frame.holders[i]);
        form_.separator(kind, wire, frame.number, frame.wires[i]);
    }
    for (const Saved& s : frame.saved) {
        const Content& now = contents_[s.qubit];
        const bool entered = std::ranges::any_of(
            s.entry.wires, [&](std::uint32_t w) { return wires_[w].region == frame.region; });
        if (entered) continue;
        if (!s.entry.wires.empty() && now != s.entry)
            throw Difference(names_.name(s.qubit) +
                             " does not hold at the end of a block what it " + "held before, " +
                             names_.wire_name(s.entry.wires[0]));
        if (!s.entry.wires.empty()) continue;
        if (!now.classical())
            throw Difference(names_.name(s.qubit) + " still holds " +
                             (now.wires.empty() ? "something" : names_.wire_name(now.wires[0])) +
                             " at the end of a block");
        frame.ends.push_back({s.qubit, s.entry, now, s.relied, kind == EventKind::kElse});
    }
    for (Saved& s : frame.saved) {
        set_content(s.qubit, std::move(s.entry));
        stamps_[s.qubit] = s.stamp_before;
    }
    frame.saved.clear();
    frame.stamp = ++last_stamp_;
}

void QuantumMemory::end_block(bool loop) {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    for (const std::uint32_t w : frame.wires) wires_[w].region = region();
    std::ranges::stable_sort(frame.ends, {}, &BranchEnd::qubit);
    for (std::size_t i = 0; i < frame.ends.size();) {
        const BranchEnd& first = frame.ends[i];
        Content ends[2] = {first.entry, first.entry};
        bool relied = false;
        for (; i < frame.ends.size() && frame.ends[i].qubit == first.qubit; ++i) {
            ends[frame.ends[i].first_branch ? 0 : 1] = frame.ends[i].end;
            relied |= frame.ends[i].relied;
        }
        if (loop) ends[0] = first.entry;
        if (loop && relied && ends[1] != first.entry)
            throw Difference("the loop's body needs " + names_.name(first.qubit) +
                             " as it was before the loop but does not leave it so");
        touch(first.qubit, relied);
        if (ends[0] == ends[1])
            contents_[first.qubit] = ends[0];
        else
            contents_[first.qubit] = {{}, {new_outcome()}, false, false};
    }
}

}  // namespace carillon::validation
