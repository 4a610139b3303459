// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "carillon/resource/host/host.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;

Json tree_json(const HostObject& object) {
    Json json{{"type", object.type}, {"index", object.index}};
    if (!object.name.empty()) json["name"] = object.name;
    if (object.bytes > 0) json["bytes"] = object.bytes;
    if (!object.children.empty()) json["children"] = Json::array();
    for (const HostObject& child : object.children) json["children"].push_back(tree_json(child));
    return json;
}

Json huge_pages_json(const host::MemoryKinds& kinds) {
    Json reserved = Json::array();
    for (const auto& [bytes, count] : kinds.reserved)
        reserved.push_back({{"page_bytes", bytes}, {"free", count}});
    return {{"transparent", kinds.transparent},
            {"transparent_shared", kinds.transparent_shared},
            {"reserved", std::move(reserved)}};
}

Json binding_json(const HostReport& r) {
    Json policies = Json::object();
    for (const host::BindChoice& choice : r.binding) {
        if (choice.policy == host::BindPolicy::kNone) continue;
        policies[std::string(host::bind_policy_name(choice.policy))] = {
            {"most_ranks", choice.most_ranks}, {"most_threads", choice.most_threads}};
    }
    return {{"usable", host::cpu_text(r.usable_cpus)}, {"policies", std::move(policies)}};
}

Json slurm_json(const HostSlurm& slurm) {
    const auto known = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
    return {{"version", known(slurm.version)},
            {"job", known(slurm.job)},
            {"nodes", known(slurm.nodes)},
            {"tasks", known(slurm.tasks)}};
}

}  // namespace

std::string host_json(const HostReport& r) {
    Json json;
    json["host"] = {{"name", r.name}, {"system", r.system}, {"cpu", r.cpu}};
    json["build"] = {{"version", r.build.version},
                     {"compiler", r.build.compiler},
                     {"standard_library", r.build.standard_library},
                     {"type", r.build.type}};
    json["counts"] = {{"packages", r.packages}, {"numa_nodes", r.numa_nodes},
                      {"cores", r.cores},       {"threads", r.threads},
                      {"gpus", r.gpus},         {"usable_threads", r.usable_cpus.size()}};
    json["memory"] = {{"total_bytes", r.memory.total_bytes},
                      {"available_bytes", r.memory.available_bytes},
                      {"limit_bytes", r.memory.limit_bytes},
                      {"huge_page_bytes", r.memory.huge_page_bytes},
                      {"huge_pages", r.memory.huge_pages}};
    json["huge_pages"] = huge_pages_json(r.memory_kinds);
    json["locked_memory"] = {{"limit_bytes", r.memory_kinds.lock_limit},
                             {"unlimited", r.memory_kinds.lock_unlimited}};
    json["scratch"] = {
        {"folder", r.scratch.folder},           {"file_system", r.scratch.file_system},
        {"total_bytes", r.scratch.total_bytes}, {"free_bytes", r.scratch.free_bytes},
        {"in_memory", r.scratch.in_memory},     {"direct_io", r.scratch.direct_io},
        {"message", r.scratch.direct_io_says}};
    json["binding"] = binding_json(r);
    json["simd"] = r.simd;
    json["mpi"] = {{"built_in", r.mpi.built_in},
                   {"library", r.mpi.library},
                   {"launcher", r.mpi.launcher},
                   {"message", r.mpi.launcher_says}};
    json["slurm"] = slurm_json(r.slurm);
    json["missing"] = Json::array();
    for (const HostMissing& m : r.missing) {
        json["missing"].push_back({{"what", m.what}, {"for", m.why}, {"remedy", m.remedy}});
    }
    json["tree_source"] = r.tree_source;
    json["tree"] = tree_json(r.tree);
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace carillon
