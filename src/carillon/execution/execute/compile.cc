// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/compile.h"

#include <chrono>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/localize.h"
#include "carillon/workload/distribute/peephole.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Compilation compile(const Circuit& circuit, const Network& network, const CompileOptions& options,
                    const Progress& progress) {
    Compilation result;
    const bool narrow = options.native && needs_two_qubit_gates(network);
    const LoweredCircuit lowered =
        timed(result.phases, progress, "lower", [&] { return lower(circuit, {narrow}); });
    PartitionOptions partition_options = options.partition;
    for (;;) {
        PartitionResult partitioned = timed(result.phases, progress, "partition", [&] {
            return partition(lowered.circuit, network, partition_options);
        });
        result.placement = std::move(partitioned.placement);
        result.cost = partitioned.cost;
        result.partitioner = std::move(partitioned.method);
        try {
            DistributeResult distributed = timed(result.phases, progress, "distribute", [&] {
                return distribute(lowered, result.placement, network);
            });
            result.program = std::move(distributed.program);
            result.reopened = distributed.reopened_copies;
            break;
        } catch (const InputError&) {
            // Qubits that trade places through a busy QPU can need more communication qubits than
            // it has.
            if (result.placement.moves.empty()) throw;
            partition_options.allow_moves = false;
        }
    }
    timed(result.phases, progress, "localize", [&] {
        fold_hadamards(result.program);
        if (!options.native) return;
        const LocalizeResult local = localize(result.program, network);
        result.swaps = local.swaps;
        result.rewritten = local.rewritten;
    });
    return result;
}

}  // namespace carillon
