// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine {

/// Something that was done to a state over ranks, in a form that can be done again.
struct Step {
    enum class Kind : std::uint8_t {
        kAddAxis,
        kRemoveAxis,
        kItems,
        kWide,
        kWeight,
        kVisit,
        kCollect,
        kCopyOut,
        kRewrite,
        kClose
    };
    Kind kind = Kind::kAddAxis;
    int axis = 0;
    bool value = false;
    Complex factor = 1;
    passes::Items items = {};
    Matrix matrix = {};
    std::vector<int> targets = {};
    std::vector<Condition> conditions = {};
    std::uint64_t inside = 0;
    std::vector<double> values = {};  ///< kCollect: what it gave

    /// A number for this step after those with the number `before`; different for another program.
    std::uint64_t mark(std::uint64_t before) const;
};

}  // namespace carillon::engine
