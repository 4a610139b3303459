// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/memory_kinds.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>

#include "carillon/base/error.h"

namespace carillon::host {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Memory that goes with the test.
struct Held {
    Mapping mapping;
    PageRequest request;

    Held(std::size_t bytes, PageRequest asked) : mapping(map_pages(bytes, asked)), request(asked) {}
    ~Held() { unmap_pages(mapping); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    char* bytes() const { return static_cast<char*>(mapping.data); }
    PageFacts facts() const { return page_facts(mapping.data, mapping.bytes); }
};

TEST(Pages, facts_are_read_from_the_mappings_that_hold_the_memory) {
    const char* smaps =
        "1000-3000 rw-p 00000000 00:00 0 \n"
        "Size:                  8 kB\nKernelPageSize:        4 kB\nRss:                   8 kB\n"
        "AnonHugePages:         0 kB\nLocked:                0 kB\nVmFlags: rd wr\n"
        "200000-600000 rw-p 00000000 00:00 0   [anon: x]\n"
        "Size:               4096 kB\nKernelPageSize:        4 kB\nRss:                2052 kB\n"
        "AnonHugePages:      2048 kB\nShmemPmdMapped:        0 kB\nLocked:             2052 kB\n"
        "600000-a00000 rw-p 00000000 00:0e 5 /anon_hugepage (deleted)\n"
        "Size:               4096 kB\nKernelPageSize:     2048 kB\nRss:                   0 kB\n"
        "Private_Hugetlb:    4096 kB\nLocked:                0 kB\n"
        "a00000-b00000 rw-p 00000000 00:00 0 \nSize: 1024 kB\nRss: 1024 kB\n";
    const PageFacts facts = facts_from_smaps(smaps, 0x300000, 0x700000);
    EXPECT_EQ(facts.bytes, 8 * kMiB);
    EXPECT_EQ(facts.resident, (2052 + 4096) * 1024u);
    EXPECT_EQ(facts.huge, (2048 + 4096) * 1024u);
    EXPECT_EQ(facts.locked, (2052 + 4096) * 1024u);
    EXPECT_EQ(facts.page_bytes, 4096u);
    EXPECT_EQ(facts_from_smaps(smaps, 0x600000, 0x600001).page_bytes, 2 * kMiB);
    EXPECT_EQ(facts_from_smaps("", 0, 1).bytes, 0u);
}

TEST(Pages, small_pages_are_small_when_huge_ones_are_not_wanted) {
    const Held memory(16 * kMiB, {.huge = HugePages::kNever});
    std::memset(memory.bytes(), 1, memory.mapping.bytes);
    EXPECT_GE(memory.facts().resident, 16 * kMiB);
    EXPECT_EQ(memory.facts().huge, 0u);
}

TEST(Pages, huge_pages_are_given_or_their_lack_is_reported) {
    const PageRequest request{.huge = HugePages::kAuto};
    const Held memory(16 * kMiB, request);
    std::memset(memory.bytes(), 1, memory.mapping.bytes);
    const PageReport report = report_pages(memory.mapping, request);
    // Ends that do not fill a huge page stay small.
    EXPECT_TRUE(report.facts.huge + 4 * kMiB >= report.facts.resident || !report.refused.empty());
    if (discover_memory_kinds().transparent == "never") {
        ASSERT_FALSE(report.refused.empty());
        EXPECT_NE(report.refused[0].find("switched off"), std::string::npos);
    }
}

TEST(Pages, reserved_huge_pages_come_first_and_their_lack_is_reported) {
    const PageRequest request{.huge = HugePages::kAlways};
    Held memory(3 * kMiB, request);
    ASSERT_NE(memory.mapping.data, nullptr);
    const auto reserved = discover_memory_kinds().reserved;
    const auto pages = reserved.find(2 * kMiB);
    if (memory.mapping.reserved_huge) {
        memory.bytes()[0] = 1;
        EXPECT_EQ(memory.facts().page_bytes, 2 * kMiB);
        EXPECT_EQ(memory.mapping.bytes, 4 * kMiB);
    } else if (pages == reserved.end() || pages->second < 2) {
        ASSERT_FALSE(memory.mapping.refused.empty());
        EXPECT_EQ(memory.mapping.refused[0].substr(0, 36), "reserved huge pages: 2 of 2 MiB need");
    }
    // Whatever they are, contents survive a change of size.
    std::strcpy(memory.bytes(), "here");
    ASSERT_TRUE(resize_pages(memory.mapping, 9 * kMiB, request));
    EXPECT_STREQ(memory.bytes(), "here");
    memory.bytes()[9 * kMiB - 1] = 1;
    ASSERT_TRUE(resize_pages(memory.mapping, kMiB, request));
    EXPECT_STREQ(memory.bytes(), "here");
}

TEST(Pages, locked_pages_are_locked_once_touched) {
    const PageRequest request{.huge = HugePages::kNever, .lock = true};
    const Held memory(64 * 1024, request);
    EXPECT_EQ(memory.facts().resident, 0u);  // threads still place pages by touching them
    std::memset(memory.bytes(), 1, 8192);
    const PageReport report = report_pages(memory.mapping, request);
    EXPECT_EQ(report.facts.locked, report.refused.empty() ? 8192u : 0u);
}

/// Exit code of a child that may lock 64 KiB and holds no privilege.
int in_unprivileged_child(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) {
        const rlimit limit{64 * 1024, 64 * 1024};
        if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0) _exit(90);
        if (geteuid() == 0 && setuid(65534) != 0) _exit(91);
        _exit(body());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Pages, locking_past_the_limit_is_refused_with_the_limit_and_the_memory_works_all_the_same) {
    const int code = in_unprivileged_child([] {
        const PageRequest request{.huge = HugePages::kNever, .lock = true};
        Mapping mapping = map_pages(kMiB, request);
        if (mapping.data == nullptr) return 1;
        std::memset(mapping.data, 7, mapping.bytes);
        const PageReport report = report_pages(mapping, request);
        if (report.facts.locked != 0 || report.refused.size() != 1) return 2;
        if (report.refused[0].find("64 KiB (RLIMIT_MEMLOCK)") == std::string::npos) return 3;
        if (discover_memory_kinds().lock_unlimited) return 4;
        // Within the limit first, then past it: what is there stays.
        Mapping small = map_pages(32 * 1024, request);
        if (!small.refused.empty()) return 5;
        std::strcpy(static_cast<char*>(small.data), "here");
        if (!resize_pages(small, kMiB, request) || small.refused.size() != 1) return 6;
        return std::strcmp(static_cast<char*>(small.data), "here") == 0 ? 0 : 7;
    });
    EXPECT_EQ(code, 0);
}

TEST(Pages, memory_that_is_there_already_can_be_asked_for_too) {
    void* data = mmap(nullptr, 4 * kMiB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(data, MAP_FAILED);
    const auto refused = advise_pages(data, 4 * kMiB, {.lock = true});
    std::memset(data, 1, 4 * kMiB);
    EXPECT_EQ(page_facts(data, 4 * kMiB).locked > 0, refused.empty());
    munmap(data, 4 * kMiB);
}

TEST(Pages, pages_lie_on_nodes_that_are_asked_for_where_there_is_a_choice) {
    const PageRequest request{.nodes = {0}};
    const Held memory(kMiB, request);
    std::memset(memory.bytes(), 1, memory.mapping.bytes);
    const PageReport report = report_pages(memory.mapping, request);
    if (report.facts.by_node.empty()) GTEST_SKIP() << "the kernel does not tell";
    double sum = 0;
    for (const auto& [node, share] : report.facts.by_node) sum += share;
    EXPECT_DOUBLE_EQ(sum, 1);
    if (discover_memory_kinds().numa_nodes > 1)
        EXPECT_GT(report.facts.by_node.at(0), 0.9);
    else
        EXPECT_EQ(report.refused, std::vector<std::string>{"memory near the threads: this machine "
                                                           "has one NUMA node only"});
}

TEST(Pages, report_says_what_was_asked_and_what_there_is) {
    PageReport report;
    report.asked = {.huge = HugePages::kAlways, .lock = true, .nodes = {0, 1}};
    report.facts = {8 * kMiB, 6 * kMiB, 4 * kMiB, 2 * kMiB, 4096, {{0, 0.25}, {1, 0.75}}};
    report.refused = {"why \"not\""};
    EXPECT_EQ(page_text(report),
              "memory asked  huge pages always, locked, near NUMA nodes 0-1\n"
              "kernel says   6 MiB of 8 MiB in memory: 4 MiB in huge pages, 2 MiB locked, 25 % on "
              "NUMA node 0, 75 % on NUMA node 1\n"
              "not given     why \"not\"\n");
    const auto json = nlohmann::json::parse(page_json(report));
    EXPECT_EQ(json["asked"]["huge_pages"], "always");
    EXPECT_EQ(json["huge_bytes"], 4 * kMiB);
    EXPECT_EQ(json["share_by_numa_node"]["1"], 0.75);
    EXPECT_EQ(json["not_given"][0], "why \"not\"");
}

TEST(Pages, names_are_read_and_others_refused) {
    EXPECT_EQ(huge_pages("always"), HugePages::kAlways);
    EXPECT_THROW(huge_pages("yes"), InputError);
}

}  // namespace
}  // namespace carillon::host
