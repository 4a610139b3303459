// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/shot_loop.h"

#include <exception>
#include <mutex>

#include "carillon/resource/engine/thread_team.h"

namespace carillon {

void run_shots(std::uint64_t shots, int threads, std::uint64_t grain,
               const std::function<void(std::uint64_t, std::uint64_t, Counts&)>& chunk,
               Counts& counts, const std::function<void(int)>& thread_start) {
    std::mutex mutex;
    std::exception_ptr error;
    std::uint64_t failed_at = shots;
    engine::ThreadTeam team(threads, thread_start);
    team.parallel_for(shots, grain, [&](std::size_t begin, std::size_t end) {
        Counts own;
        std::exception_ptr own_error;
        try {
            chunk(begin, end, own);
        } catch (...) {
            own_error = std::current_exception();
        }
        const std::lock_guard lock(mutex);
        if (own_error && begin < failed_at) error = own_error, failed_at = begin;
        for (const auto& [key, count] : own) counts[key] += count;
    });
    if (error) std::rethrow_exception(error);
}

SimulateOptions options_of_shots(const SimulateOptions& options, bool parallel) {
    SimulateOptions own = options;
    if (parallel) {
        own.locality.trace = nullptr;
        own.ranks = nullptr;  // every rank runs all shots
    }
    return own;
}

}  // namespace carillon
