// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "carillon/base/error.h"
#include "carillon/resource/host/affinity.h"
#include "carillon/resource/host/binding.h"
#include "carillon/resource/host/group.h"

namespace carillon::host {

struct Binding::State {
    Affinity affinity;
    CpuList process;  ///< as the kernel said after it was bound
    mutable std::mutex mutex;
    std::vector<CpuList> threads;  ///< as the kernel said in each
};

Binding::Binding(const BindPlan& plan, int rank, bool whole_process)
    : policy_(plan.request.policy),
      rank_(rank),
      ranks_(plan.request.ranks),
      wanted_(plan.ranks.at(static_cast<std::size_t>(rank))),
      state_(std::make_unique<State>()) {
    state_->threads.resize(wanted_.threads.size());
    if (policy_ != BindPolicy::kNone) {
        const int error = whole_process ? state_->affinity.set_process(wanted_.cpus)
                                        : state_->affinity.set_thread(wanted_.cpus);
        if (error != 0)
            throw ResourceError(fmt::format(
                "--bind {}: the kernel does not let this process run on hardware threads {}: {}",
                bind_policy_name(policy_), cpu_text(wanted_.cpus), std::strerror(error)));
    }
    state_->process = usable_cpus();
    if (wanted_.threads.size() == 1) bind_thread(0);  // the calling thread is all there is
}

Binding::~Binding() = default;

void Binding::bind_thread(int thread) {
    auto which = static_cast<std::size_t>(thread);
    if (policy_ != BindPolicy::kNone) {
        which %= wanted_.threads.size();
        state_->affinity.set_thread(wanted_.threads[which]);
    }
    CpuList kernel = usable_cpus();
    const std::lock_guard lock(state_->mutex);
    if (which >= state_->threads.size()) state_->threads.resize(which + 1);  // any number of them
    state_->threads[which] = std::move(kernel);
}

BindReport Binding::report() const {
    BindReport report;
    report.policy = policy_;
    report.rank_on_node = rank_;
    report.ranks_on_node = ranks_;
    report.place = wanted_.place;
    report.set_with = state_->affinity.name();
    report.asked = wanted_.cpus;
    report.kernel = state_->process;
    report.numa_nodes = wanted_.numa_nodes;
    report.gpu = wanted_.gpu;
    const std::lock_guard lock(state_->mutex);
    for (std::size_t t = 0; t < state_->threads.size(); ++t) {
        if (state_->threads[t].empty()) continue;  // never ran
        report.threads_asked.push_back(t < wanted_.threads.size() ? wanted_.threads[t]
                                                                  : wanted_.cpus);
        report.threads_kernel.push_back(state_->threads[t]);
    }
    return report;
}

namespace {

/// What the ranks of this node are.
struct NodeView {
    CpuList usable;             ///< by at least one of them
    bool own_processes = true;  ///< none is a thread of another's process
};

NodeView view_node(Group& node) {
    std::vector<int> own = usable_cpus();
    own.push_back(getpid());
    std::set<int> usable, processes;
    for (const auto& bytes : node.all_gather(std::as_bytes(std::span(own)))) {
        std::vector<int> theirs(bytes.size() / sizeof(int));
        std::memcpy(theirs.data(), bytes.data(), theirs.size() * sizeof(int));
        processes.insert(theirs.back());
        usable.insert(theirs.begin(), theirs.end() - 1);
    }
    return {{usable.begin(), usable.end()},
            processes.size() == static_cast<std::size_t>(node.size())};
}

std::unique_ptr<Binding> bind_on_node(const NodeView& view, const BindRequest& request, int rank) {
    const CpuMap machine = discover_cpus();
    const BindPlan plan = plan_binding(machine, view.usable, request);
    if (request.policy != BindPolicy::kNone && !machine.this_machine)
        throw InputError(fmt::format(
            "--bind {}: HWLOC_SYNTHETIC or HWLOC_XMLFILE describes another machine; unset it to "
            "bind on this one",
            bind_policy_name(request.policy)));
    return std::make_unique<Binding>(plan, rank, view.own_processes);
}

/// All throw what one of them has to say.
void agree(Group& world, const std::string& error, bool input) {
    const bool any_input = world.most(input ? 1 : 0) > 0;
    try {
        world.agree(error);
    } catch (const ResourceError& e) {
        if (any_input) throw InputError(e.what());
        throw;
    }
}

}  // namespace

std::unique_ptr<Binding> bind_rank(Ranks& ranks, BindPolicy policy, int threads) {
    Group node = Group::node(ranks);
    std::unique_ptr<Binding> binding;
    std::string error;
    bool input = false;
    const NodeView view = view_node(node);
    try {
        binding = bind_on_node(view, {policy, node.size(), threads}, node.index());
    } catch (const InputError& e) {
        error = e.what();
        input = true;
    } catch (const ResourceError& e) {
        error = e.what();
    }
    Group world = Group::world(ranks);
    agree(world, error, input);
    return binding;
}

namespace {

std::string joined(const std::vector<CpuList>& lists) {
    std::string text;
    for (const CpuList& list : lists) text += (text.empty() ? "" : " | ") + cpu_text(list);
    return text;
}

/// The threads' places, once where they all have the same.
std::string threads_text(const std::vector<CpuList>& threads) {
    const bool alike = std::all_of(threads.begin(), threads.end(),
                                   [&](const CpuList& list) { return list == threads[0]; });
    const std::string head =
        threads.size() == 1 ? "1 thread on " : fmt::format("{} threads on ", threads.size());
    return head + (alike ? cpu_text(threads[0]) : joined(threads));
}

}  // namespace

std::string bind_text(const BindReport& r) {
    std::string asked = fmt::format("{}", bind_policy_name(r.policy));
    if (r.ranks_on_node > 1)
        asked += fmt::format(", rank {} of {} on this node", r.rank_on_node, r.ranks_on_node);
    if (r.policy != BindPolicy::kNone) asked += fmt::format(": {}", r.place);
    std::string kernel = fmt::format("process on hardware threads {}", cpu_text(r.kernel));
    if (!r.threads_kernel.empty()) kernel += ", " + threads_text(r.threads_kernel);
    if (!r.as_asked())
        kernel +=
            fmt::format("; NOT as asked: process on {}, {}", cpu_text(r.asked),
                        r.threads_asked.empty() ? "no threads" : threads_text(r.threads_asked));
    return fmt::format("{:<13} {}\n{:<13} {}\n", "binding", asked, "kernel says", kernel);
}

std::string bind_json(const BindReport& r) {
    using Json = nlohmann::ordered_json;
    Json threads = Json::array();
    for (std::size_t t = 0; t < r.threads_asked.size(); ++t)
        threads.push_back(
            {{"asked", cpu_text(r.threads_asked[t])}, {"kernel", cpu_text(r.threads_kernel[t])}});
    const Json json{{"policy", bind_policy_name(r.policy)},
                    {"rank_on_node", r.rank_on_node},
                    {"ranks_on_node", r.ranks_on_node},
                    {"place", r.place},
                    {"asked", cpu_text(r.asked)},
                    {"kernel", cpu_text(r.kernel)},
                    {"threads", std::move(threads)},
                    {"as_asked", r.as_asked()},
                    {"numa_nodes", r.numa_nodes},
                    {"gpu", r.gpu < 0 ? Json() : Json(r.gpu)},
                    {"set_with", r.set_with}};
    return json.dump();
}

}  // namespace carillon::host
