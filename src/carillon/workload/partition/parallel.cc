// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace carillon {

void run_parallel(std::size_t count, int threads, const std::function<void(std::size_t)>& task) {
    std::atomic<std::size_t> next{0};
    std::vector<std::exception_ptr> thrown(count);
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            try {
                task(i);
            } catch (...) {
                thrown[i] = std::current_exception();
            }
        }
    };
    const std::size_t wanted = std::min(count, static_cast<std::size_t>(std::max(1, threads)));
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(work);
        work();
    }
    for (const std::exception_ptr& e : thrown) {
        if (e) std::rethrow_exception(e);
    }
}

}  // namespace carillon
