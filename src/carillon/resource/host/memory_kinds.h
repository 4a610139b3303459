// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::host {

enum class HugePages : std::uint8_t {
    kAuto,    ///< transparent ones, as far as the kernel has them
    kAlways,  ///< reserved ones where there are enough, else transparent ones
    kNever,
};
/// "auto", "always", "never".
std::string_view huge_pages_name(HugePages huge);
/// Throws: InputError that lists the names.
HugePages huge_pages(std::string_view name);

/// What memory is to be made of. Pages of one size are as good as others for every result.
struct PageRequest {
    HugePages huge = HugePages::kAuto;
    bool lock = false;  ///< pages stay in memory once they were touched
    /// NUMA nodes of the threads that use it: one: pages come from there as long as it has some;
    /// several: pages take turns; none: pages come from the node of the thread that touches them
    /// first.
    std::vector<int> nodes = {};
    bool report = false;  ///< look at what the kernel gave; takes a moment

    friend bool operator==(const PageRequest&, const PageRequest&) = default;
};

/// Memory straight from the kernel. Contents are zero at first.
struct Mapping {
    void* data = nullptr;
    std::size_t bytes = 0;
    bool reserved_huge = false;        ///< of huge pages that were set aside (hugetlb)
    std::vector<std::string> refused;  ///< what was asked and not given, and why
};

/// Maps at least `bytes` of memory as asked, as far as the kernel gives it. Nothing is touched.
/// `data` is null when the kernel has no memory at all.
Mapping map_pages(std::size_t bytes, const PageRequest& request);
/// Changes the size, keeping the contents; the memory may move. False when the kernel refuses: it
/// is as before then.
bool resize_pages(Mapping& mapping, std::size_t bytes, const PageRequest& request);
void unmap_pages(Mapping& mapping);

/// Asks for pages of memory that is there already, such as a shared window.
///
/// Returns: what was refused, and why.
std::vector<std::string> advise_pages(void* data, std::size_t bytes, const PageRequest& request);

/// What the kernel says about some memory.
struct PageFacts {
    std::uint64_t bytes = 0;        ///< of the mappings that hold it
    std::uint64_t resident = 0;     ///< in memory
    std::uint64_t huge = 0;         ///< in huge pages of any kind
    std::uint64_t locked = 0;       ///< cannot be swapped out
    std::uint64_t page_bytes = 0;   ///< smallest page of the mappings
    std::map<int, double> by_node;  ///< share of the pages in memory by NUMA node
};
PageFacts page_facts(const void* data, std::size_t bytes);
/// The same but for by_node, from the text of /proc/self/smaps; mappings that hold a part of
/// [begin, end) count whole.
PageFacts facts_from_smaps(std::string_view smaps, std::uint64_t begin, std::uint64_t end);

/// What was asked, what there is, and why they differ.
struct PageReport {
    PageRequest asked;
    PageFacts facts;
    std::vector<std::string> refused;
};
PageReport report_pages(const Mapping& mapping, const PageRequest& request);

/// A line or more for people, each ending in a newline; and a JSON object.
std::string page_text(const PageReport& report);
std::string page_json(const PageReport& report);

/// How this machine keeps memory.
struct MemoryKinds {
    std::string transparent;         ///< "always", "madvise" or "never"; empty: unknown
    std::string transparent_shared;  ///< of shared memory
    std::map<std::uint64_t, std::uint64_t> reserved;  ///< free huge pages by their size in bytes
    std::uint64_t lock_limit = 0;                     ///< bytes (RLIMIT_MEMLOCK)
    bool lock_unlimited = false;  ///< no limit, or this process may pass it (CAP_IPC_LOCK)
    int numa_nodes = 1;           ///< with memory
};
MemoryKinds discover_memory_kinds();

}  // namespace carillon::host
