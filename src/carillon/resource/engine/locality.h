// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/resource/engine/thread_team.h"
#include "carillon/resource/host/memory_kinds.h"
#include "carillon/resource/host/rank_trace.h"

namespace carillon::engine {

/// Where a state lives on the machine; nothing in it changes a result.
struct Locality {
    ThreadStart thread_start = {};     ///< binds the threads that work on it
    host::PageRequest pages = {};      ///< what its memory is made of
    host::RankTrace* trace = nullptr;  ///< gets its passes; of the thread that works on it
};

}  // namespace carillon::engine
