// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

namespace carillon::bench {

/// Nodes on a three-dimensional torus whose sides are powers of two; what is not given is measured
/// by the study or said by its options.
struct Torus {
    int node_bits = 0;           ///< 2^node_bits nodes
    int rank_bits = 3;           ///< 2^rank_bits ranks on each
    double link_bytes_s = 1e10;  ///< of one link in one direction
    double shared_bytes_s = 0;   ///< that ranks of a node trade with each other, all together
    double latency_s = 1e-6;     ///< of a message
};

struct ExchangeTime {
    double seconds = 0;
    double shared_s = 0;         ///< of those within nodes, which come first
    double link_use = 0;         ///< mean load of a link by the largest; 0 when no link is used
    double wire_bytes = 0;       ///< out of one node
    std::uint64_t messages = 0;  ///< of one rank
};

/// Time in which every rank trades with those whose numbers differ in `bits`: to each of the
/// 2^w - 1 it sends `part_bytes` / 2^w. Ranks of a node have consecutive numbers.
///
/// Messages between nodes go along x, then y, then z, the shorter way round; links carry what
/// crosses them one after another, and the fullest one is waited for.
ExchangeTime exchange_time(const Torus& torus, std::uint64_t bits, double part_bytes);

}  // namespace carillon::bench
