// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "carillon/resource/host/host.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;

std::string size_text(std::uint64_t bytes) {
    constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 1024 && unit + 1 < std::size(kUnits)) {
        amount /= 1024;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", amount,
                       amount < 10 && unit > 0 && amount != std::size_t(amount) ? 1 : 0,
                       kUnits[unit]);
}

/// Same kind of part, whatever its number.
bool alike(const HostObject& a, const HostObject& b) {
    return a.type == b.type && a.name == b.name && a.bytes == b.bytes &&
           std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
                      alike);
}

std::string label(const HostObject& object) {
    std::string text = object.type;
    if (object.type == "NUMANode") text = "NUMA node";
    if (object.type == "Group") text = "group";
    if (object.type == "PU") text = "thread";
    const bool cache = text.size() >= 2 && text[0] == 'L' && text[1] >= '0' && text[1] <= '9';
    if (!cache && object.type != "Machine") text += fmt::format(" {}", object.index);
    if (!object.name.empty()) text += ": " + object.name;
    if (object.bytes > 0) text += fmt::format(" ({})", size_text(object.bytes));
    return text;
}

/// Draws the children of a part, each with what it holds alone on the same line.
void draw(const HostObject& object, const std::string& margin, std::string& out) {
    for (std::size_t i = 0; i < object.children.size();) {
        std::size_t end = i + 1;
        while (end < object.children.size() && alike(object.children[i], object.children[end]))
            ++end;
        const HostObject* part = &object.children[i];
        const bool last = end == object.children.size();
        out += margin + (last ? "\u2514\u2500 " : "\u251c\u2500 ");
        if (end - i > 1) out += fmt::format("{} x ", end - i);
        out += label(*part);
        while (part->children.size() == 1) {
            part = &part->children[0];
            out += ", " + label(*part);
        }
        out += "\n";
        draw(*part, margin + (last ? "   " : "\u2502  "), out);
        i = end;
    }
}

Json tree_json(const HostObject& object) {
    Json json{{"type", object.type}, {"index", object.index}};
    if (!object.name.empty()) json["name"] = object.name;
    if (object.bytes > 0) json["bytes"] = object.bytes;
    if (!object.children.empty()) json["children"] = Json::array();
    for (const HostObject& child : object.children) json["children"].push_back(tree_json(child));
    return json;
}

}  // namespace

std::string tree_text(const HostObject& tree) {
    std::string out = label(tree) + "\n";
    draw(tree, "", out);
    return out;
}

std::string host_text(const HostReport& r) {
    std::string out;
    auto row = [&](const char* name, const std::string& value) {
        out += fmt::format("{:<10} {}\n", name, value);
    };
    row("host", fmt::format("{} ({})", r.name, r.system));
    row("carillon", fmt::format("{}, {}, {}, {} build", r.build.version, r.build.compiler,
                                r.build.standard_library, r.build.type));
    row("processor", r.cpu.empty() ? "unknown" : r.cpu);
    row("counts",
        fmt::format("packages {}, NUMA nodes {}, cores {}, threads {} ({} usable), GPUs {}",
                    r.packages, r.numa_nodes, r.cores, r.threads, r.usable_threads, r.gpus));
    std::string memory = fmt::format("{}, {} available", size_text(r.memory.total_bytes),
                                     size_text(r.memory.available_bytes));
    if (r.memory.limit_bytes > 0)
        memory += fmt::format(", limited to {}", size_text(r.memory.limit_bytes));
    if (r.memory.huge_pages > 0) {
        memory += fmt::format(", {} huge pages of {}", r.memory.huge_pages,
                              size_text(r.memory.huge_page_bytes));
    }
    row("memory", memory);
    row("SIMD", r.simd.empty() ? "none known" : fmt::format("{}", fmt::join(r.simd, " ")));
    row("MPI", r.mpi.launcher_says);
    out +=
        fmt::format("\n{}\n{}", fmt::format("Machine, from {}:", r.tree_source), tree_text(r.tree));
    if (!r.missing.empty()) out += "\nMissing:\n";
    for (const HostMissing& m : r.missing) {
        out += fmt::format("  {:<12} for {}: {}\n", m.what, m.why, m.remedy);
    }
    return out;
}

std::string host_json(const HostReport& r) {
    Json json;
    json["host"] = {{"name", r.name}, {"system", r.system}, {"cpu", r.cpu}};
    json["build"] = {{"version", r.build.version},
                     {"compiler", r.build.compiler},
                     {"standard_library", r.build.standard_library},
                     {"type", r.build.type}};
    json["counts"] = {{"packages", r.packages}, {"numa_nodes", r.numa_nodes},
                      {"cores", r.cores},       {"threads", r.threads},
                      {"gpus", r.gpus},         {"usable_threads", r.usable_threads}};
    json["memory"] = {{"total_bytes", r.memory.total_bytes},
                      {"available_bytes", r.memory.available_bytes},
                      {"limit_bytes", r.memory.limit_bytes},
                      {"huge_page_bytes", r.memory.huge_page_bytes},
                      {"huge_pages", r.memory.huge_pages}};
    json["simd"] = r.simd;
    json["mpi"] = {{"built_in", r.mpi.built_in},
                   {"library", r.mpi.library},
                   {"launcher", r.mpi.launcher},
                   {"message", r.mpi.launcher_says}};
    json["missing"] = Json::array();
    for (const HostMissing& m : r.missing) {
        json["missing"].push_back({{"what", m.what}, {"for", m.why}, {"remedy", m.remedy}});
    }
    json["tree_source"] = r.tree_source;
    json["tree"] = tree_json(r.tree);
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace carillon
