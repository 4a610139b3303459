// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "carillon/resource/host/liveness.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// Ranks::open_window() for ranks that are processes.
///
/// Made of memory without a name rather than of MPI's shared windows: to free one of these all
/// ranks must come together, which they cannot after a death, and they live in /dev/shm, which is
/// often small in containers.
std::unique_ptr<Window> open_process_window(Ranks& ranks, std::size_t bytes);

/// Ranks::open_counter() for ranks that are processes. The number lies in the memory of the lowest
/// living rank: its node adds to it directly; for others that rank's Liveness does it, so that it
/// itself may compute meanwhile.
std::unique_ptr<Counter> open_process_counter(Ranks& ranks, Liveness* liveness);

}  // namespace carillon::host
