// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "carillon/resource/host/host.h"
#include "carillon/resource/host/size_text.h"

namespace carillon {

namespace {

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

/// Memory that this process may have: what is free, or what its control group leaves.
std::uint64_t memory_to_have(const HostMemory& memory) {
    return memory.limit_bytes > 0 ? std::min(memory.limit_bytes, memory.available_bytes)
                                  : memory.available_bytes;
}

std::string states_text(const HostMemory& memory) {
    const std::uint64_t bytes = memory_to_have(memory);
    return fmt::format("a state of {} qubits fits in double precision, of {} in single",
                       qubits_that_fit(bytes, 16), qubits_that_fit(bytes, 8));
}

std::string huge_pages_text(const host::MemoryKinds& kinds) {
    std::string text = "transparent ";
    if (kinds.transparent.empty())
        text += "unknown";
    else if (kinds.transparent == "never")
        text += "switched off";
    else
        text += kinds.transparent == "always" ? "for all memory" : "where asked for";
    text += kinds.transparent_shared == "never" || kinds.transparent_shared.empty()
                ? ", not in shared memory; "
                : ", " + kinds.transparent_shared + " in shared memory; ";
    std::string reserved;
    for (const auto& [bytes, count] : kinds.reserved)
        if (count > 0)
            reserved +=
                fmt::format("{}{} of {}", reserved.empty() ? "" : ", ", count, size_text(bytes));
    return text + (reserved.empty() ? "none reserved" : "free reserved: " + reserved);
}

std::string locking_text(const host::MemoryKinds& kinds) {
    return kinds.lock_unlimited ? "this process may lock any memory"
                                : fmt::format("this process may lock {} (RLIMIT_MEMLOCK)",
                                              size_text(kinds.lock_limit));
}

std::string scratch_text(const HostScratch& scratch) {
    const std::string kind = scratch.file_system.empty() ? "" : " (" + scratch.file_system + ")";
    return fmt::format("{}{}: {} of {} free; {}{}", scratch.folder, kind,
                       size_text(scratch.free_bytes), size_text(scratch.total_bytes),
                       scratch.direct_io_says,
                       scratch.in_memory ? "; it is in memory, not on a disk" : "");
}

std::string slurm_text(const HostSlurm& slurm) {
    std::string text = slurm.version.empty() ? "not found" : slurm.version;
    if (slurm.job.empty()) return text + "; not inside a job";
    text += "; inside job " + slurm.job;
    if (!slurm.tasks.empty()) text += fmt::format(" of {} tasks", slurm.tasks);
    if (!slurm.nodes.empty()) text += fmt::format(" on {} nodes", slurm.nodes);
    return text;
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
                    r.packages, r.numa_nodes, r.cores, r.threads, r.usable_cpus.size(), r.gpus));
    std::string memory = fmt::format("{}, {} available", size_text(r.memory.total_bytes),
                                     size_text(r.memory.available_bytes));
    if (r.memory.limit_bytes > 0)
        memory += fmt::format(", limited to {}", size_text(r.memory.limit_bytes));
    row("memory", memory);
    row("", states_text(r.memory));
    row("huge pages", huge_pages_text(r.memory_kinds));
    row("locking", locking_text(r.memory_kinds));
    row("scratch", scratch_text(r.scratch));
    row("binding", fmt::format("possible: {}; this process may use hardware threads {}",
                               host::bind_choices_text(r.binding), host::cpu_text(r.usable_cpus)));
    row("SIMD", r.simd.empty() ? "none known" : fmt::format("{}", fmt::join(r.simd, " ")));
    row("MPI", r.mpi.launcher_says);
    row("Slurm", slurm_text(r.slurm));
    out +=
        fmt::format("\n{}\n{}", fmt::format("Machine, from {}:", r.tree_source), tree_text(r.tree));
    if (!r.missing.empty()) out += "\nMissing:\n";
    for (const HostMissing& m : r.missing) {
        out += fmt::format("  {:<12} for {}: {}\n", m.what, m.why, m.remedy);
    }
    return out;
}

}  // namespace carillon
