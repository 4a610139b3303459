// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/cpu_map.h"

#ifdef CARILLON_HAS_HWLOC

#include <hwloc.h>

#include <memory>

namespace carillon::host {

namespace {

struct Destroy {
    void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, Destroy>;

int ancestor_number(hwloc_topology_t topology, hwloc_obj_type_t type, hwloc_obj_t cpu) {
    const hwloc_obj_t above = hwloc_get_ancestor_obj_by_type(topology, type, cpu);
    return above != nullptr ? static_cast<int>(above->logical_index) : 0;
}

}  // namespace

CpuMap cpus_from_hwloc() {
    CpuMap map;
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) return map;
    const Handle topology(raw);
    hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    if (hwloc_topology_load(raw) != 0) return map;
    map.this_machine = hwloc_topology_is_thissystem(raw) != 0;
    for (hwloc_obj_t cpu = nullptr;
         (cpu = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_PU, cpu)) != nullptr;) {
        const bool has_core = hwloc_get_ancestor_obj_by_type(raw, HWLOC_OBJ_CORE, cpu) != nullptr;
        const int node = hwloc_bitmap_first(cpu->nodeset);
        map.cpus.push_back({static_cast<int>(cpu->os_index),
                            has_core ? ancestor_number(raw, HWLOC_OBJ_CORE, cpu)
                                     : static_cast<int>(cpu->logical_index),
                            ancestor_number(raw, HWLOC_OBJ_PACKAGE, cpu), node < 0 ? 0 : node});
    }
    return map;
}

}  // namespace carillon::host

#else

namespace carillon::host {

CpuMap cpus_from_hwloc() {
    return {};
}

}  // namespace carillon::host

#endif
