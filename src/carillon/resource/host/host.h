// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace carillon {

/// A part of the machine, with the parts it holds.
struct HostObject {
    std::string
        type;  ///< "Machine", "Package", "NUMANode", "L3", "L2", "L1d", "Core", "PU", "GPU", ...
    std::uint32_t index = 0;
    std::string name;         ///< model of a package or a device
    std::uint64_t bytes = 0;  ///< size of a cache or of memory
    std::vector<HostObject> children;
};

struct HostMemory {
    std::uint64_t total_bytes = 0, available_bytes = 0;
    std::uint64_t limit_bytes = 0;  ///< of this process' control group; 0 = none
    std::uint64_t huge_page_bytes = 0, huge_pages = 0;
};

struct HostMpi {
    bool built_in = false;      ///< this program was built with MPI
    std::string library;        ///< "Open MPI 4.1.4"; empty when it was not
    std::string launcher;       ///< path of mpirun; empty = none in PATH
    std::string launcher_says;  ///< what there is and what would add the rest
};

struct HostBuild {
    std::string version, compiler, type, standard_library;
};

/// Something this machine lacks, what it is for, and how to get it.
struct HostMissing {
    std::string what, why, remedy;
};

/// The machine as far as Carillon cares.
struct HostReport {
    std::string name, system, cpu;
    HostObject tree;
    std::string tree_source;  ///< "hwloc (interface 2.8)", the same with ", synthetic", or "/sys"
    std::uint32_t packages = 0, numa_nodes = 0, cores = 0, threads = 0, gpus = 0;
    std::uint32_t usable_threads = 0;  ///< this process may run on
    HostMemory memory;
    std::vector<std::string> simd;  ///< instruction sets, weakest first
    HostMpi mpi;
    HostBuild build;
    std::vector<HostMissing> missing;
};

/// Looks at this machine. Never throws for what it cannot find: it says so in the report.
HostReport discover_host();

/// The report for people, and as JSON.
std::string host_text(const HostReport& report);
std::string host_json(const HostReport& report);

/// The tree with one part a line; neighbours of the same make are drawn once.
std::string tree_text(const HostObject& tree);

/// How many parts of a type a tree holds.
std::uint32_t count_objects(const HostObject& tree, std::string_view type);

/// Packages, NUMA nodes, cores and threads from a sysfs tree, for machines without hwloc.
///
/// Args:
///     sys: where sysfs is mounted, normally /sys.
HostObject tree_from_sysfs(const std::filesystem::path& sys);

/// GPUs of NVIDIA, AMD and Intel among the PCI devices, with the model where the driver tells.
///
/// Args:
///     sys, proc: where these are mounted, normally /sys and /proc.
std::vector<HostObject> gpus_from_sysfs(const std::filesystem::path& sys,
                                        const std::filesystem::path& proc);

/// Instruction sets Carillon has kernels for or may get them, from the text of /proc/cpuinfo.
std::vector<std::string> simd_from_cpuinfo(std::string_view cpuinfo);

/// Memory from the text of /proc/meminfo.
HostMemory memory_from_meminfo(std::string_view meminfo);

/// What there is of MPI.
///
/// Args:
///     library: MPI library this program was built with; empty for none.
///     path: folders where a launcher may be.
HostMpi mpi_facts(const std::string& library, std::string_view path);

/// Full path of a program in a PATH-like list of folders; empty when it is in none.
std::string find_program(std::string_view name, std::string_view path);

}  // namespace carillon
