// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "carillon/resource/network/network.h"

namespace carillon {

/// A QPU on the way of a folded gate; the first one of a list is where the gate is done.
struct FoldStop {
    QpuId qpu;
    bool own_operands = true;          ///< adds those that live there
    std::vector<std::size_t> sources;  ///< stops whose products arrive here
};

/// The stops of a smallest tree that joins the homes of a gate's operands, done at `last` if that
/// is one of them.
std::vector<FoldStop> fold_tree(const Topology& topology, std::span<const QpuId> homes, QpuId last);

/// The stops of a chain of QPUs, first to last. One that it passes several times adds its operands
/// the last time and is a relay before, so that it never holds more than what arrived and one half
/// of the next pair.
std::vector<FoldStop> fold_chain(std::span<const QpuId> chain);

/// All QPUs of fold_tree().
std::vector<QpuId> fold_nodes(const Topology& topology, std::span<const QpuId> homes, QpuId last);

}  // namespace carillon
