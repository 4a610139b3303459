// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/cpu_map.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <tuple>

#include "carillon/resource/host/host_tree.h"

namespace carillon::host {

namespace fs = std::filesystem;

std::string cpu_text(const CpuList& cpus) {
    std::string text;
    for (std::size_t begin = 0; begin < cpus.size();) {
        std::size_t end = begin + 1;
        while (end < cpus.size() && cpus[end] == cpus[end - 1] + 1) ++end;
        if (!text.empty()) text += ',';
        text += std::to_string(cpus[begin]);
        if (end - begin > 1) text += '-' + std::to_string(cpus[end - 1]);
        begin = end;
    }
    return text.empty() ? "none" : text;
}

CpuList parse_cpus(std::string_view text) {
    CpuList cpus;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        int first = 0;
        const auto [after, error] = std::from_chars(at, end, first);
        if (error != std::errc()) break;
        at = after;
        int last = first;
        if (at < end && *at == '-') {
            const auto range = std::from_chars(at + 1, end, last);
            if (range.ec != std::errc()) break;
            at = range.ptr;
        }
        for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
        if (at < end && *at == ',') ++at;
    }
    std::sort(cpus.begin(), cpus.end());
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    return cpus;
}

CpuList both(const CpuList& a, const CpuList& b) {
    CpuList common;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
    return common;
}

CpuList CpuMap::all() const {
    CpuList list;
    for (const CpuPlace& place : cpus) list.push_back(place.cpu);
    std::sort(list.begin(), list.end());
    return list;
}

namespace {

std::string first_line(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

int number_in(const fs::path& file, int otherwise) {
    const std::string line = first_line(file);
    std::from_chars(line.data(), line.data() + line.size(), otherwise);
    return otherwise;
}

/// NUMA node by hardware thread.
std::map<int, int> numa_of(const fs::path& sys) {
    std::map<int, int> nodes;
    for (const int node : parse_cpus(first_line(sys / "devices/system/node/online"))) {
        const fs::path list =
            sys / "devices/system/node" / ("node" + std::to_string(node)) / "cpulist";
        for (const int cpu : parse_cpus(first_line(list))) nodes[cpu] = node;
    }
    return nodes;
}

std::vector<GpuPlace> gpu_places(const fs::path& sys, const fs::path& proc) {
    std::vector<GpuPlace> places;
    for (const GpuDevice& gpu : gpu_devices(sys, proc))
        places.push_back({gpu.model, parse_cpus(first_line(sys / "bus/pci/devices" / gpu.address /
                                                           "local_cpulist"))});
    return places;
}

}  // namespace

CpuMap cpus_from_sysfs(const fs::path& sys) {
    CpuMap map;
    const std::map<int, int> numa = numa_of(sys);
    std::map<std::pair<int, int>, int> cores;  // by package and number in the package
    for (const int cpu : parse_cpus(first_line(sys / "devices/system/cpu/online"))) {
        const fs::path place =
            sys / "devices/system/cpu" / ("cpu" + std::to_string(cpu)) / "topology";
        const int package = number_in(place / "physical_package_id", 0);
        const int core = number_in(place / "core_id", cpu);
        cores.try_emplace({package, core}, 0);
        const auto node = numa.find(cpu);
        map.cpus.push_back({cpu, core, package, node == numa.end() ? 0 : node->second});
    }
    int number = 0;
    for (auto& [where, core] : cores) core = number++;
    for (CpuPlace& place : map.cpus) place.core = cores.at({place.package, place.core});
    std::sort(map.cpus.begin(), map.cpus.end(), [](const CpuPlace& a, const CpuPlace& b) {
        return std::tie(a.package, a.numa, a.core, a.cpu) <
               std::tie(b.package, b.numa, b.core, b.cpu);
    });
    return map;
}

CpuMap discover_cpus() {
    CpuMap map = cpus_from_hwloc();
    if (map.cpus.empty()) map = cpus_from_sysfs("/sys");
    if (map.this_machine) map.gpus = gpu_places("/sys", "/proc");
    return map;
}

CpuList usable_cpus() {
    // A fixed set has room for 1,024; larger machines need larger ones.
    for (int room = 1024; room <= 1 << 20; room *= 4) {
        cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(room));
        const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(room));
        CPU_ZERO_S(bytes, set);
        CpuList cpus;
        const bool known = sched_getaffinity(0, bytes, set) == 0;
        for (int cpu = 0; known && cpu < room; ++cpu)
            if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, set)) cpus.push_back(cpu);
        CPU_FREE(set);
        if (known) return cpus;
    }
    return {};
}

}  // namespace carillon::host
