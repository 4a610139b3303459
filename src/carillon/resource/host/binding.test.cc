// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/binding.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "carillon/base/error.h"
#include "carillon/resource/host/host_tree.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::host {
namespace {

using enum BindPolicy;

/// Packages of NUMA nodes of cores of two hardware threads; the second threads of all cores are
/// numbered after the first ones, as x86 servers do.
CpuMap server(int packages, int numa_each, int cores_each) {
    CpuMap map;
    const int cores = packages * numa_each * cores_each;
    for (int core = 0; core < cores; ++core)
        for (int second = 0; second < 2; ++second)
            map.cpus.push_back(
                {core + second * cores, core, core / (numa_each * cores_each), core / cores_each});
    return map;
}

BindPlan plan(const CpuMap& machine, BindRequest request) {
    return plan_binding(machine, machine.all(), request);
}

std::string refusal(const CpuMap& machine, const CpuList& usable, BindRequest request) {
    try {
        plan_binding(machine, usable, request);
    } catch (const InputError& error) {
        return error.what();
    }
    return "(accepted)";
}

TEST(CpuText, lists_read_back_as_written) {
    EXPECT_EQ(cpu_text({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
    EXPECT_EQ(cpu_text({}), "none");
    EXPECT_EQ(parse_cpus("0-2,5,7-8\n"), (CpuList{0, 1, 2, 5, 7, 8}));
    EXPECT_EQ(parse_cpus(""), CpuList{});
    EXPECT_EQ(parse_cpus("3,1,x"), (CpuList{1, 3}));
}

TEST(BindPlan, core_gives_each_thread_a_core_with_its_siblings) {
    const BindPlan p = plan(server(2, 2, 4), {kCore, 4, 4});
    ASSERT_EQ(p.ranks.size(), 4u);
    EXPECT_EQ(p.ranks[1].cpus, (CpuList{4, 5, 6, 7, 20, 21, 22, 23}));
    EXPECT_EQ(p.ranks[1].threads[2], (CpuList{6, 22}));
    EXPECT_EQ(p.ranks[1].place, "cores 4-7");
    EXPECT_EQ(p.ranks[3].numa_nodes, std::vector<int>{3});
}

TEST(BindPlan, core_spreads_few_ranks_over_the_machine_and_shares_all_cores_out_when_not_told) {
    const CpuMap machine = server(2, 1, 4);
    const BindPlan two = plan(machine, {kCore, 2, 1});
    EXPECT_EQ(two.ranks[0].place, "core 0");
    EXPECT_EQ(two.ranks[1].place, "core 4");  // the other package
    const BindPlan three = plan(machine, {kCore, 3, 0});
    EXPECT_EQ(three.ranks[0].threads.size(), 2u);  // cores 0 to 8 in three parts
    EXPECT_EQ(three.ranks[1].threads.size(), 3u);
    EXPECT_EQ(three.ranks[2].threads.size(), 3u);
}

TEST(BindPlan, no_hardware_thread_is_given_twice) {
    const CpuMap machine = server(2, 2, 3);
    for (const BindPolicy policy : {kCore, kSocket, kNuma})
        for (int ranks = 1; ranks <= 12; ++ranks) {
            BindPlan p;
            try {
                p = plan(machine, {policy, ranks, 0});
            } catch (const InputError&) {
                EXPECT_GT(ranks, policy == kCore ? 12 : policy == kSocket ? 2 : 4);
                continue;
            }
            std::vector<int> given;
            for (const RankBinding& r : p.ranks)
                given.insert(given.end(), r.cpus.begin(), r.cpus.end());
            std::sort(given.begin(), given.end());
            EXPECT_EQ(std::adjacent_find(given.begin(), given.end()), given.end());
            EXPECT_EQ(p.ranks.size(), static_cast<std::size_t>(ranks));
        }
}

TEST(BindPlan, socket_and_numa_give_a_whole_part_over_which_threads_move) {
    const CpuMap machine = server(2, 2, 2);
    const BindPlan sockets = plan(machine, {kSocket, 2, 3});
    EXPECT_EQ(sockets.ranks[1].cpus, (CpuList{4, 5, 6, 7, 12, 13, 14, 15}));
    EXPECT_EQ(sockets.ranks[1].threads, std::vector<CpuList>(3, sockets.ranks[1].cpus));
    EXPECT_EQ(sockets.ranks[1].numa_nodes, (std::vector<int>{2, 3}));
    const BindPlan nodes = plan(machine, {kNuma, 4, 0});
    EXPECT_EQ(nodes.ranks[2].cpus, (CpuList{4, 5, 12, 13}));
    EXPECT_EQ(nodes.ranks[2].threads.size(), 2u);  // one a core
    EXPECT_EQ(nodes.ranks[2].place, "NUMA node 2");
    EXPECT_EQ(plan(machine, {kNuma, 2, 0}).ranks[1].place, "NUMA node 2");  // the other package
}

TEST(BindPlan, gpu_ranks_near_the_same_cores_share_them_out) {
    CpuMap machine = server(2, 1, 4);
    const CpuList left{0, 1, 2, 3, 8, 9, 10, 11}, right{4, 5, 6, 7, 12, 13, 14, 15};
    machine.gpus = {{"A", left}, {"B", left}, {"C", right}};
    const BindPlan p = plan(machine, {kGpu, 3, 0});
    EXPECT_EQ(p.ranks[0].cpus, (CpuList{0, 1, 8, 9}));
    EXPECT_EQ(p.ranks[1].cpus, (CpuList{2, 3, 10, 11}));
    EXPECT_EQ(p.ranks[2].cpus, right);
    EXPECT_EQ(p.ranks[2].gpu, 2);
    EXPECT_EQ(p.ranks[1].threads.size(), 2u);
    EXPECT_EQ(refusal(machine, right, {kGpu, 1, 0}),
              "--bind gpu: near GPU 0 (A) are hardware threads 0-3,8-11, with 0 usable cores for 1 "
              "rank; possible here: core (4 threads in all), socket (1 rank), numa (1 rank), gpu "
              "(1 rank), none");
}

TEST(BindPlan, none_leaves_all_to_the_kernel) {
    const BindPlan p = plan(server(1, 1, 2), {kNone, 9, 5});
    EXPECT_EQ(p.ranks.size(), 9u);
    EXPECT_EQ(p.ranks[8].threads, std::vector<CpuList>(5, {0, 1, 2, 3}));
}

TEST(BindPlan, only_usable_hardware_threads_are_shared_out) {
    const CpuMap machine = server(2, 1, 4);
    const BindPlan p = plan_binding(machine, {1, 2, 6, 14, 99}, {kCore, 3, 1});
    EXPECT_EQ(p.ranks[0].cpus, CpuList{1});
    EXPECT_EQ(p.ranks[1].cpus, CpuList{2});
    EXPECT_EQ(p.ranks[2].cpus, (CpuList{6, 14}));
}

TEST(BindPlan, what_the_machine_cannot_give_is_refused_with_what_it_can) {
    const CpuMap machine = server(2, 2, 4);
    EXPECT_EQ(refusal(machine, machine.all(), {kCore, 8, 3}),
              "--bind core: 8 ranks of 3 threads on this node need 24 cores, and there are 16; "
              "possible here: core (16 threads in all), socket (2 ranks), numa (4 ranks), none");
    EXPECT_EQ(refusal(machine, {0, 1}, {kCore, 3, 0}),
              "--bind core: 3 ranks on this node need 3 cores, and this process may use 2 of the "
              "machine's 16 (hardware threads 0-1); possible here: core (2 threads in all), socket "
              "(1 rank), numa (1 rank), none");
    EXPECT_EQ(refusal(machine, machine.all(), {kSocket, 3, 0}),
              "--bind socket: 3 ranks on this node need a socket each, and there are 2; possible "
              "here: core (16 threads in all), socket (2 ranks), numa (4 ranks), none");
    EXPECT_EQ(refusal(machine, machine.all(), {kNuma, 4, 9}),
              "--bind numa: 9 threads cannot run on NUMA node 0, which has 8 usable hardware "
              "threads; possible here: core (16 threads in all), socket (2 ranks), numa (4 ranks), "
              "none");
    EXPECT_EQ(refusal(machine, machine.all(), {kGpu, 1, 0}),
              "--bind gpu: this machine has no GPU that the kernel shows; possible here: core (16 "
              "threads in all), socket (2 ranks), numa (4 ranks), none");
    EXPECT_NE(refusal({}, {0}, {kCore, 1, 0}).find("not known"), std::string::npos);
}

TEST(BindPolicy, names_are_read_and_others_refused) {
    for (const BindPolicy policy : {kNone, kCore, kSocket, kNuma, kGpu})
        EXPECT_EQ(bind_policy(bind_policy_name(policy)), policy);
    EXPECT_THROW(bind_policy("cores"), InputError);
}

/// Sets a variable for as long as it lives.
class Variable {
  public:
    Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
    ~Variable() { unsetenv(name_); }

  private:
    const char* name_;
};

TEST(CpuMap, a_synthetic_machine_is_planned_but_never_bound) {
    if (!has_hwloc()) GTEST_SKIP() << "built without hwloc";
    const Variable synthetic("HWLOC_SYNTHETIC", "pack:2 numa:2 core:4 pu:2");
    const CpuMap machine = discover_cpus();
    EXPECT_FALSE(machine.this_machine);
    ASSERT_EQ(machine.cpus.size(), 32u);
    const BindPlan p = plan(machine, {kNuma, 4, 0});
    EXPECT_EQ(p.ranks[3].cpus, (CpuList{24, 25, 26, 27, 28, 29, 30, 31}));
    EXPECT_EQ(p.ranks[3].threads.size(), 4u);
    EXPECT_EQ(plan(machine, {kSocket, 2, 1}).ranks[0].numa_nodes, (std::vector<int>{0, 1}));
    EXPECT_EQ(plan(machine, {kCore, 16, 1}).ranks[15].cpus, (CpuList{30, 31}));
    const CpuList before = usable_cpus();
    EXPECT_THROW(bind_rank(*single_rank(), kCore, 1), InputError);
    EXPECT_EQ(usable_cpus(), before);
}

TEST(CpuMap, hwloc_and_sysfs_agree_on_this_machine) {
    const CpuMap a = cpus_from_hwloc(), b = cpus_from_sysfs("/sys");
    if (a.cpus.empty()) GTEST_SKIP() << "built without hwloc";
    if (b.cpus.empty()) GTEST_SKIP() << "no /sys";
    EXPECT_EQ(a.all(), b.all());
    ASSERT_EQ(a.cpus.size(), b.cpus.size());
    for (const CpuPlace& x : a.cpus) {
        const auto y = std::find_if(b.cpus.begin(), b.cpus.end(),
                                    [&](const CpuPlace& c) { return c.cpu == x.cpu; });
        ASSERT_NE(y, b.cpus.end());
        EXPECT_EQ(x.numa, y->numa);
        // Numbers differ where a package counts its cores its own way; neighbours do not.
        for (const CpuPlace& other : a.cpus) {
            const auto z = std::find_if(b.cpus.begin(), b.cpus.end(),
                                        [&](const CpuPlace& c) { return c.cpu == other.cpu; });
            EXPECT_EQ(x.core == other.core, y->core == z->core);
            EXPECT_EQ(x.package == other.package, y->package == z->package);
        }
    }
}

TEST(CpuMap, sysfs_tells_packages_cores_and_nodes_apart) {
    namespace fs = std::filesystem;
    const fs::path sys =
        fs::temp_directory_path() / ("carillon-cpu-map-test-" + std::to_string(getpid()));
    const auto write = [&](const std::string& file, const std::string& text) {
        fs::create_directories((sys / file).parent_path());
        std::ofstream(sys / file) << text << '\n';
    };
    write("devices/system/cpu/online", "0-3,6-7");
    const int package[] = {0, 0, 1, 1, 0, 0, 0, 1};
    for (const int cpu : {0, 1, 2, 3, 6, 7}) {
        const std::string base = "devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
        write(base + "physical_package_id", std::to_string(package[cpu]));
        write(base + "core_id", std::to_string(cpu == 6 ? 0 : cpu == 7 ? 2 : cpu));
    }
    write("devices/system/node/online", "0-1");
    write("devices/system/node/node0/cpulist", "0-1,6");
    write("devices/system/node/node1/cpulist", "2-3,7");
    const CpuMap map = cpus_from_sysfs(sys);
    fs::remove_all(sys);
    const BindPlan p = plan(map, {kCore, 4, 1});
    EXPECT_EQ(p.ranks[0].cpus, (CpuList{0, 6}));
    EXPECT_EQ(p.ranks[2].cpus, (CpuList{2, 7}));
    EXPECT_EQ(p.ranks[2].numa_nodes, std::vector<int>{1});
    EXPECT_EQ(plan(map, {kSocket, 2, 0}).ranks[1].cpus, (CpuList{2, 3, 7}));
}

/// Puts the affinity of this thread back when it goes.
struct KeepAffinity {
    cpu_set_t before{};
    KeepAffinity() { sched_getaffinity(0, sizeof before, &before); }
    ~KeepAffinity() { sched_setaffinity(0, sizeof before, &before); }
};

/// Hardware threads of the calling thread, asked of the kernel in another way.
CpuList allowed_by_status() {
    std::ifstream status("/proc/thread-self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("Cpus_allowed_list:"))
            return parse_cpus(line.substr(line.find_first_of("0123456789")));
    return {};
}

TEST(Binding, the_kernel_confirms_the_binding_of_process_and_threads) {
    const KeepAffinity keep;
    const CpuList before = usable_cpus();
    const auto binding = bind_rank(*single_rank(), kCore, 1);
    EXPECT_EQ(binding->threads(), 1);
    EXPECT_EQ(allowed_by_status(), binding->wanted().cpus);
    EXPECT_TRUE(before.size() == 1 || allowed_by_status() != before);
    CpuList in_thread;
    std::thread([&] {
        binding->bind_thread(0);
        in_thread = allowed_by_status();
    }).join();
    EXPECT_EQ(in_thread, binding->wanted().threads[0]);
    const BindReport report = binding->report();
    EXPECT_TRUE(report.as_asked());
    EXPECT_EQ(report.kernel, allowed_by_status());
    EXPECT_EQ(report.threads_kernel, std::vector<CpuList>{in_thread});
    const auto json = nlohmann::json::parse(bind_json(report));
    EXPECT_EQ(json["policy"], "core");
    EXPECT_EQ(json["kernel"], cpu_text(allowed_by_status()));
    EXPECT_EQ(json["as_asked"], true);
}

TEST(Binding, threads_of_a_rank_go_to_cores_of_their_own) {
    const KeepAffinity keep;
    const CpuMap machine = discover_cpus();
    const auto choices = bind_choices(machine, usable_cpus());
    if (choices[0].most_threads < 2) GTEST_SKIP() << "one core";
    const auto binding = bind_rank(*single_rank(), kCore, 2);
    CpuList seen[2];
    for (int t = 0; t < 2; ++t)
        std::thread([&, t] {
            binding->bind_thread(t);
            seen[t] = allowed_by_status();
        }).join();
    EXPECT_TRUE(both(seen[0], seen[1]).empty());
    EXPECT_TRUE(binding->report().as_asked());
}

TEST(Binding, a_kernel_that_says_otherwise_is_reported) {
    const KeepAffinity keep;
    BindPlan p;
    p.request = {kCore, 1, 1};
    p.ranks.push_back({usable_cpus(), {{1 << 14}}, "core 16384", {}, -1});  // no such thread
    Binding binding(p, 0);
    binding.bind_thread(0);
    EXPECT_FALSE(binding.report().as_asked());
    EXPECT_NE(bind_text(binding.report()).find("NOT as asked"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(bind_json(binding.report()))["as_asked"], false);
    p.ranks[0].cpus = {1 << 14};
    EXPECT_THROW(Binding(p, 0), ResourceError);
}

/// Usable hardware threads of two different cores; fewer where there are not two.
CpuList two_cores(const CpuMap& machine) {
    CpuList chosen;
    int core = -1;
    for (const CpuPlace& place : machine.cpus) {
        if (chosen.size() == 2 || place.core == core || both({place.cpu}, usable_cpus()).empty())
            continue;
        chosen.push_back(place.cpu);
        core = place.core;
    }
    return chosen;
}

TEST(Binding, ranks_of_a_node_share_what_at_least_one_of_them_may_use) {
    const CpuList two = two_cores(discover_cpus());
    if (two.size() < 2) GTEST_SKIP() << "one core";
    std::mutex mutex;
    CpuList given;
    run_as_threads({.ranks = 2}, [&](Ranks& ranks) {
        // As a launcher would: each rank sees one hardware thread only, and the other's at that.
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(static_cast<std::size_t>(two[static_cast<std::size_t>(1 - ranks.rank())]), &set);
        ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
        const auto binding = bind_rank(ranks, kCore, 1);
        EXPECT_TRUE(binding->report().as_asked());
        const std::lock_guard lock(mutex);
        EXPECT_EQ(allowed_by_status(), CpuList{two[static_cast<std::size_t>(ranks.rank())]});
        given.push_back(allowed_by_status().at(0));
    });
    std::sort(given.begin(), given.end());
    EXPECT_EQ(given, two);
}

TEST(Binding, ranks_refuse_together) {
    run_as_threads({.ranks = 3, .ranks_per_node = 2}, [](Ranks& ranks) {
        EXPECT_THROW(bind_rank(ranks, kCore, 1 << 20), InputError);
    });
}

}  // namespace
}  // namespace carillon::host
