// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/host.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "carillon/resource/host/host_tree.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;

/// Sets a variable for as long as it lives.
class Variable {
  public:
    Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
    ~Variable() { unsetenv(name_); }

  private:
    const char* name_;
};

TEST(Host, a_synthetic_machine_is_counted) {
    if (!has_hwloc()) GTEST_SKIP() << "built without hwloc";
    const Variable synthetic("HWLOC_SYNTHETIC", "pack:2 numa:2 l3:1 core:4 pu:2");
    const HostReport report = discover_host();
    EXPECT_EQ(report.packages, 2u);
    EXPECT_EQ(report.numa_nodes, 4u);
    EXPECT_EQ(report.cores, 16u);
    EXPECT_EQ(report.threads, 32u);
    EXPECT_EQ(report.gpus, 0u);
    EXPECT_EQ(report.usable_cpus.size(), 32u);
    EXPECT_EQ(host::bind_choices_text(report.binding),
              "core (16 threads in all), socket (2 ranks), numa (4 ranks), none");
    const auto json = nlohmann::json::parse(host_json(report));
    EXPECT_EQ(json["binding"]["policies"]["numa"]["most_ranks"], 4);
    EXPECT_EQ(json["binding"]["policies"]["numa"]["most_threads"], 8);
    EXPECT_EQ(json["binding"]["policies"]["gpu"]["most_ranks"], 0);
    EXPECT_EQ(count_objects(report.tree, "L3"), 4u);
    EXPECT_NE(report.tree_source.find("synthetic"), std::string::npos);
}

TEST(Host, this_machine_has_a_core_memory_and_a_thread_to_run_on) {
    const HostReport report = discover_host();
    EXPECT_GE(report.cores, 1u);
    EXPECT_GE(report.threads, report.cores);
    EXPECT_GE(report.usable_cpus.size(), 1u);
    EXPECT_GE(report.binding.at(0).most_ranks, 1);
    EXPECT_GT(report.memory.total_bytes, 0u);
    EXPECT_FALSE(report.mpi.launcher_says.empty());
    EXPECT_NE(report.build.compiler, "unknown");
}

TEST(Host, without_mpi_the_packages_that_add_it_are_named) {
    const HostMpi mpi = mpi_facts("", "/no/such/folder");
    EXPECT_FALSE(mpi.built_in);
    EXPECT_NE(mpi.launcher_says.find("built without MPI"), std::string::npos);
    EXPECT_NE(mpi.launcher_says.find("libopenmpi-dev"), std::string::npos);
}

TEST(Host, with_mpi_its_version_is_told_and_a_missing_launcher) {
    const HostMpi mpi = mpi_facts("Open MPI 4.1.4", "/no/such/folder");
    EXPECT_TRUE(mpi.built_in);
    EXPECT_NE(mpi.launcher_says.find("Open MPI 4.1.4"), std::string::npos);
    EXPECT_NE(mpi.launcher_says.find("openmpi-bin"), std::string::npos);
}

TEST(Host, tools_that_are_not_in_path_are_missing) {
    const std::string saved = std::getenv("PATH") ? std::getenv("PATH") : "";
    setenv("PATH", "/no/such/folder", 1);
    const HostReport report = discover_host();
    setenv("PATH", saved.c_str(), 1);
    bool sbatch = false;
    for (const HostMissing& m : report.missing) sbatch = sbatch || m.what == "sbatch";
    EXPECT_TRUE(sbatch);
    EXPECT_TRUE(report.mpi.launcher.empty());
}

TEST(Host, json_says_the_same_as_the_report) {
    const HostReport report = discover_host();
    const auto json = nlohmann::json::parse(host_json(report));
    EXPECT_EQ(json["counts"]["cores"], report.cores);
    EXPECT_EQ(json["memory"]["total_bytes"], report.memory.total_bytes);
    EXPECT_EQ(json["tree"]["type"], "Machine");
    EXPECT_EQ(json["mpi"]["built_in"], report.mpi.built_in);
    EXPECT_EQ(json["missing"].size(), report.missing.size());
}

TEST(HostScratch, a_block_goes_to_a_folder_and_back_or_the_reason_is_told) {
    const fs::path folder =
        fs::temp_directory_path() / ("carillon-scratch-test-" + std::to_string(getpid()));
    EXPECT_FALSE(probe_scratch(folder).direct_io);
    EXPECT_EQ(probe_scratch(folder).direct_io_says,
              "direct I/O cannot be used: No such file or directory");
    fs::create_directories(folder);
    const HostScratch scratch = probe_scratch(folder);
    EXPECT_TRUE(fs::is_empty(folder));
    fs::remove_all(folder);
    EXPECT_EQ(scratch.direct_io, scratch.direct_io_says == "direct I/O works");
    EXPECT_GT(scratch.total_bytes, 0u);
    EXPECT_LE(scratch.free_bytes, scratch.total_bytes);
}

TEST(HostSlurm, its_version_and_job_are_told) {
    const fs::path folder =
        fs::temp_directory_path() / ("carillon-slurm-test-" + std::to_string(getpid()));
    fs::create_directories(folder);
    const fs::path sbatch = folder / "sbatch";
    std::ofstream(sbatch) << "#!/bin/sh\necho slurm-wlm 22.05.8\n";
    fs::permissions(sbatch, fs::perms::owner_all);
    const Variable job("SLURM_JOB_ID", "77"), tasks("SLURM_NTASKS", "8");
    const HostSlurm slurm = slurm_facts(folder.string());
    fs::remove_all(folder);
    EXPECT_EQ(slurm.version, "slurm-wlm 22.05.8");
    EXPECT_EQ(slurm.job, "77");
    EXPECT_EQ(slurm.tasks, "8");
    EXPECT_EQ(slurm_facts("/no/such/folder").version, "");
    HostReport report;
    report.slurm = slurm;
    EXPECT_NE(host_text(report).find("slurm-wlm 22.05.8; inside job 77 of 8 tasks"),
              std::string::npos);
    const auto json = nlohmann::json::parse(host_json(report));
    EXPECT_EQ(json["slurm"]["version"], "slurm-wlm 22.05.8");
    EXPECT_TRUE(json["slurm"]["nodes"].is_null());
}

TEST(HostMemory, the_largest_state_that_fits_has_a_power_of_two_amplitudes) {
    EXPECT_EQ(qubits_that_fit(std::uint64_t{1} << 34, 16), 30);
    EXPECT_EQ(qubits_that_fit((std::uint64_t{1} << 34) - 1, 16), 29);
    EXPECT_EQ(qubits_that_fit(std::uint64_t{1} << 34, 8), 31);
    EXPECT_EQ(qubits_that_fit(0, 16), 0);
}

TEST(HostText, words_tell_what_the_kernel_allows) {
    HostReport report;
    report.memory.available_bytes = std::uint64_t{1} << 34;
    report.memory_kinds.transparent = "never";
    report.memory_kinds.reserved = {{2u << 20, 5}, {1u << 30, 0}};
    report.memory_kinds.lock_limit = 8u << 20;
    report.scratch = {"/tmp", "tmpfs", 1u << 30, 1u << 29, true, true, "direct I/O works"};
    report.usable_cpus = {0, 1, 2, 7};
    const std::string text = host_text(report);
    for (const char* part :
         {"a state of 30 qubits fits in double precision, of 31 in single",
          "transparent switched off, not in shared memory; free reserved: 5 of 2 MiB",
          "may lock 8 MiB (RLIMIT_MEMLOCK)", "/tmp (tmpfs): 512 MiB of 1 GiB free",
          "in memory, not on a disk", "hardware threads 0-2,7", "not found; not inside a job"})
        EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
    const auto json = nlohmann::json::parse(host_json(report));
    EXPECT_EQ(json["huge_pages"]["reserved"][0]["free"], 5);
    EXPECT_EQ(json["locked_memory"]["limit_bytes"], 8u << 20);
    EXPECT_EQ(json["binding"]["usable"], "0-2,7");
    EXPECT_EQ(json["scratch"]["in_memory"], true);
}

TEST(HostTree, neighbours_alike_are_drawn_once) {
    const HostObject thread{"PU", 0, {}, 0, {}};
    const HostObject core{"Core", 0, {}, 0, {thread}};
    const HostObject big{"Core", 2, {}, 0, {thread, thread}};
    const HostObject cache{"L3", 0, {}, 32u << 20, {core, core, big}};
    const HostObject machine{"Machine", 0, {}, std::uint64_t{3} << 29, {cache}};
    EXPECT_EQ(tree_text(machine),
              "Machine (1.5 GiB)\n"
              "\u2514\u2500 L3 (32 MiB)\n"
              "   \u251c\u2500 2 x Core 0, thread 0\n"
              "   \u2514\u2500 Core 2\n"
              "      \u2514\u2500 2 x thread 0\n");
}

TEST(HostTree, neighbours_of_other_size_are_drawn_apart) {
    const HostObject small{"L2", 0, {}, 1u << 20, {}}, large{"L2", 1, {}, 2u << 20, {}};
    EXPECT_EQ(tree_text({"Machine", 0, {}, 0, {small, large}}),
              "Machine\n"
              "\u251c\u2500 L2 (1 MiB)\n"
              "\u2514\u2500 L2 (2 MiB)\n");
}

TEST(HostTree, sysfs_gives_packages_cores_threads_and_memory) {
    const fs::path sys =
        fs::temp_directory_path() / ("carillon-host-test-sys-" + std::to_string(getpid()));
    fs::remove_all(sys);
    auto write = [&](const std::string& file, const std::string& text) {
        fs::create_directories((sys / file).parent_path());
        std::ofstream(sys / file) << text << "\n";
    };
    // Two packages of one core with two threads each; cpu4 is switched off (no topology folder).
    for (int cpu = 0; cpu < 4; ++cpu) {
        const std::string base = "devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
        write(base + "physical_package_id", std::to_string(cpu / 2));
        write(base + "core_id", "7");
    }
    write("devices/system/cpu/cpu4/online", "0");
    write("devices/system/cpu/cpufreq/x", "");
    write("devices/system/node/node0/meminfo",
          "Node 0 MemFree: 5 kB\nNode 0 MemTotal:       1024 kB");
    const HostObject tree = tree_from_sysfs(sys);
    EXPECT_EQ(count_objects(tree, "Package"), 2u);
    EXPECT_EQ(count_objects(tree, "Core"), 2u);
    EXPECT_EQ(count_objects(tree, "PU"), 4u);
    EXPECT_EQ(count_objects(tree, "NUMANode"), 1u);
    EXPECT_EQ(tree.bytes, 1u << 20);
    fs::remove_all(sys);
    EXPECT_EQ(tree_from_sysfs(sys).children.size(), 0u);
}

TEST(HostTree, gpus_are_display_devices_of_known_makers) {
    const fs::path root =
        fs::temp_directory_path() / ("carillon-host-test-gpu-" + std::to_string(getpid()));
    fs::remove_all(root);
    auto device = [&](const std::string& address, const char* vendor, const char* kind) {
        const fs::path folder = root / "sys/bus/pci/devices" / address;
        fs::create_directories(folder);
        std::ofstream(folder / "vendor") << vendor << "\n";
        std::ofstream(folder / "class") << kind << "\n";
    };
    device("0000:01:00.0", "0x10de", "0x030200");
    device("0000:02:00.0", "0x1002", "0x038000");
    device("0000:03:00.0", "0x1234", "0x030000");  // the display of a virtual machine
    device("0000:04:00.0", "0x10de", "0x040300");  // the sound of a graphics card
    const fs::path driver = root / "proc/driver/nvidia/gpus/0000:01:00.0";
    fs::create_directories(driver);
    std::ofstream(driver / "information") << "Model: \t\t NVIDIA H200\nIRQ: 7\n";
    const auto gpus = gpus_from_sysfs(root / "sys", root / "proc");
    ASSERT_EQ(gpus.size(), 2u);
    EXPECT_EQ(gpus[0].name, "NVIDIA H200");
    EXPECT_EQ(gpus[1].name, "AMD");
    EXPECT_EQ(gpus[1].index, 1u);
    fs::remove_all(root);
    EXPECT_TRUE(gpus_from_sysfs(root / "sys", root / "proc").empty());
}

TEST(HostProc, instruction_sets_are_whole_words_weakest_first) {
    EXPECT_EQ(
        simd_from_cpuinfo("processor\t: 0\nflags\t\t: fpu avx2 sse2 avx512fx\nbugs : avx512f\n"),
        (std::vector<std::string>{"SSE2", "AVX2"}));
    EXPECT_EQ(simd_from_cpuinfo("Features\t: fp asimd sve"),
              (std::vector<std::string>{"NEON", "SVE"}));
    EXPECT_TRUE(simd_from_cpuinfo("").empty());
}

TEST(HostProc, memory_is_in_bytes) {
    const HostMemory memory = memory_from_meminfo(
        "MemTotal:       16384 kB\nMemFree: 1 kB\nMemAvailable:   8192 kB\nHugePages_Total:       "
        "3\n"
        "Hugepagesize:       2048 kB\n");
    EXPECT_EQ(memory.total_bytes, 16u << 20);
    EXPECT_EQ(memory.available_bytes, 8u << 20);
    EXPECT_EQ(memory.huge_pages, 3u);
    EXPECT_EQ(memory.huge_page_bytes, 2u << 20);
    EXPECT_EQ(memory_from_meminfo("").total_bytes, 0u);
}

TEST(HostProc, a_program_is_found_in_the_first_folder_that_has_it) {
    EXPECT_EQ(find_program("sh", "/nowhere::/bin:/usr/bin"), "/bin/sh");
    EXPECT_EQ(find_program("no-such-program", "/bin:/usr/bin"), "");
    EXPECT_EQ(find_program("bin", "/usr"), "");  // a folder is no program
    EXPECT_EQ(find_program("sh", ""), "");
}

}  // namespace
}  // namespace carillon
