// SPDX-License-Identifier: Apache-2.0
#include "bandwidth.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "carillon/resource/engine/memory.h"

namespace carillon::bench {

double in_place_bandwidth(engine::ThreadTeam& team, std::uint64_t bytes) {
    constexpr int kPasses = 6;
    constexpr std::size_t kGrain = std::size_t{1} << 16;  // doubles
    engine::PageBuffer buffer;
    buffer.grow(bytes);
    auto* const data = static_cast<double*>(buffer.data());
    const std::size_t count = bytes / sizeof(double);
    double best = 1e300;
    for (int pass = 0; pass < kPasses; ++pass) {  // the first one maps the pages
        const auto start = std::chrono::steady_clock::now();
        team.parallel_for(count, kGrain, [data](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) data[i] = data[i] * 0.5 + 1.0;
        });
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        best = std::min(best, elapsed.count());
    }
    return 2.0 * static_cast<double>(bytes) / best * 1e-9;
}

}  // namespace carillon::bench
