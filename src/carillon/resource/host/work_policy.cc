// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_policy.h"

#include <algorithm>
#include <array>
#include <string>

#include "carillon/base/error.h"
#include "carillon/base/suggest.h"

namespace carillon::host {

namespace {

constexpr std::array<std::string_view, 4> kNames{"static", "dynamic", "guided", "adaptive"};
constexpr std::uint64_t kChunksEach = 32;   ///< of the dynamic policy, for every worker
constexpr std::uint64_t kPiecesEach = 16;   ///< that a static share is delivered in
constexpr std::uint64_t kFirstChunks = 64;  ///< a first adaptive chunk is 1/64 of an even share

std::uint64_t divided_up(std::uint64_t n, std::uint64_t by) {
    return n / by + static_cast<std::uint64_t>(n % by != 0);
}

}  // namespace

std::string_view work_policy_name(WorkPolicy policy) {
    return kNames[static_cast<std::size_t>(policy)];
}

WorkPolicy work_policy_from_name(std::string_view name) {
    const auto it = std::find(kNames.begin(), kNames.end(), name);
    if (it == kNames.end())
        throw InputError("unknown policy \"" + std::string(name) + "\"" + suggestion(name, kNames));
    return static_cast<WorkPolicy>(it - kNames.begin());
}

ChunkPlan::ChunkPlan(WorkPolicy policy, std::uint64_t count, int workers, std::uint64_t chunk)
    : policy_(policy),
      count_(count),
      workers_(static_cast<std::uint64_t>(std::max(workers, 1))),
      chunk_(chunk) {
    if (chunk_ == 0) {
        chunk_ = 1;
        if (policy == WorkPolicy::kDynamic) chunk_ = count / (kChunksEach * workers_);
        if (policy == WorkPolicy::kStatic) chunk_ = count / (kPiecesEach * workers_);
        chunk_ = std::max<std::uint64_t>(chunk_, 1);
    }
    if (policy != WorkPolicy::kGuided) return;
    // Half of what would be every worker's even share of the rest.
    for (std::uint64_t begin = 0; begin < count;) {
        begins_.push_back(begin);
        const std::uint64_t size = std::max(chunk_, divided_up(count - begin, 2 * workers_));
        begin = std::min(count, begin + size);
    }
    begins_.push_back(count);
}

std::int64_t ChunkPlan::ask(const WorkPace& pace) const {
    if (policy_ == WorkPolicy::kStatic || policy_ == WorkPolicy::kGuided) return 1;
    if (policy_ == WorkPolicy::kDynamic) return static_cast<std::int64_t>(chunk_);
    // Half of what would keep this worker busy until all end together.
    const std::uint64_t left = count_ - std::min(pace.seen, count_);
    double part = 1.0 / static_cast<double>(kFirstChunks * workers_);
    if (pace.own > 0 && pace.all > 0) part = 0.5 * std::min(1.0, pace.own / pace.all);
    const auto size = static_cast<std::uint64_t>(part * static_cast<double>(left));
    return static_cast<std::int64_t>(std::max(chunk_, size));
}

UnitRange ChunkPlan::share(int worker) const {
    const auto w = static_cast<std::uint64_t>(worker);
    const std::uint64_t each = count_ / workers_, more = count_ % workers_;
    return {w * each + std::min(w, more), (w + 1) * each + std::min(w + 1, more)};
}

std::optional<UnitRange> ChunkPlan::range(int worker, std::int64_t before,
                                          std::int64_t amount) const {
    const auto at = static_cast<std::uint64_t>(before);
    if (policy_ == WorkPolicy::kGuided) {
        if (at + 1 >= begins_.size()) return std::nullopt;
        return UnitRange{begins_[at], begins_[at + 1]};
    }
    UnitRange all{0, count_}, mine{at, at + static_cast<std::uint64_t>(amount)};
    if (policy_ == WorkPolicy::kStatic) {
        all = share(worker);
        mine = {all.begin + at * chunk_, all.begin + (at + 1) * chunk_};
    }
    if (mine.begin >= all.end) return std::nullopt;
    return UnitRange{mine.begin, std::min(mine.end, all.end)};
}

}  // namespace carillon::host
