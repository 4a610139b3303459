// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/execution/execute/process_plan.h"
#include "carillon/resource/host/ranks.h"

namespace carillon {

/// Runs the stream of one QPU on this rank, for all shots of the plan.
///
/// Throws: what ended the run on any rank.
ControllerResult control_qpu(host::Ranks& ranks, const Plan& plan);

/// This process, for reports.
ProcessOf this_process(const host::Ranks& ranks, const std::string& name);

}  // namespace carillon
