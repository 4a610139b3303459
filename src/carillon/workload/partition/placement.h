// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/base/ids.h"

namespace carillon {

/// A qubit changes its home (teledata).
struct Move {
    std::uint32_t position = 0;  ///< just before operation `position` of the program's own block
    QubitId qubit;
    QpuId to;
};

/// Which qubit lives on which QPU, and when; and where every multi-qubit gate is done.
struct Placement {
    std::vector<QpuId> home;  ///< by qubit, at the start
    std::vector<Move> moves;  ///< rising position; capacities hold after all moves of one position
    std::vector<QpuId> site;  ///< by operation number (visit_operations order): QPU that does a
                              ///< multi-qubit gate; none for every other operation
};

}  // namespace carillon
