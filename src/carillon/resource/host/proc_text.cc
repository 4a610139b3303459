// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string>

#include "carillon/resource/host/host.h"

namespace carillon {

namespace {

/// What follows `name` and its colon on the first line that begins with it.
std::string_view field(std::string_view text, std::string_view name) {
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = text.substr(begin, end - begin);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && line.starts_with(name) &&
            line.substr(name.size(), colon - name.size()).find_first_not_of(" \t") ==
                std::string_view::npos) {
            const std::string_view value = line.substr(colon + 1);
            return value.substr(std::min(value.find_first_not_of(" \t"), value.size()));
        }
        begin = end + 1;
    }
    return {};
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

struct InstructionSet {
    std::string_view flag, name;
};
/// Flags of /proc/cpuinfo (x86 `flags`, Arm `Features`), weakest first.
constexpr InstructionSet kSets[] = {{"sse2", "SSE2"},
                                    {"ssse3", "SSSE3"},
                                    {"sse4_1", "SSE4.1"},
                                    {"sse4_2", "SSE4.2"},
                                    {"avx", "AVX"},
                                    {"f16c", "F16C"},
                                    {"fma", "FMA"},
                                    {"avx2", "AVX2"},
                                    {"avx512f", "AVX-512F"},
                                    {"avx512dq", "AVX-512DQ"},
                                    {"avx512bw", "AVX-512BW"},
                                    {"avx512vl", "AVX-512VL"},
                                    {"avx512_vnni", "AVX-512VNNI"},
                                    {"avx512_bf16", "AVX-512BF16"},
                                    {"asimd", "NEON"},
                                    {"sve", "SVE"},
                                    {"sve2", "SVE2"}};

}  // namespace

std::vector<std::string> simd_from_cpuinfo(std::string_view cpuinfo) {
    std::string_view flags = field(cpuinfo, "flags");
    if (flags.empty()) flags = field(cpuinfo, "Features");
    std::set<std::string_view> words;
    while (!flags.empty()) {
        const std::size_t end = std::min(flags.find(' '), flags.size());
        words.insert(flags.substr(0, end));
        flags.remove_prefix(std::min(end + 1, flags.size()));
    }
    std::vector<std::string> sets;
    for (const InstructionSet& set : kSets) {
        if (words.contains(set.flag)) sets.emplace_back(set.name);
    }
    return sets;
}

HostMemory memory_from_meminfo(std::string_view meminfo) {
    HostMemory memory;
    memory.total_bytes = number(field(meminfo, "MemTotal")) * 1024;
    memory.available_bytes = number(field(meminfo, "MemAvailable")) * 1024;
    memory.huge_pages = number(field(meminfo, "HugePages_Total"));
    memory.huge_page_bytes = number(field(meminfo, "Hugepagesize")) * 1024;
    return memory;
}

std::string find_program(std::string_view name, std::string_view path) {
    while (!path.empty()) {
        const std::size_t end = std::min(path.find(':'), path.size());
        const std::string file = std::string(path.substr(0, end)) + "/" + std::string(name);
        std::error_code ignored;
        if (end > 0 && access(file.c_str(), X_OK) == 0 &&
            !std::filesystem::is_directory(file, ignored)) {
            return file;
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return {};
}

}  // namespace carillon
