// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "carillon/resource/host/cpu_map.h"
#include "carillon/resource/host/memory_kinds.h"
#include "carillon/resource/host/size_text.h"

namespace carillon::host {

namespace {

/// Reads `7f01-7f02 rw-p ...`; false when the line does not begin a mapping.
bool read_range(std::string_view line, std::uint64_t& begin, std::uint64_t& end) {
    const char* last = line.data() + line.size();
    const auto first = std::from_chars(line.data(), last, begin, 16);
    if (first.ec != std::errc() || first.ptr == last || *first.ptr != '-') return false;
    const auto second = std::from_chars(first.ptr + 1, last, end, 16);
    return second.ec == std::errc() && second.ptr != last && *second.ptr == ' ';
}

/// Adds what a line such as `Locked:   12 kB` says.
void add_field(std::string_view line, PageFacts& facts) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon);
    const std::size_t digits = line.find_first_of("0123456789", colon);
    if (digits == std::string_view::npos) return;
    std::uint64_t bytes = 0;
    std::from_chars(line.data() + digits, line.data() + line.size(), bytes);
    bytes *= 1024;
    if (name == "Size") facts.bytes += bytes;
    if (name == "Rss") facts.resident += bytes;
    if (name == "AnonHugePages" || name == "ShmemPmdMapped") facts.huge += bytes;
    if (name == "Private_Hugetlb" ||
        name == "Shared_Hugetlb") {  // not part of Rss, never swapped out
        facts.resident += bytes;
        facts.huge += bytes;
        facts.locked += bytes;
    }
    if (name == "Locked") facts.locked += bytes;
    if (name == "KernelPageSize")
        facts.page_bytes = facts.page_bytes == 0 ? bytes : std::min(facts.page_bytes, bytes);
}

constexpr std::size_t kProbes = 1024;

/// Shares of NUMA nodes among pages spread evenly over the memory.
std::map<int, double> nodes_of(const void* data, std::size_t bytes) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t pages = bytes / page, probes = std::min(pages, kProbes);
    const auto* begin = static_cast<const std::byte*>(data);
    std::vector<const void*> places;
    for (std::size_t k = 0; k < probes; ++k) places.push_back(begin + k * pages / probes * page);
    std::vector<int> status(probes, -1);
    std::map<int, double> shares;
    if (probes == 0 ||
        syscall(SYS_move_pages, 0, probes, places.data(), nullptr, status.data(), 0) != 0)
        return shares;
    double found = 0;
    for (const int node : status)
        if (node >= 0) ++shares[node], ++found;
    for (auto& [node, share] : shares) share /= found;
    return shares;
}

}  // namespace

PageFacts facts_from_smaps(std::string_view smaps, std::uint64_t begin, std::uint64_t end) {
    PageFacts facts;
    bool inside = false;
    while (!smaps.empty()) {
        const std::size_t length = std::min(smaps.find('\n'), smaps.size());
        const std::string_view line = smaps.substr(0, length);
        smaps.remove_prefix(std::min(length + 1, smaps.size()));
        std::uint64_t from = 0, to = 0;
        if (read_range(line, from, to))
            inside = from < end && to > begin;
        else if (inside)
            add_field(line, facts);
    }
    return facts;
}

PageFacts page_facts(const void* data, std::size_t bytes) {
    std::ifstream file("/proc/self/smaps");
    const std::string smaps{std::istreambuf_iterator<char>(file), {}};
    const auto begin = reinterpret_cast<std::uintptr_t>(data);
    PageFacts facts = facts_from_smaps(smaps, begin, begin + bytes);
    facts.by_node = nodes_of(data, bytes);
    return facts;
}

PageReport report_pages(const Mapping& mapping, const PageRequest& request) {
    PageReport report{request, page_facts(mapping.data, mapping.bytes), mapping.refused};
    const MemoryKinds kinds = discover_memory_kinds();
    constexpr std::uint64_t kHuge = std::uint64_t{2} << 20;
    if (request.huge != HugePages::kNever && mapping.bytes >= kHuge &&
        report.facts.huge + kHuge < report.facts.resident &&
        report.facts.huge < report.facts.resident / 10 * 9)
        report.refused.push_back(fmt::format(
            "huge pages: {} of {} are in small pages; the kernel found no more free huge ones",
            size_text(report.facts.resident - report.facts.huge),
            size_text(report.facts.resident)));
    const auto is_locked = [&](const std::string& text) { return text.starts_with("locked"); };
    if (request.lock && report.facts.locked < report.facts.resident &&
        std::none_of(report.refused.begin(), report.refused.end(), is_locked))
        report.refused.push_back(fmt::format("locked pages: {} of {} are not locked",
                                             size_text(report.facts.resident - report.facts.locked),
                                             size_text(report.facts.resident)));
    if (!request.nodes.empty() && kinds.numa_nodes == 1)
        report.refused.push_back("memory near the threads: this machine has one NUMA node only");
    return report;
}

namespace {

std::string nodes_text(const std::map<int, double>& by_node) {
    std::string text;
    for (const auto& [node, share] : by_node)
        text +=
            fmt::format("{}{:.0f} % on NUMA node {}", text.empty() ? "" : ", ", 100 * share, node);
    return text;
}

}  // namespace

std::string page_text(const PageReport& r) {
    std::string out;
    std::string asked = fmt::format("huge pages {}", huge_pages_name(r.asked.huge));
    if (r.asked.lock) asked += ", locked";
    if (!r.asked.nodes.empty()) asked += ", near NUMA nodes " + cpu_text(r.asked.nodes);
    out += fmt::format("{:<13} {}\n", "memory asked", asked);
    std::string kernel =
        fmt::format("{} of {} in memory: {} in huge pages, {} locked", size_text(r.facts.resident),
                    size_text(r.facts.bytes), size_text(r.facts.huge), size_text(r.facts.locked));
    if (!r.facts.by_node.empty()) kernel += ", " + nodes_text(r.facts.by_node);
    out += fmt::format("{:<13} {}\n", "kernel says", kernel);
    for (const std::string& text : r.refused) out += fmt::format("{:<13} {}\n", "not given", text);
    return out;
}

std::string page_json(const PageReport& r) {
    using Json = nlohmann::ordered_json;
    Json nodes = Json::object();
    for (const auto& [node, share] : r.facts.by_node) nodes[std::to_string(node)] = share;
    const Json json{{"asked",
                     {{"huge_pages", huge_pages_name(r.asked.huge)},
                      {"lock_memory", r.asked.lock},
                      {"numa_nodes", r.asked.nodes}}},
                    {"mapped_bytes", r.facts.bytes},
                    {"resident_bytes", r.facts.resident},
                    {"huge_bytes", r.facts.huge},
                    {"locked_bytes", r.facts.locked},
                    {"page_bytes", r.facts.page_bytes},
                    {"share_by_numa_node", std::move(nodes)},
                    {"not_given", r.refused}};
    return json.dump();
}

}  // namespace carillon::host
