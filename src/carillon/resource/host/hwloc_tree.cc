// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/host_tree.h"

#ifdef CARILLON_HAS_HWLOC

#include <fmt/format.h>
#include <hwloc.h>

#include <memory>

namespace carillon {

namespace {

struct Destroy {
    void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, Destroy>;

std::string type_of(hwloc_obj_t object) {
    char text[64];
    hwloc_obj_type_snprintf(text, sizeof(text), object, 0);
    if (object->type == HWLOC_OBJ_OS_DEVICE) return "GPU";
    return object->type == HWLOC_OBJ_GROUP ? "Group" : text;
}

const char* model_of(hwloc_obj_t object) {
    for (const char* key : {"CPUModel", "GPUModel", "GPUVendor"}) {
        if (const char* value = hwloc_obj_get_info_by_name(object, key)) return value;
    }
    return object->type == HWLOC_OBJ_OS_DEVICE && object->name ? object->name : "";
}

std::uint64_t bytes_of(hwloc_obj_t object) {
    if (hwloc_obj_type_is_cache(object->type)) return object->attr->cache.size;
    if (object->type == HWLOC_OBJ_NUMANODE) return object->attr->numanode.local_memory;
    if (object->type == HWLOC_OBJ_MACHINE) return object->total_memory;
    return 0;
}

bool is_gpu(hwloc_obj_t object) {
    return object->type == HWLOC_OBJ_OS_DEVICE &&
           (object->attr->osdev.type == HWLOC_OBJ_OSDEV_GPU ||
            object->attr->osdev.type == HWLOC_OBJ_OSDEV_COPROC);
}

/// GPUs below I/O objects. One card shows up as several devices (a display and a compute one): the
/// compute one is the better known.
void add_gpus(hwloc_obj_t object, std::vector<HostObject>& gpus) {
    hwloc_obj_t best = nullptr;
    for (hwloc_obj_t io = object->io_first_child; io; io = io->next_sibling) {
        if (is_gpu(io) && (!best || io->attr->osdev.type == HWLOC_OBJ_OSDEV_COPROC)) best = io;
        add_gpus(io, gpus);
    }
    if (best) {
        gpus.push_back({"GPU", static_cast<std::uint32_t>(gpus.size()), model_of(best), 0, {}});
    }
}

HostObject convert(hwloc_obj_t object) {
    HostObject out;
    out.type = type_of(object);
    const bool numbered = object->os_index != HWLOC_UNKNOWN_INDEX;
    out.index = numbered ? object->os_index : object->logical_index;
    out.name = model_of(object);
    out.bytes = bytes_of(object);
    for (hwloc_obj_t m = object->memory_first_child; m; m = m->next_sibling) {
        out.children.push_back(convert(m));
    }
    for (hwloc_obj_t c = object->first_child; c; c = c->next_sibling)
        out.children.push_back(convert(c));
    add_gpus(object, out.children);
    return out;
}

}  // namespace

bool has_hwloc() {
    return true;
}

HostObject tree_from_hwloc(std::string& source) {
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) return {};
    const Handle topology(raw);
    hwloc_topology_set_io_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_IMPORTANT);
    if (hwloc_topology_load(raw) != 0) return {};
    const unsigned version = hwloc_get_api_version();
    source = fmt::format("hwloc (interface {}.{})", version >> 16, (version >> 8) & 0xff);
    if (!hwloc_topology_is_thissystem(raw)) source += ", synthetic";
    return convert(hwloc_get_root_obj(raw));
}

}  // namespace carillon

#else

namespace carillon {

bool has_hwloc() {
    return false;
}

HostObject tree_from_hwloc(std::string&) {
    return {};
}

}  // namespace carillon

#endif
