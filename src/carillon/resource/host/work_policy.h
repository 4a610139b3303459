// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace carillon::host {

/// How units of work are cut into chunks, and who gets which.
enum class WorkPolicy : std::uint8_t {
    kStatic,    ///< every worker has an equal share from the start
    kDynamic,   ///< chunks of one size, to whoever comes
    kGuided,    ///< chunks that get smaller towards the end
    kAdaptive,  ///< chunks by the measured speed of the worker, measured again with every chunk
};

/// "static", "dynamic", "guided", "adaptive".
std::string_view work_policy_name(WorkPolicy policy);
/// Throws: InputError for any other name.
WorkPolicy work_policy_from_name(std::string_view name);

/// The units [begin, end).
struct UnitRange {
    std::uint64_t begin = 0, end = 0;

    std::uint64_t size() const { return end - begin; }
    friend bool operator==(const UnitRange&, const UnitRange&) = default;
};

/// What a worker knows when it wants a chunk.
struct WorkPace {
    double own = 0;          ///< its units a second; 0: not measured
    double all = 0;          ///< of all workers together; 0: not known
    std::uint64_t seen = 0;  ///< the counter when it saw it last
};

/// The chunks of `count` units. All workers hold the same plan and share one counter: a worker adds
/// ask() to it and takes the range() of what was there before, without asking anybody.
class ChunkPlan {
  public:
    /// Args:
    ///     chunk: least units of a chunk, which is the size of those of the dynamic policy;
    ///         0: chosen.
    ChunkPlan(WorkPolicy policy, std::uint64_t count, int workers, std::uint64_t chunk = 0);

    /// False for the static policy: every worker then counts for itself.
    bool shared_counter() const { return policy_ != WorkPolicy::kStatic; }
    std::int64_t ask(const WorkPace& pace) const;
    /// The chunk that `before` and the amount added stand for; none when there is no more.
    std::optional<UnitRange> range(int worker, std::int64_t before, std::int64_t amount) const;

    /// The static share of a worker.
    UnitRange share(int worker) const;
    WorkPolicy policy() const { return policy_; }
    std::uint64_t count() const { return count_; }
    std::uint64_t least_chunk() const { return chunk_; }

  private:
    WorkPolicy policy_;
    std::uint64_t count_;
    std::uint64_t workers_;
    std::uint64_t chunk_;
    std::vector<std::uint64_t> begins_;  ///< of guided chunks, and the count
};

}  // namespace carillon::host
