// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// Gives every multi-qubit gate the site where it costs fewest pairs, homes and moves as they are:
/// the best of a smallest vertex cover and of descent (optimise_sites). Copies are not kept.
///
/// Throws: InputError when the placement does not fit the network.
void choose_sites(const Circuit& lowered, const Network& network, Placement& placement,
                  std::uint64_t seed = 0);

}  // namespace carillon
