// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/affinity.h"

#include <cerrno>

#ifdef CARILLON_HAS_HWLOC

#include <hwloc.h>

namespace carillon::host {

struct Affinity::Handle {
    hwloc_topology_t topology = nullptr;

    ~Handle() {
        if (topology != nullptr) hwloc_topology_destroy(topology);
    }
    int set(const CpuList& cpus, int whom) const {
        const hwloc_bitmap_t set = hwloc_bitmap_alloc();
        for (const int cpu : cpus) hwloc_bitmap_set(set, static_cast<unsigned>(cpu));
        const bool done = hwloc_set_cpubind(topology, set, whom) == 0;
        const int error = errno;
        hwloc_bitmap_free(set);
        return done ? 0 : error;
    }
};

Affinity::Affinity() : handle_(std::make_unique<Handle>()) {
    if (hwloc_topology_init(&handle_->topology) != 0) return;
    // A machine described elsewhere (HWLOC_SYNTHETIC, HWLOC_XMLFILE) would not be bound; callers
    // that hold a plan for this machine want it bound.
    hwloc_topology_set_flags(handle_->topology, HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM |
                                                    HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    hwloc_topology_set_all_types_filter(handle_->topology, HWLOC_TYPE_FILTER_KEEP_STRUCTURE);
    hwloc_topology_load(handle_->topology);
}

std::string Affinity::name() const {
    const unsigned version = hwloc_get_api_version();
    return "hwloc (interface " + std::to_string(version >> 16) + "." +
           std::to_string((version >> 8) & 0xff) + ")";
}

int Affinity::set_process(const CpuList& cpus) {
    return handle_->set(cpus, HWLOC_CPUBIND_PROCESS);
}

int Affinity::set_thread(const CpuList& cpus) {
    return handle_->set(cpus, HWLOC_CPUBIND_THREAD);
}

}  // namespace carillon::host

#else

#include <sched.h>

#include <charconv>
#include <filesystem>

namespace carillon::host {

namespace {

int set_one(pid_t thread, const CpuList& cpus) {
    const auto room = static_cast<std::size_t>(cpus.empty() ? 1024 : cpus.back() + 1);
    cpu_set_t* set = CPU_ALLOC(room);
    const std::size_t bytes = CPU_ALLOC_SIZE(room);
    CPU_ZERO_S(bytes, set);
    for (const int cpu : cpus) CPU_SET_S(static_cast<std::size_t>(cpu), bytes, set);
    const bool done = sched_setaffinity(thread, bytes, set) == 0;
    const int error = errno;
    CPU_FREE(set);
    return done ? 0 : error;
}

}  // namespace

struct Affinity::Handle {};

Affinity::Affinity() = default;

std::string Affinity::name() const {
    return "sched_setaffinity";
}

int Affinity::set_process(const CpuList& cpus) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        const std::string name = entry.path().filename().string();
        pid_t thread = 0;
        std::from_chars(name.data(), name.data() + name.size(), thread);
        if (const int error = set_one(thread, cpus)) return error;
    }
    return 0;
}

int Affinity::set_thread(const CpuList& cpus) {
    return set_one(0, cpus);
}

}  // namespace carillon::host

#endif

namespace carillon::host {

Affinity::~Affinity() = default;

}  // namespace carillon::host
