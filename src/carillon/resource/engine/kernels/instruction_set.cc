// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/kernels/targets.h"
// the set of targets must be known before the first include of Highway
#include <bit>

#include "carillon/base/error.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "hwy/highway.h"

namespace carillon::engine::kernels {

namespace {

/// Targets that were compiled and that the processor has; lower bits are better.
std::int64_t usable_targets() {
    static const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
    return targets;
}

}  // namespace

std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;
    for (std::int64_t rest = usable_targets(); rest != 0; rest &= rest - 1)
        names.emplace_back(hwy::TargetName(rest & -rest));
    return names;
}

std::string instruction_set() {
    const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
    return hwy::TargetName(targets & -targets);
}

void use_instruction_set(const std::string& name) {
    const std::int64_t usable = usable_targets();
    std::int64_t chosen = name.empty() ? usable : 0;
    std::string known;
    for (std::int64_t rest = usable; rest != 0; rest &= rest - 1) {
        const std::int64_t target = rest & -rest;
        if (name == hwy::TargetName(target)) chosen = target;
        known += std::string(known.empty() ? "" : ", ") + hwy::TargetName(target);
    }
    if (chosen == 0)
        throw InputError("no instruction set '" + name + "' here; there are: " + known);
    hwy::SetSupportedTargetsForTest(chosen);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace carillon::engine::kernels
