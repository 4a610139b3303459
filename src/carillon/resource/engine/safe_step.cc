// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/safe_step.h"

#include <bit>
#include <span>

#include "carillon/resource/host/checksum.h"

namespace carillon::engine {

std::uint64_t Step::mark(std::uint64_t before) const {
    std::vector<std::uint64_t> all{before, static_cast<std::uint64_t>(kind),
                                   static_cast<std::uint64_t>(axis), value ? 1U : 0U};
    const auto add = [&](double number) { all.push_back(std::bit_cast<std::uint64_t>(number)); };
    add(factor.real());
    add(factor.imag());
    for (const passes::Item& item : items.list) {
        all.push_back(static_cast<std::uint64_t>(item.kind));
        all.push_back(item.flips);
        all.push_back(item.reads);
        add(item.factor.real());
        add(item.factor.imag());
        add(item.tangent[0]);
        add(item.tangent[1]);
    }
    for (const int target : targets) all.push_back(static_cast<std::uint64_t>(target));
    return host::checksum(std::as_bytes(std::span(all)));
}

}  // namespace carillon::engine
