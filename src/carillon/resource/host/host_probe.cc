// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "carillon/resource/host/host.h"

namespace carillon {

namespace {

namespace fs = std::filesystem;

struct FileSystem {
    std::uint64_t magic;
    const char* name;
    bool in_memory;
};
/// Numbers of statfs(2).
constexpr FileSystem kFileSystems[] = {
    {0xef53, "ext4", false},     {0x58465342, "xfs", false},    {0x9123683e, "btrfs", false},
    {0x01021994, "tmpfs", true}, {0x858458f6, "ramfs", true},   {0x794c7630, "overlay", false},
    {0x6969, "nfs", false},      {0x0bd00bd0, "lustre", false}, {0x47504653, "gpfs", false},
    {0x2fc12fc1, "zfs", false},  {0xf2f52010, "f2fs", false},   {0x65735546, "fuse", false},
    {0xff534d42, "cifs", false}, {0x19830326, "beegfs", false}};

void name_file_system(HostScratch& scratch) {
    struct statfs facts {};
    if (statfs(scratch.folder.c_str(), &facts) != 0) return;
    const auto magic = static_cast<std::uint64_t>(facts.f_type) & 0xffffffff;
    for (const FileSystem& known : kFileSystems) {
        if (known.magic != magic) continue;
        scratch.file_system = known.name;
        scratch.in_memory = known.in_memory;
    }
}

constexpr std::size_t kBlock = 4096;

/// Writes a block past the cache and reads it back; what went wrong, or nothing.
std::string try_direct_io(const std::string& folder) {
    std::string name = folder + "/carillon-doctor-XXXXXX";
    const int file = mkostemp(name.data(), O_DIRECT);
    if (file < 0) return std::string("cannot be used: ") + std::strerror(errno);
    unlink(name.c_str());
    const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(kBlock, 2 * kBlock),
                                                             &std::free);
    auto* const block = static_cast<unsigned char*>(memory.get());
    for (std::size_t k = 0; k < kBlock; ++k) block[k] = static_cast<unsigned char>(k * 7);
    std::string wrong;
    if (pwrite(file, block, kBlock, 0) != static_cast<ssize_t>(kBlock))
        wrong = std::string("writing failed: ") + std::strerror(errno);
    else if (pread(file, block + kBlock, kBlock, 0) != static_cast<ssize_t>(kBlock))
        wrong = std::string("reading failed: ") + std::strerror(errno);
    else if (std::memcmp(block, block + kBlock, kBlock) != 0)
        wrong = "what was read is not what was written";
    close(file);
    return wrong;
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// First line that a program prints, asked for its version.
std::string version_of(const std::string& program) {
    const std::string command = "'" + program + "' --version 2>/dev/null";
    const std::unique_ptr<FILE, int (*)(FILE*)> output(popen(command.c_str(), "r"), &pclose);
    if (!output) return {};
    std::array<char, 256> line{};
    if (std::fgets(line.data(), line.size(), output.get()) == nullptr) return {};
    std::string text(line.data());
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

}  // namespace

HostScratch probe_scratch(const fs::path& folder) {
    HostScratch scratch;
    std::error_code error;
    scratch.folder = folder.empty() ? fs::temp_directory_path(error).string() : folder.string();
    if (error) {
        scratch.folder = variable("TMPDIR");
        scratch.direct_io_says = "direct I/O cannot be used: " + error.message();
        return scratch;
    }
    name_file_system(scratch);
    struct statvfs facts {};
    if (statvfs(scratch.folder.c_str(), &facts) == 0) {
        scratch.total_bytes = std::uint64_t{facts.f_blocks} * facts.f_frsize;
        scratch.free_bytes = std::uint64_t{facts.f_bavail} * facts.f_frsize;
    }
    const std::string wrong = try_direct_io(scratch.folder);
    scratch.direct_io = wrong.empty();
    scratch.direct_io_says = wrong.empty() ? "direct I/O works" : "direct I/O " + wrong;
    return scratch;
}

HostSlurm slurm_facts(std::string_view path) {
    HostSlurm slurm;
    const std::string sbatch = find_program("sbatch", path);
    if (!sbatch.empty()) {
        slurm.version = version_of(sbatch);
        if (slurm.version.empty()) slurm.version = sbatch + " (does not tell its version)";
    }
    slurm.job = variable("SLURM_JOB_ID");
    slurm.nodes = variable("SLURM_JOB_NUM_NODES");
    slurm.tasks = variable("SLURM_NTASKS");
    return slurm;
}

}  // namespace carillon
