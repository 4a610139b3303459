// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// A placement from a file (docs/reference/placement-format.md).
struct PlacementFile {
    Placement placement;
    bool sites_given = false;  ///< else every site is "none", for the reader to choose
    ProgramForm form;          ///< of the program that it speaks of
};

/// The form of the program that a placement file speaks of: what must be known before it is read.
///
/// Throws: InputError when it is no placement file.
ProgramForm form_of_placement(std::string_view json_text, const std::string& file);

/// Reads a placement of a lowered program on a network.
///
/// Args:
///     interactions: of the lowered program.
///     file: heads error messages.
/// Throws: InputError with line, column and key path: another format or version, an unknown key or
///     node, a number of homes or sites that is not the program's, moves out of order.
PlacementFile read_placement(std::string_view json_text, const std::string& file,
                             const Interactions& interactions, const Network& network);

/// The JSON that read_placement() reads back equal.
std::string write_placement(const PlacementFile& file, const Interactions& interactions,
                            const Network& network, std::string_view program_name);

}  // namespace carillon
