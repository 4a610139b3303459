// SPDX-License-Identifier: Apache-2.0
// carillon_bench_bandwidth MEBIBYTES THREADS: GB/s of reading and writing memory in place.
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "bandwidth.h"

int main(int argc, char** argv) {
    const long mebibytes = argc == 3 ? std::atol(argv[1]) : 0;
    const int threads = argc == 3 ? std::atoi(argv[2]) : 0;
    if (mebibytes < 1 || threads < 1) {
        std::cerr << "usage: carillon_bench_bandwidth MEBIBYTES THREADS\n";
        return 1;
    }
    carillon::engine::ThreadTeam team(threads);
    std::cout << carillon::bench::in_place_bandwidth(team, static_cast<std::uint64_t>(mebibytes)
                                                               << 20)
              << "\n";
}
