// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/resource/host/cpu_map.h"

namespace carillon::host {

class Ranks;

/// What every rank gets for itself.
enum class BindPolicy : std::uint8_t {
    kNone,    ///< nothing: its threads run where the kernel puts them
    kCore,    ///< cores, and each of its threads one of them
    kSocket,  ///< a package, over which its threads may move
    kNuma,    ///< a NUMA node, over which its threads may move
    kGpu,     ///< a GPU and the cores near it
};

/// "none", "core", "socket", "numa", "gpu".
std::string_view bind_policy_name(BindPolicy policy);
/// Throws: InputError that lists the policies.
BindPolicy bind_policy(std::string_view name);

struct BindRequest {
    BindPolicy policy = BindPolicy::kNone;
    int ranks = 1;    ///< of this node
    int threads = 0;  ///< of each rank; 0: one per core that the rank gets
};

/// What one rank gets.
struct RankBinding {
    CpuList cpus;
    std::vector<CpuList> threads;  ///< where each thread may run
    std::string place;             ///< "cores 0-1", "NUMA node 0", ...
    std::vector<int> numa_nodes;   ///< that its hardware threads belong to
    int gpu = -1;
};

struct BindPlan {
    BindRequest request;
    std::vector<RankBinding> ranks;  ///< of this node, in order
};

/// Shares a machine out. Ranks spread over it in its order, so that neighbours share caches; no
/// two ranks get the same hardware thread unless the policy is kNone.
///
/// Args:
///     usable: hardware threads that the ranks of this node may use.
/// Throws: InputError when the machine cannot give what is asked; it says what there is and what
///     would work.
BindPlan plan_binding(const CpuMap& machine, const CpuList& usable, const BindRequest& request);

/// What a machine has for a policy.
struct BindChoice {
    BindPolicy policy = BindPolicy::kNone;
    int most_ranks = 0;    ///< 0: the policy is impossible here; no limit for kNone
    int most_threads = 0;  ///< of a rank that is alone
};
std::vector<BindChoice> bind_choices(const CpuMap& machine, const CpuList& usable);
/// "core (2 ranks), socket (1 rank), none"
std::string bind_choices_text(const std::vector<BindChoice>& choices);

/// What was asked and what the kernel says.
struct BindReport {
    BindPolicy policy = BindPolicy::kNone;
    int rank_on_node = 0, ranks_on_node = 1;
    std::string place, set_with;
    CpuList asked, kernel;  ///< of the process
    std::vector<CpuList> threads_asked, threads_kernel;
    std::vector<int> numa_nodes;
    int gpu = -1;

    bool as_asked() const { return asked == kernel && threads_asked == threads_kernel; }
};

/// Two lines for people, each ending in a newline; and a JSON object.
std::string bind_text(const BindReport& report);
std::string bind_json(const BindReport& report);

/// The binding of this process, which has the `rank`-th part of a plan; it is in force from the
/// construction on. Threads made later inherit it.
class Binding {
  public:
    /// Args:
    ///     whole_process: binds all threads there are; otherwise the calling one, a rank of its
    ///     own.
    /// Throws: ResourceError when the kernel refuses.
    Binding(const BindPlan& plan, int rank, bool whole_process = true);
    ~Binding();
    Binding(const Binding&) = delete;
    Binding& operator=(const Binding&) = delete;

    /// Threads that the plan is for.
    int threads() const { return static_cast<int>(wanted_.threads.size()); }
    const RankBinding& wanted() const { return wanted_; }
    /// Binds the calling thread as the plan's `thread`-th, and notes what the kernel says then. Any
    /// thread may call it; a failure shows in the report.
    void bind_thread(int thread);
    BindReport report() const;

  private:
    struct State;

    BindPolicy policy_;
    int rank_, ranks_;
    RankBinding wanted_;
    std::unique_ptr<State> state_;
};

/// Plans for the ranks of this node and binds this one: the node's ranks may use what at least one
/// of them may use. All of them call it, and all throw what one of them throws.
std::unique_ptr<Binding> bind_rank(Ranks& ranks, BindPolicy policy, int threads);

}  // namespace carillon::host
