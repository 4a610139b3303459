// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/sample_deferred.h"

#include <algorithm>

#include "carillon/execution/execute/outcome.h"
#include "carillon/resource/engine/sample.h"

namespace carillon {

namespace {

constexpr std::uint32_t kNoHandle = 0xffffffff;

ClassicalState initial_memory(const DistributedProgram& program) {
    ClassicalState memory;
    memory.bits.assign(program.num_bits, 0);
    for (const Variable& v : program.variables) memory.variables.push_back(v.initial);
    return memory;
}

}  // namespace

bool has_output(const DistributedProgram& program) {
    const auto valid = [](QpuId owner) { return owner.valid(); };
    return std::ranges::any_of(program.bit_owner, valid) ||
           std::ranges::any_of(program.variable_owner, valid);
}

engine::RegisterOptions register_options(const SimulateOptions& options, int threads) {
    return {.threads = threads,
            .max_memory_bytes = options.max_memory_bytes,
            .physical = options.physical,
            .record = options.explain,
            .ranks = options.ranks,
            .spread_axes = options.spread_axes,
            .safety = options.safety,
            .locality = options.locality,
            .spill = options.spill};
}

template <class Real>
void sample_deferred(const DistributedProgram& program, const SimulateOptions& options,
                     engine::Register<Real>& qubits, const std::vector<std::uint32_t>& deferred,
                     SimulateResult& result) {
    if (!has_output(program) || options.shots == 0) return;
    std::vector<BitId> bits;
    std::vector<std::uint32_t> measured;
    for (std::size_t b = deferred.size(); b-- > 0;) {
        if (deferred[b] == kNoHandle) continue;
        bits.emplace_back(b);
        measured.push_back(deferred[b]);
    }
    const auto samples =
        engine::sample(qubits, measured, options.seed, options.shots, most_kept(options));
    count_samples(program.bit_registers, program.variables, initial_memory(program), bits, samples,
                  result);
}

template void sample_deferred(const DistributedProgram&, const SimulateOptions&,
                              engine::Register<float>&, const std::vector<std::uint32_t>&,
                              SimulateResult&);
template void sample_deferred(const DistributedProgram&, const SimulateOptions&,
                              engine::Register<double>&, const std::vector<std::uint32_t>&,
                              SimulateResult&);

}  // namespace carillon
