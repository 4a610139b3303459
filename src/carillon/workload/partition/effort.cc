// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/effort.h"

#include <algorithm>
#include <string>

#include "carillon/base/error.h"

namespace carillon {
namespace {

constexpr std::uint64_t kWorkPerItem = 4'000;  ///< at low effort, per gate and qubit
/// With less work per gate than this, annealing keeps cool and only refines its start.
constexpr std::uint64_t kHotStepsPerGate = 2000;
constexpr std::uint64_t kMoveStepsPerGate = 200;  ///< with less, moves are not searched
constexpr std::uint32_t kMovingQubits = 16384;    ///< with more, neither

}  // namespace

Effort effort_from_name(std::string_view name) {
    if (name == "low") return Effort::kLow;
    if (name == "normal") return Effort::kNormal;
    if (name == "high") return Effort::kHigh;
    throw InputError("unknown effort '" + std::string(name) + "'; use low, normal or high");
}

std::uint64_t anneal_work(Effort effort, const Hypergraph& graph) {
    const std::uint64_t factor = effort == Effort::kLow ? 1 : effort == Effort::kNormal ? 10 : 100;
    return factor * std::min<std::uint64_t>(4'000'000,
                                            kWorkPerItem * (graph.gates.size() + graph.num_qubits));
}

bool too_little_to_heat(std::uint64_t work, const Hypergraph& graph) {
    return work / (graph.gates.size() + 1) < kHotStepsPerGate;
}

std::uint64_t moves_work(Effort effort, const Hypergraph& graph) {
    const std::uint64_t work = anneal_work(effort, graph);
    const bool too_large =
        graph.num_qubits > kMovingQubits || work / (graph.gates.size() + 1) < kMoveStepsPerGate;
    return too_large ? 0 : work;
}

}  // namespace carillon
