// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "carillon/base/error.h"

namespace carillon::host {

namespace {

constexpr std::string_view kPolicies[] = {"none", "core", "socket", "numa", "gpu"};

std::string plural(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// A part of the machine that is given away whole.
struct Unit {
    int number = 0;
    CpuList cpus;
    int cores = 0;
};

/// Usable parts of one kind, in the order of the machine.
std::vector<Unit> units_of(const CpuMap& machine, const CpuList& usable, int CpuPlace::*number) {
    std::vector<Unit> units;
    std::map<int, std::size_t> index;
    std::set<int> cores;
    for (const CpuPlace& place : machine.cpus) {
        if (!std::binary_search(usable.begin(), usable.end(), place.cpu)) continue;
        const auto [it, fresh] = index.try_emplace(place.*number, units.size());
        if (fresh) units.push_back({place.*number, {}, 0});
        Unit& unit = units[it->second];
        unit.cpus.push_back(place.cpu);
        if (cores.insert(place.core).second) ++unit.cores;
    }
    for (Unit& unit : units) std::sort(unit.cpus.begin(), unit.cpus.end());
    return units;
}

CpuList merged(const std::vector<Unit>& units, std::size_t begin, std::size_t end) {
    CpuList cpus;
    for (std::size_t u = begin; u < end; ++u)
        cpus.insert(cpus.end(), units[u].cpus.begin(), units[u].cpus.end());
    std::sort(cpus.begin(), cpus.end());
    return cpus;
}

/// "and there are 4" or "and 1 of the machine's 2 may be used here".
std::string supply(const CpuMap& machine, const CpuList& usable, std::size_t count,
                   std::size_t in_all) {
    std::string text =
        count == in_all ? fmt::format("there {} {}", count == 1 ? "is" : "are", count)
                        : fmt::format("this process may use {} of the machine's {}", count, in_all);
    if (usable.size() < machine.cpus.size())
        text += fmt::format(" (hardware threads {})", cpu_text(usable));
    return text;
}

class Planner {
  public:
    Planner(const CpuMap& machine, const CpuList& usable, const BindRequest& request)
        : machine_(machine), usable_(both(usable, machine.all())), request_(request) {
        plan_.request = request;
    }

    BindPlan plan() {
        if (request_.ranks < 1 || request_.threads < 0)
            throw InternalError("binding: no ranks, or less than no threads");
        if (request_.policy != BindPolicy::kNone && usable_.empty())
            throw InputError(
                "--bind: the cores of this machine are not known; use --bind none (hwloc, from "
                "libhwloc-dev, knows more machines)");
        switch (request_.policy) {
            case BindPolicy::kNone:
                share_nothing();
                break;
            case BindPolicy::kCore:
                share_cores();
                break;
            case BindPolicy::kSocket:
                share_units(&CpuPlace::package, "socket");
                break;
            case BindPolicy::kNuma:
                share_units(&CpuPlace::numa, "NUMA node");
                break;
            case BindPolicy::kGpu:
                share_gpus();
                break;
        }
        for (RankBinding& rank : plan_.ranks) rank.numa_nodes = numa_nodes(rank.cpus);
        return std::move(plan_);
    }

  private:
    std::size_t ranks() const { return static_cast<std::size_t>(request_.ranks); }
    std::size_t threads() const { return static_cast<std::size_t>(request_.threads); }

    [[noreturn]] void refuse(const std::string& reason) const {
        throw InputError(fmt::format("--bind {}: {}; possible here: {}",
                                     bind_policy_name(request_.policy), reason,
                                     bind_choices_text(bind_choices(machine_, usable_))));
    }
    std::string need() const {
        const std::string each =
            request_.threads > 0 ? fmt::format(" of {}", plural(threads(), "thread")) : "";
        return plural(ranks(), "rank") + each;
    }
    std::vector<int> numa_nodes(const CpuList& cpus) const {
        std::set<int> nodes;
        for (const CpuPlace& place : machine_.cpus)
            if (std::binary_search(cpus.begin(), cpus.end(), place.cpu)) nodes.insert(place.numa);
        return {nodes.begin(), nodes.end()};
    }

    void share_nothing() {
        for (std::size_t r = 0; r < ranks(); ++r)
            plan_.ranks.push_back(
                {usable_, std::vector<CpuList>(threads(), usable_), "anywhere", {}, -1});
    }

    void share_cores() {
        const std::vector<Unit> cores = units_of(machine_, usable_, &CpuPlace::core);
        const std::size_t needed = ranks() * std::max<std::size_t>(threads(), 1);
        if (needed > cores.size())
            refuse(fmt::format("{} on this node {} {}, and {}", need(),
                               ranks() == 1 ? "needs" : "need", plural(needed, "core"),
                               supply(machine_, usable_, cores.size(),
                                      units_of(machine_, machine_.all(), &CpuPlace::core).size())));
        for (std::size_t r = 0; r < ranks(); ++r) {
            const std::size_t begin = r * cores.size() / ranks();
            const std::size_t end =
                threads() > 0 ? begin + threads() : (r + 1) * cores.size() / ranks();
            RankBinding rank;
            rank.cpus = merged(cores, begin, end);
            CpuList numbers;
            for (std::size_t c = begin; c < end; ++c) {
                rank.threads.push_back(cores[c].cpus);
                numbers.push_back(cores[c].number);
            }
            std::sort(numbers.begin(), numbers.end());
            rank.place = (numbers.size() == 1 ? "core " : "cores ") + cpu_text(numbers);
            plan_.ranks.push_back(std::move(rank));
        }
    }

    /// A rank that moves over all hardware threads of a part.
    void give(const CpuList& cpus, int cores, std::string place, int gpu) {
        if (threads() > cpus.size())
            refuse(fmt::format("{} cannot run on {}, which has {}", plural(threads(), "thread"),
                               place, plural(cpus.size(), "usable hardware thread")));
        const std::size_t count = threads() > 0 ? threads() : static_cast<std::size_t>(cores);
        plan_.ranks.push_back({cpus, std::vector<CpuList>(count, cpus), std::move(place), {}, gpu});
    }

    void share_units(int CpuPlace::*number, std::string_view what) {
        const std::vector<Unit> units = units_of(machine_, usable_, number);
        if (ranks() > units.size())
            refuse(fmt::format("{} on this node need a {} each, and {}", need(), what,
                               supply(machine_, usable_, units.size(),
                                      units_of(machine_, machine_.all(), number).size())));
        for (std::size_t r = 0; r < ranks(); ++r) {
            const Unit& unit = units[r * units.size() / ranks()];
            give(unit.cpus, unit.cores, fmt::format("{} {}", what, unit.number), -1);
        }
    }

    void share_gpus() {
        const std::vector<GpuPlace>& gpus = machine_.gpus;
        if (gpus.empty()) refuse("this machine has no GPU that the kernel shows");
        if (ranks() > gpus.size())
            refuse(fmt::format("{} on this node need a GPU each, and there {} {}", need(),
                               gpus.size() == 1 ? "is" : "are", gpus.size()));
        for (std::size_t r = 0; r < ranks(); ++r) {
            // Ranks whose GPUs are near the same cores share these out.
            std::size_t place = 0, sharers = 0;
            for (std::size_t other = 0; other < ranks(); ++other) {
                if (gpus[other].near != gpus[r].near) continue;
                if (other < r) ++place;
                ++sharers;
            }
            const CpuList near = gpus[r].near.empty() ? usable_ : both(gpus[r].near, usable_);
            const std::vector<Unit> cores = units_of(machine_, near, &CpuPlace::core);
            const std::string name = fmt::format("GPU {} ({})", r, gpus[r].name);
            if (cores.size() < sharers)
                refuse(fmt::format("near {} are hardware threads {}, with {} for {}", name,
                                   cpu_text(gpus[r].near), plural(cores.size(), "usable core"),
                                   plural(sharers, "rank")));
            const std::size_t begin = place * cores.size() / sharers;
            const std::size_t end = (place + 1) * cores.size() / sharers;
            give(merged(cores, begin, end), static_cast<int>(end - begin),
                 fmt::format("{}, hardware threads {}", name, cpu_text(merged(cores, begin, end))),
                 static_cast<int>(r));
        }
    }

    const CpuMap& machine_;
    CpuList usable_;
    BindRequest request_;
    BindPlan plan_;
};

BindChoice choice_of(BindPolicy policy, const std::vector<Unit>& units) {
    BindChoice choice{policy, static_cast<int>(units.size()), 0};
    for (const Unit& unit : units)
        choice.most_threads = std::max(choice.most_threads, static_cast<int>(unit.cpus.size()));
    return choice;
}

}  // namespace

std::string_view bind_policy_name(BindPolicy policy) {
    return kPolicies[static_cast<std::size_t>(policy)];
}

BindPolicy bind_policy(std::string_view name) {
    for (std::size_t k = 0; k < std::size(kPolicies); ++k)
        if (kPolicies[k] == name) return static_cast<BindPolicy>(k);
    throw InputError(
        fmt::format("bind: \"{}\" is not known; use {}", name, fmt::join(kPolicies, ", ")));
}

BindPlan plan_binding(const CpuMap& machine, const CpuList& usable, const BindRequest& request) {
    return Planner(machine, usable, request).plan();
}

std::vector<BindChoice> bind_choices(const CpuMap& machine, const CpuList& usable) {
    const CpuList own = both(usable, machine.all());
    const std::vector<Unit> cores = units_of(machine, own, &CpuPlace::core);
    BindChoice core = choice_of(BindPolicy::kCore, cores);
    core.most_threads = core.most_ranks;  // a core each
    std::vector<Unit> near_gpus;
    for (const GpuPlace& gpu : machine.gpus) {
        const CpuList near = gpu.near.empty() ? own : both(gpu.near, own);
        if (!near.empty()) near_gpus.push_back({0, near, 0});
    }
    return {core, choice_of(BindPolicy::kSocket, units_of(machine, own, &CpuPlace::package)),
            choice_of(BindPolicy::kNuma, units_of(machine, own, &CpuPlace::numa)),
            choice_of(BindPolicy::kGpu, near_gpus), BindChoice{}};
}

std::string bind_choices_text(const std::vector<BindChoice>& choices) {
    std::string text;
    for (const BindChoice& choice : choices) {
        if (choice.policy != BindPolicy::kNone && choice.most_ranks == 0) continue;
        if (!text.empty()) text += ", ";
        text += bind_policy_name(choice.policy);
        if (choice.policy == BindPolicy::kCore)
            text += fmt::format(" ({} in all)",
                                plural(static_cast<std::size_t>(choice.most_ranks), "thread"));
        else if (choice.policy != BindPolicy::kNone)
            text +=
                fmt::format(" ({})", plural(static_cast<std::size_t>(choice.most_ranks), "rank"));
    }
    return text;
}

}  // namespace carillon::host
