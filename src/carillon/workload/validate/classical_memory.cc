// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/classical_memory.h"

#include <algorithm>
#include <array>
#include <string>

#include "carillon/workload/validate/difference.h"

namespace carillon::validation {

Definition ClassicalMemory::peek(Cell cell) const {
    const auto number = cells_.find({&cell, 1});
    return number ? values_[*number] : 0;
}

Definition ClassicalMemory::read(Cell cell) {
    const Definition value = peek(cell);
    if (!heads_.empty() && heads_.contains(value))
        used_.insert(std::array<std::uint64_t, 2>{cell, value});
    return value;
}

void ClassicalMemory::write(Cell cell, Definition value) {
    const std::uint32_t number = cells_.insert({&cell, 1});
    if (number == values_.size()) values_.push_back(0);
    if (!frames_.empty()) log_.emplace_back(cell, values_[number]);
    values_[number] = value;
}

/// Undoes the writes since `log_start`; returns what they changed, sorted by cell.
std::vector<ClassicalMemory::Change> ClassicalMemory::roll_back(std::size_t log_start) {
    std::vector<Change> changes;
    for (std::size_t i = log_start; i < log_.size(); ++i)
        changes.push_back({log_[i].first, log_[i].second, 0});
    std::ranges::stable_sort(changes, {}, &Change::cell);  // the first of a cell has its entry
    const auto same = [](const Change& a, const Change& b) { return a.cell == b.cell; };
    changes.erase(std::unique(changes.begin(), changes.end(), same), changes.end());
    for (Change& c : changes) {
        Definition& value = values_[cells_.insert({&c.cell, 1})];
        c.end = value;
        value = c.entry;
    }
    log_.resize(log_start);
    return changes;
}

const BlockWrite* ClassicalMemory::write_of(std::span<const BlockWrite> writes, Cell cell) const {
    const bool variable = (cell & kVariable) != 0;
    const auto index = static_cast<std::uint32_t>(cell & 0xffffffff);
    if (!variable && index >= source_bits_) return nullptr;
    const std::uint32_t slot = variable ? source_bits_ + index : index;
    const auto at = std::ranges::lower_bound(writes, slot, {}, &BlockWrite::slot);
    return at != writes.end() && at->slot == slot ? &*at : nullptr;
}

void ClassicalMemory::begin_if() {
    frames_.push_back({log_.size(), {}, {}});
}

void ClassicalMemory::end_then() {
    frames_.back().then_changes = roll_back(frames_.back().log_start);
}

void ClassicalMemory::end_if(std::span<const BlockWrite> writes) {
    const std::vector<Change> in_else = roll_back(frames_.back().log_start);
    const std::vector<Change> in_then = std::move(frames_.back().then_changes);
    frames_.pop_back();
    std::size_t i = 0, j = 0;
    while (i < in_then.size() || j < in_else.size()) {
        const bool has_then =
            i < in_then.size() && (j == in_else.size() || in_then[i].cell <= in_else[j].cell);
        const bool has_else =
            j < in_else.size() && (i == in_then.size() || in_else[j].cell <= in_then[i].cell);
        const Change& any = has_then ? in_then[i] : in_else[j];
        const Definition a = has_then ? in_then[i].end : any.entry;
        const Definition b = has_else ? in_else[j].end : any.entry;
        const BlockWrite* source = write_of(writes, any.cell);
        if (source != nullptr && a == source->then_end && b == source->else_end) {
            read(any.cell);  // an entry that came from a loop's head is relied on
            write(any.cell, source->after);
        } else {
            write(any.cell, a == b ? a : unknown_());
        }
        i += has_then;
        j += has_else;
    }
}

void ClassicalMemory::begin_loop(std::span<const BlockWrite> writes,
                                 std::span<const Cell> changed) {
    frames_.push_back({log_.size(), {}, {}});
    for (const Cell cell : changed) {
        const Definition entry = peek(cell);
        const BlockWrite* source = write_of(writes, cell);
        const bool current = source != nullptr && entry == source->before;
        const Definition head = current ? source->after : unknown_();
        frames_.back().heads.push_back({cell, entry, head});
        write(cell, head);
    }
    for (const BlockWrite& w : writes) heads_.insert(w.after);
}

void ClassicalMemory::end_loop(std::span<const BlockWrite> writes) {
    Frame frame = std::move(frames_.back());
    std::vector<Definition> ends;
    for (const Change& head : frame.heads) ends.push_back(peek(head.cell));
    roll_back(frame.log_start);
    frames_.pop_back();
    for (const BlockWrite& w : writes) heads_.erase(w.after);
    for (std::size_t i = 0; i < frame.heads.size(); ++i) {
        const Change& head = frame.heads[i];
        const BlockWrite* source = write_of(writes, head.cell);
        const bool current = source != nullptr && head.end == source->after;
        if (!current) {
            write(head.cell, unknown_());
            continue;
        }
        const bool used = used_.find(std::array<std::uint64_t, 2>{head.cell, head.end}).has_value();
        if (used) read(head.cell);  // relies on the entry of this loop
        const bool kept = ends[i] == source->then_end;
        if (used && !kept)
            throw Difference("a loop's body reads " +
                             std::string(head.cell & kVariable ? "variable " : "bit ") +
                             std::to_string(head.cell & 0xffffffff) +
                             " that is up to date in the first round only");
        write(head.cell, kept ? head.end : unknown_());
    }
}

}  // namespace carillon::validation
