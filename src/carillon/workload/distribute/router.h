// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/workload/distribute/coupling.h"
#include "carillon/workload/distribute/stream_graph.h"

namespace carillon {

/// Where the qubits of a stream stand on the coupling map.
struct Layout {
    std::vector<LocalQubit> place;   ///< by qubit of the stream: the physical one
    std::vector<LocalQubit> holder;  ///< inverse of place

    explicit Layout(LocalQubit qubits);
    /// The qubits on two physical ones change places.
    void exchange(LocalQubit p, LocalQubit q);
};

/// What a route does, in order.
struct RouteEvents {
    std::function<void(LocalQubit p, LocalQubit q)> swap;  ///< coupled physical qubits
    std::function<void(std::uint32_t instruction)> instruction;
};

/// Brings the operands of a stream's gates together by swaps.
///
/// While some step can be done it is done; else the swap is taken that brings the steps that wait,
/// and with less weight those that follow, closest together (SABRE: Li, Ding, Xie, ASPLOS'19). New
/// here: steps that commute wait side by side; a Bell pair needs any blank qubit (in |0>, free) on
/// any communication qubit, and blank qubits trade names instead of places; swaps of the stream
/// trade names too; at the end source qubits stand on data qubits.
class Router {
  public:
    /// Args:
    ///     first_comm: physical qubits from here on are communication qubits.
    ///     starts: by qubit of the stream: holds a source qubit at the start (others are blank).
    ///     ends: by qubit of the stream: holds a source qubit at the end.
    Router(const StreamGraph& graph, const CouplingMap& coupling, LocalQubit first_comm,
           std::vector<bool> starts, std::vector<bool> ends);

    /// A start that needs few swaps: several tries forward, backward, forward.
    struct Start {
        Layout layout;
        std::uint64_t seed = 0;  ///< for route()
        std::size_t swaps = 0;   ///< that it will need
    };
    Start find_start() const;

    /// Routes from `layout`, which ends as it stands after the last step; gives the number of
    /// swaps.
    std::size_t route(Layout& layout, std::uint64_t seed, const RouteEvents& events) const;

  private:
    friend class RoutingPass;

    void backward(Layout& layout, std::uint64_t seed) const;
    void mend_start(Layout& layout) const;

    const StreamGraph& graph_;
    const CouplingMap& coupling_;
    LocalQubit first_comm_;
    std::vector<bool> starts_, ends_;
};

}  // namespace carillon
