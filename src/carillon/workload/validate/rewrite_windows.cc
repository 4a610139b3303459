// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/rewrite_windows.h"

#include <algorithm>

#include "carillon/workload/validate/difference.h"

namespace carillon::validation {

namespace {

constexpr std::uint32_t kNoRewrite = 0xffffffff;

/// Whether an operation is block diagonal on its operand `k` (commutes with Z there).
bool diagonal_on(const Operation& op, std::size_t k) {
    if (op.kind != OpKind::kGate) return false;
    if (k < op.controls) return true;
    const GateInfo& info = gate_info(op.gate);
    return info.diagonal || (info.diagonal_on >> (k - op.controls) & 1U) != 0;
}

}  // namespace

RewriteWindows::RewriteWindows(const Circuit& source, std::span<const Rewrite> rewrites,
                               CertificateChecker& certificates)
    : source_(source),
      rewrites_(rewrites),
      certificates_(certificates),
      waiting_(source.num_qubits) {
    if (rewrites.empty()) return;
    std::uint32_t total = 0;
    visit_operations(source, [&](const Operation&, BlockId, std::size_t) { ++total; });
    for (std::uint32_t r = 0; r < rewrites.size(); ++r) claim(r, total);
}

/// Notes which operations a rewrite replaces.
void RewriteWindows::claim(std::uint32_t rewrite, std::uint32_t total) {
    const Rewrite& r = rewrites_[rewrite];
    const auto add = [&](std::uint32_t number) {
        if (!rewrite_of_.emplace(number, rewrite).second)
            throw Difference(name(rewrite) + " overlaps another");
    };
    if (r.first >= total)
        throw Difference(name(rewrite) + " does not start at an operation of the source");
    if (r.count == 0 || r.count > total - r.first)
        throw Difference(name(rewrite) + " does not fit into the source's block");
    if (r.operations.empty()) {
        for (std::uint32_t k = 0; k < r.count; ++k) add(r.first + k);
        return;
    }
    if (r.operations.size() != r.count || r.operations.front() != r.first)
        throw Difference(name(rewrite) +
                         " has a list of operations that does not fit its first "
                         "and count");
    for (std::size_t k = 0; k < r.operations.size(); ++k) {
        if (r.operations[k] >= total || (k > 0 && r.operations[k] <= r.operations[k - 1]))
            throw Difference(name(rewrite) +
                             " has a list of operations that does not rise, or "
                             "ends beyond the source");
        add(r.operations[k]);
    }
}

RewriteWindows::Step RewriteWindows::next(const Operation& op, std::uint32_t number,
                                          BlockId block) {
    if (rewrites_.empty()) return {};
    const auto found = rewrite_of_.find(number);
    if (found == rewrite_of_.end()) {
        if (!open_.empty()) require_commuting(op, number, kNoRewrite);
        return {};
    }
    const std::uint32_t rewrite = found->second;
    Window& window = open_[rewrite];
    if (window.operations.empty()) window.block = block;
    if (window.block != block || op.body.valid())
        throw Difference(name(rewrite) + " does not fit into the source's block");
    window.operations.push_back(&op);
    window.numbers.push_back(number);
    const auto qubits = source_.qubits(op);
    for (std::size_t k = 0; k < qubits.size(); ++k)
        waiting_[qubits[k].value].push_back({number, rewrite, diagonal_on(op, k)});
    if (window.operations.size() < rewrites_[rewrite].count) return {true, nullptr};
    execute(rewrite);
    return {true, &rewrites_[rewrite]};
}

/// Nothing that waits and came earlier may be in the way.
void RewriteWindows::require_commuting(const Operation& op, std::uint32_t number,
                                       std::uint32_t rewrite) const {
    const auto check = [&](QubitId q, bool diagonal) {
        for (const Waiting& w : waiting_[q.value])
            if (w.rewrite != rewrite && w.number < number && !(w.diagonal && diagonal))
                throw Difference(name(w.rewrite) + " moves operation " + std::to_string(w.number) +
                                 " across operation " + std::to_string(number) +
                                 ", which it need not commute with");
    };
    if (op.body.valid()) {
        for (const QubitId q : touched_qubits(source_, op)) check(q, false);
        return;
    }
    const auto qubits = source_.qubits(op);
    for (std::size_t k = 0; k < qubits.size(); ++k) check(qubits[k], diagonal_on(op, k));
}

/// The last operation of a rewrite is here: all of them are done now.
void RewriteWindows::execute(std::uint32_t rewrite) {
    const Window window = std::move(open_[rewrite]);
    open_.erase(rewrite);
    for (std::size_t k = 0; k < window.operations.size(); ++k)
        require_commuting(*window.operations[k], window.numbers[k], rewrite);
    for (const Operation* op : window.operations)
        for (const QubitId q : source_.qubits(*op))
            std::erase_if(waiting_[q.value],
                          [&](const Waiting& w) { return w.rewrite == rewrite; });
    certificates_.check(source_, window.operations, rewrites_[rewrite], rewrite);
}

}  // namespace carillon::validation
