// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/workload/program/program.h"

namespace carillon {

/// Rewrites `h t; cz ..., t; ...; h t` of one QPU as `cx ..., t; ...` wherever nothing else acts on
/// t in between. Works on whole programs before local compilation (no windows yet).
void fold_hadamards(DistributedProgram& program);

}  // namespace carillon
