// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"

namespace carillon {

/// A timeline as trace events ("JSON Array Format" within an object), which Perfetto
/// (ui.perfetto.dev) and chrome://tracing read.
///
/// A process per QPU with a thread per qubit that is used, a process per link with a thread per
/// channel; gates, measurements, resets and pairs in the making are complete events, halves that
/// wait are too, and every message is a flow from the sender to the receiver, Bell pairs from their
/// link to both halves. Times are in microseconds, as the format wants.
std::string trace_json(const DistributedProgram& program, const Network& network,
                       const Timeline& timeline);

}  // namespace carillon
