// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/execution/execute/report.h"

namespace carillon {

/// The report as one HTML page that needs nothing else: no scripts, no outside files, light and
/// dark. Pictures: the network with the placement, the timeline, outcomes.
std::string report_html(const Report& report, const DistributedProgram& program,
                        const Network& network, const Timeline& timeline);

}  // namespace carillon
