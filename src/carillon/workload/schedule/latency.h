// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"

namespace carillon {

/// How long a classical message takes between any two nodes: the latency of the link that joins
/// them, else the least sum of latencies along a path. Unconnected nodes give 0. Answers are kept,
/// so the network must outlive this object.
class ClassicalLatency {
  public:
    explicit ClassicalLatency(const Network& network);
    Time between(QpuId a, QpuId b);

  private:
    const std::vector<std::int64_t>& row(std::uint32_t from);

    std::vector<std::vector<std::pair<std::uint32_t, std::int64_t>>> neighbours_;
    std::map<std::uint32_t, std::vector<std::int64_t>> rows_;
};

}  // namespace carillon
