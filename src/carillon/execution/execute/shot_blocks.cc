// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/shot_blocks.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "carillon/execution/execute/outcome.h"
#include "carillon/resource/engine/memory.h"

namespace carillon {

namespace {

/// States that fit beside one of `axes` axes.
std::size_t states_that_fit(std::uint32_t axes, const SimulateOptions& options) {
    constexpr std::size_t kMost = 64;
    const std::uint64_t limit =
        options.max_memory_bytes != 0 ? options.max_memory_bytes : engine::available_memory_bytes();
    const std::uint64_t bytes = (options.single_precision ? 8U : 16U)
                                << std::min<std::uint32_t>(axes, 48);
    return std::clamp<std::size_t>(limit / std::max<std::uint64_t>(bytes, 1), 2, kMost + 1) - 1;
}

}  // namespace

bool has_output(const Circuit& circuit) {
    bool written = false;
    visit_operations(circuit, [&](const Operation& op, BlockId, std::size_t) {
        written |= op.kind == OpKind::kMeasure || op.kind == OpKind::kAssign;
    });
    return written;
}

template <class Real>
ShotBlocks<Real>::ShotBlocks(const Circuit& circuit, const SimulateOptions& options, int threads)
    : circuit_(&circuit),
      options_(&options),
      output_(has_output(circuit)),
      states_(states_that_fit(circuit.num_qubits, options)),
      start_(circuit, options, threads) {
    if (!options.per_shot) start_.run_to_draw();
    start_.qubits().flush();
}

template <class Real>
void ShotBlocks<Real>::run(std::uint64_t begin, std::uint64_t end, Counts& counts,
                           SimulateResult& result, const TreePart& part) {
    const auto count = [&](CircuitRunner<Real>& runner, const std::vector<std::uint64_t>& shots) {
        runner.qubits().close();
        if (output_)
            counts[outcome_key(circuit_->bit_registers, circuit_->variables, runner.classical())] +=
                shots.size();
        const std::lock_guard lock(mutex_);
        result.shots += shots.size();
        take_resources(runner.qubits(), result);
    };
    ShotTree<Real> tree(start_, states_);
    const std::uint64_t together = options_->per_shot ? 1 : end - begin;
    for (std::uint64_t shot = begin; shot < end; shot += together) {
        std::vector<std::uint64_t> shots(together);
        std::iota(shots.begin(), shots.end(), shot);
        tree.run(std::move(shots), count, part);
    }
}

template class ShotBlocks<float>;
template class ShotBlocks<double>;

}  // namespace carillon
