// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <type_traits>

namespace carillon::host {

namespace {

double ratio(double part, double whole) {
    return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 1;
}

/// Seconds of a rank in which it did not compute for the sake of others.
double lost_to_others(const RankTimes& times) {
    const double exposed = times.of(Activity::kExchange) - times.hidden_s;
    return std::max(exposed, times.of(Activity::kWait));
}

}  // namespace

double RunMetrics::busy_s() const {
    double sum = 0;
    for (const RankMetrics& r : per_rank) sum += r.times.of(Activity::kCompute);
    return sum;
}

double RunMetrics::scaling_efficiency() const {
    return ratio(busy_s(), static_cast<double>(ranks()) * wall_s);
}

double RunMetrics::load_balance() const {
    double most = 0;
    for (const RankMetrics& r : per_rank) most = std::max(most, r.times.of(Activity::kCompute));
    return ratio(busy_s(), static_cast<double>(ranks()) * most);
}

double RunMetrics::overlap() const {
    double hidden = 0, all = 0;
    for (const RankMetrics& r : per_rank) {
        hidden += r.times.hidden_s;
        all += r.times.of(Activity::kExchange);
    }
    return ratio(hidden, all);
}

double RunMetrics::communication_overhead() const {
    double lost = 0;
    for (const RankMetrics& r : per_rank) lost += lost_to_others(r.times);
    const double all = static_cast<double>(ranks()) * wall_s;
    return all > 0 ? std::min(lost / all, 1.0) : 0;
}

double RunMetrics::memory_efficiency() const {
    double state = 0, used = 0;
    std::set<std::pair<int, std::uint64_t>> counted;
    for (const RankMetrics& r : per_rank) {
        state += static_cast<double>(r.state_bytes);
        if (counted.emplace(r.node, r.process).second) used += static_cast<double>(r.memory_bytes);
    }
    return ratio(state, used);
}

TrafficCounts RunMetrics::traffic() const {
    TrafficCounts sum{};
    for (const RankMetrics& r : per_rank)
        for (std::size_t k = 0; k < kTrafficKinds; ++k) {
            sum[k].messages += r.traffic[k].messages;
            sum[k].bytes += r.traffic[k].bytes;
            sum[k].window_bytes += r.traffic[k].window_bytes;
        }
    return sum;
}

std::uint64_t RunMetrics::messages() const {
    std::uint64_t sum = 0;
    for (const TrafficCount& count : traffic()) sum += count.messages;
    return sum;
}

std::uint64_t RunMetrics::bytes() const {
    std::uint64_t sum = 0;
    for (const TrafficCount& count : traffic()) sum += count.bytes;
    return sum;
}

std::uint64_t RunMetrics::window_bytes() const {
    std::uint64_t sum = 0;
    for (const TrafficCount& count : traffic()) sum += count.window_bytes;
    return sum;
}

double RunMetrics::network_utilisation() const {
    if (network_bytes_per_s <= 0 || wall_s <= 0) return -1;
    return static_cast<double>(bytes()) / wall_s / (network_bytes_per_s * nodes);
}

std::uint64_t peak_resident_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

RankMetrics measure_rank(const Ranks& ranks, const RankTrace& trace, std::uint64_t state_bytes) {
    RankMetrics own;
    own.rank = ranks.rank();
    own.node = ranks.node_of(ranks.rank());
    own.process = static_cast<std::uint64_t>(getpid());
    own.times = trace.times();
    own.state_bytes = state_bytes;
    own.memory_bytes = peak_resident_bytes();
    own.traffic = ranks.traffic();
    return own;
}

RunMetrics gather_metrics(Group& group, const RankMetrics& own) {
    static_assert(std::is_trivially_copyable_v<RankMetrics>);
    RunMetrics all;
    std::set<int> nodes;
    for (const std::vector<std::byte>& bytes : group.all_gather(bytes_of(own))) {
        RankMetrics& r = all.per_rank.emplace_back();
        if (bytes.size() != sizeof r)
            throw InternalError("metrics of a rank have " + std::to_string(bytes.size()) +
                                " bytes instead of " + std::to_string(sizeof r));
        std::memcpy(&r, bytes.data(), sizeof r);
        nodes.insert(r.node);
        all.wall_s = std::max(all.wall_s, r.times.total_s);
    }
    all.nodes = static_cast<int>(nodes.size());
    return all;
}

}  // namespace carillon::host
