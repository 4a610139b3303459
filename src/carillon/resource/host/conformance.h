// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// What every kind of ranks must do, called on all of them together: threads and processes run the
/// same body in the tests.
///
/// Args:
///     large: bytes of the largest message.
/// Throws: InternalError that names the rule that is broken.
void check_conformance(Ranks& ranks, std::size_t large);

}  // namespace carillon::host
