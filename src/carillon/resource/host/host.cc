// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/host.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "carillon/resource/host/host_tree.h"
#include "carillon/resource/host/mpi_ranks.h"

#ifndef CARILLON_BUILD_TYPE
#define CARILLON_BUILD_TYPE "unknown"
#endif
#ifndef CARILLON_VERSION
#define CARILLON_VERSION "unknown"
#endif

namespace carillon {

namespace {

std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string cpu_model(const std::string& cpuinfo) {
    const std::size_t at = cpuinfo.find("model name");
    if (at == std::string::npos) return {};
    const std::size_t end = std::min(cpuinfo.find('\n', at), cpuinfo.size());
    const std::size_t colon = cpuinfo.find(": ", at);
    return colon < end ? cpuinfo.substr(colon + 2, end - colon - 2) : std::string();
}

/// Memory limit of the control group, version 2 or 1; 0 = none.
std::uint64_t memory_limit() {
    for (const char* file :
         {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
        std::istringstream text(file_text(file));
        std::uint64_t bytes = 0;
        constexpr std::uint64_t kNone = std::uint64_t{1} << 60;  // version 1 writes a huge number
        if (text >> bytes && bytes < kNone) return bytes;
    }
    return 0;
}

std::uint32_t usable_threads() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        return static_cast<std::uint32_t>(CPU_COUNT(&set));
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? static_cast<std::uint32_t>(online) : 1;
}

HostBuild build_facts() {
    HostBuild build;
    build.version = CARILLON_VERSION;
    build.type = CARILLON_BUILD_TYPE;
#if defined(__clang__)
    build.compiler =
        fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
    build.compiler = fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
    build.compiler = "unknown";
#endif
#if defined(_LIBCPP_VERSION)
    build.standard_library = fmt::format("libc++ {}", _LIBCPP_VERSION);
#elif defined(_GLIBCXX_RELEASE)
    build.standard_library = fmt::format("libstdc++ {}", _GLIBCXX_RELEASE);
#endif
    return build;
}

}  // namespace

HostMpi mpi_facts(const std::string& library, std::string_view path) {
    HostMpi mpi;
    mpi.library = library;
    mpi.built_in = !mpi.library.empty();
    mpi.launcher = find_program("mpirun", path);
    if (mpi.launcher.empty()) mpi.launcher = find_program("mpiexec", path);
    if (mpi.built_in) {
        mpi.launcher_says = mpi.library;
        mpi.launcher_says += mpi.launcher.empty()
                                 ? ", but mpirun is not in PATH: install openmpi-bin"
                                 : ", launched by " + mpi.launcher;
    } else {
        mpi.launcher_says = "built without MPI (one process); ";
        mpi.launcher_says +=
            mpi.launcher.empty()
                ? "install libopenmpi-dev and openmpi-bin and build again to add it"
                : mpi.launcher + " is there: install libopenmpi-dev and build again to add it";
    }
    return mpi;
}

namespace {

struct Tool {
    const char* program;
    const char* why;
    const char* remedy;
};

constexpr Tool kTools[] = {
    {"mpirun", "one state over several processes", "apt install openmpi-bin"},
    {"sbatch", "pilots on a Slurm cluster", "apt install slurm-client"},
    {"nvidia-smi", "NVIDIA GPUs", "install the NVIDIA driver, if there is such a GPU"},
    {"python3", "the Python package and plug-ins", "apt install python3"},
};

std::vector<HostMissing> find_missing(std::string_view path) {
    std::vector<HostMissing> missing;
    if (!has_hwloc()) {
        missing.push_back({"hwloc", "caches, GPUs and binding; the tree above comes from /sys",
                           "apt install libhwloc-dev and build again"});
    }
    for (const Tool& tool : kTools) {
        if (find_program(tool.program, path).empty())
            missing.push_back({tool.program, tool.why, tool.remedy});
    }
    return missing;
}

}  // namespace

std::uint32_t count_objects(const HostObject& tree, std::string_view type) {
    std::uint32_t count = tree.type == type ? 1 : 0;
    for (const HostObject& child : tree.children) count += count_objects(child, type);
    return count;
}

HostReport discover_host() {
    HostReport report;
    utsname names{};
    if (uname(&names) == 0) {
        report.name = names.nodename;
        report.system = fmt::format("{} {} {}", names.sysname, names.release, names.machine);
    }
    const std::string cpuinfo = file_text("/proc/cpuinfo");
    report.cpu = cpu_model(cpuinfo);
    report.simd = simd_from_cpuinfo(cpuinfo);
    report.tree = tree_from_hwloc(report.tree_source);
    if (report.tree.type.empty()) {
        report.tree = tree_from_sysfs("/sys");
        report.tree_source = "/sys";
    }
    const bool synthetic = report.tree_source.ends_with("synthetic");
    if (!synthetic && count_objects(report.tree, "GPU") == 0) {  // hwloc needs plug-ins to see some
        for (HostObject& gpu : gpus_from_sysfs("/sys", "/proc")) {
            report.tree.children.push_back(std::move(gpu));
        }
    }
    report.packages = count_objects(report.tree, "Package");
    report.numa_nodes = count_objects(report.tree, "NUMANode");
    report.cores = count_objects(report.tree, "Core");
    report.threads = count_objects(report.tree, "PU");
    report.gpus = count_objects(report.tree, "GPU");
    report.usable_threads = usable_threads();
    report.memory = memory_from_meminfo(file_text("/proc/meminfo"));
    report.memory.limit_bytes = memory_limit();
    const char* path = std::getenv("PATH");
    const std::string_view folders = path ? path : "";
    report.mpi = mpi_facts(host::mpi_library(), folders);
    report.build = build_facts();
    report.missing = find_missing(folders);
    return report;
}

}  // namespace carillon
