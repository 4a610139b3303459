// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/memory_kinds.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "carillon/base/error.h"
#include "carillon/resource/host/cpu_map.h"
#include "carillon/resource/host/size_text.h"

namespace carillon::host {

namespace {

constexpr std::size_t kHuge = std::size_t{2} << 20;  ///< pages that are asked for where reserved
constexpr std::string_view kNames[] = {"auto", "always", "never"};

std::size_t page_bytes() {
    static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return bytes;
}

std::size_t rounded(std::size_t bytes, std::size_t page) {
    return (bytes + page - 1) / page * page;
}

std::string first_line(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// "madvise" of "always [madvise] never".
std::string chosen(const std::string& line) {
    const std::size_t open = line.find('['), close = line.find(']');
    return open < close && close != std::string::npos ? line.substr(open + 1, close - open - 1)
                                                      : std::string();
}

/// Whether this process may lock what it wants: bit 14 of its effective capabilities.
bool may_lock_all() {
    constexpr int kIpcLock = 14;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("CapEff:")) continue;
        const std::string digits = line.substr(line.find_first_not_of(" \t", 7));
        std::uint64_t bits = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
        return (bits >> kIpcLock & 1) != 0;
    }
    return false;
}

/// Pages that come into use from now on are locked when they are touched: threads still place them
/// by touching them first.
std::string lock(void* data, std::size_t bytes) {
    if (mlock2(data, bytes, MLOCK_ONFAULT) == 0) return {};
    const int error = errno;
    const MemoryKinds kinds = discover_memory_kinds();
    std::string text = "locked pages: " + size_text(bytes) + " refused: ";
    if (!kinds.lock_unlimited)
        return text + "this process may lock " + size_text(kinds.lock_limit) +
               " (RLIMIT_MEMLOCK); raise it with ulimit -l or in /etc/security/limits.conf";
    return text + std::strerror(error);
}

std::string transparent(void* data, std::size_t bytes, bool wanted) {
    if (madvise(data, bytes, wanted ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) == 0) {
        if (wanted && discover_memory_kinds().transparent == "never")
            return "huge pages: transparent ones are switched off "
                   "(/sys/kernel/mm/transparent_hugepage/enabled says never)";
        return {};
    }
    if (!wanted) return {};
    return std::string("huge pages: transparent ones refused: ") + std::strerror(errno);
}

std::string place(void* data, std::size_t bytes, const std::vector<int>& nodes) {
    constexpr std::size_t kBits = 8 * sizeof(unsigned long);
    const auto most = static_cast<std::size_t>(*std::max_element(nodes.begin(), nodes.end()));
    std::vector<unsigned long> mask(most / kBits + 1);
    for (const int node : nodes) {
        const auto n = static_cast<std::size_t>(node);
        mask[n / kBits] |= 1UL << (n % kBits);
    }
    const int mode = nodes.size() == 1 ? MPOL_PREFERRED : MPOL_INTERLEAVE;
    if (syscall(SYS_mbind, data, bytes, mode, mask.data(), mask.size() * kBits + 1, 0) == 0)
        return {};
    return "memory on NUMA nodes " + cpu_text(nodes) + " refused: " + std::strerror(errno);
}

void keep(std::vector<std::string>& list, std::string text) {
    if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end())
        list.push_back(std::move(text));
}

void* map_reserved(std::size_t bytes) {
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (21 << MAP_HUGE_SHIFT), -1, 0);
    return data == MAP_FAILED ? nullptr : data;
}

/// Memory of reserved huge pages, or nothing and the reason.
Mapping map_reserved_pages(std::size_t bytes, const PageRequest& request) {
    Mapping mapping;
    const std::size_t whole = rounded(bytes, kHuge);
    mapping.data = map_reserved(whole);
    if (mapping.data == nullptr) {
        const auto kinds = discover_memory_kinds();
        const auto pages = kinds.reserved.find(kHuge);
        const std::uint64_t free = pages == kinds.reserved.end() ? 0 : pages->second;
        mapping.refused.push_back("reserved huge pages: " + std::to_string(whole / kHuge) +
                                  " of 2 MiB needed, " + std::to_string(free) +
                                  " free; set some aside with sysctl vm.nr_hugepages");
        return mapping;
    }
    mapping.bytes = whole;
    mapping.reserved_huge = true;
    PageRequest rest = request;
    rest.huge = HugePages::kNever;  // they are huge already
    mapping.refused = advise_pages(mapping.data, whole, rest);
    return mapping;
}

}  // namespace

std::string_view huge_pages_name(HugePages huge) {
    return kNames[static_cast<std::size_t>(huge)];
}

HugePages huge_pages(std::string_view name) {
    for (std::size_t k = 0; k < std::size(kNames); ++k)
        if (kNames[k] == name) return static_cast<HugePages>(k);
    throw InputError("huge_pages: \"" + std::string(name) +
                     "\" is not known; use auto, always or never");
}

std::vector<std::string> advise_pages(void* data, std::size_t bytes, const PageRequest& request) {
    std::vector<std::string> refused;
    // A page that is not whole stays as it is.
    const auto from = rounded(reinterpret_cast<std::uintptr_t>(data), page_bytes());
    const auto to = (reinterpret_cast<std::uintptr_t>(data) + bytes) / page_bytes() * page_bytes();
    if (from >= to) return refused;
    auto* const begin = reinterpret_cast<void*>(from);
    if (to - from >= kHuge)
        keep(refused, transparent(begin, to - from, request.huge != HugePages::kNever));
    if (!request.nodes.empty() && discover_memory_kinds().numa_nodes > 1)
        keep(refused, place(begin, to - from, request.nodes));
    if (request.lock) keep(refused, lock(begin, to - from));
    return refused;
}

Mapping map_pages(std::size_t bytes, const PageRequest& request) {
    std::vector<std::string> refused;
    if (request.huge == HugePages::kAlways && bytes >= kHuge) {
        Mapping reserved = map_reserved_pages(bytes, request);
        if (reserved.data != nullptr) return reserved;
        refused = std::move(reserved.refused);
    }
    Mapping mapping;
    bytes = rounded(bytes, page_bytes());
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return mapping;
    mapping.data = data;
    mapping.bytes = bytes;
    mapping.refused = std::move(refused);
    for (std::string& text : advise_pages(data, bytes, request))
        keep(mapping.refused, std::move(text));
    return mapping;
}

namespace {

/// The kernel does not resize reserved huge pages: contents are copied.
bool move_pages_to(Mapping other, Mapping& mapping) {
    if (other.data == nullptr) return false;
    std::memcpy(other.data, mapping.data, std::min(mapping.bytes, other.bytes));
    unmap_pages(mapping);
    mapping = std::move(other);
    return true;
}

}  // namespace

bool resize_pages(Mapping& mapping, std::size_t bytes, const PageRequest& request) {
    const bool growing = bytes > mapping.bytes;
    if (mapping.reserved_huge) return move_pages_to(map_pages(bytes, request), mapping);
    std::vector<std::string> refused;
    if (request.huge == HugePages::kAlways && growing && bytes >= kHuge) {
        Mapping reserved = map_reserved_pages(bytes, request);
        if (reserved.data != nullptr) return move_pages_to(std::move(reserved), mapping);
        refused = std::move(reserved.refused);
    }
    bytes = rounded(bytes, page_bytes());
    void* data = mremap(mapping.data, mapping.bytes, bytes, MREMAP_MAYMOVE);
    if (data == MAP_FAILED && request.lock) {  // the limit of locked memory stands in the way
        munlock(mapping.data, mapping.bytes);
        data = mremap(mapping.data, mapping.bytes, bytes, MREMAP_MAYMOVE);
    }
    if (data == MAP_FAILED) return false;
    mapping.data = data;
    mapping.bytes = bytes;
    if (!growing) return true;
    mapping.refused = std::move(refused);
    for (std::string& text : advise_pages(data, bytes, request))
        keep(mapping.refused, std::move(text));
    return true;
}

void unmap_pages(Mapping& mapping) {
    if (mapping.data != nullptr) munmap(mapping.data, mapping.bytes);
    mapping = {};
}

MemoryKinds discover_memory_kinds() {
    namespace fs = std::filesystem;
    MemoryKinds kinds;
    const fs::path thp = "/sys/kernel/mm/transparent_hugepage";
    kinds.transparent = chosen(first_line(thp / "enabled"));
    kinds.transparent_shared = chosen(first_line(thp / "shmem_enabled"));
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/sys/kernel/mm/hugepages", ignored)) {
        const std::string name = entry.path().filename().string();  // hugepages-2048kB
        if (!name.starts_with("hugepages-")) continue;
        kinds.reserved[number_of(std::string_view(name).substr(10)) * 1024] =
            number_of(first_line(entry.path() / "free_hugepages"));
    }
    rlimit limit{};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    kinds.lock_limit = limit.rlim_cur;
    kinds.lock_unlimited = limit.rlim_cur == RLIM_INFINITY || may_lock_all();
    const CpuList nodes = parse_cpus(first_line("/sys/devices/system/node/has_memory"));
    kinds.numa_nodes = std::max(1, static_cast<int>(nodes.size()));
    return kinds;
}

}  // namespace carillon::host
