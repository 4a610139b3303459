// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/size_text.h"

#include <fmt/format.h>

#include <iterator>

namespace carillon {

std::string size_text(std::uint64_t bytes) {
    constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 1024 && unit + 1 < std::size(kUnits)) {
        amount /= 1024;
        ++unit;
    }
    const bool whole = amount == static_cast<double>(static_cast<std::uint64_t>(amount));
    return fmt::format("{:.{}f} {}", amount, amount < 10 && unit > 0 && !whole ? 1 : 0,
                       kUnits[unit]);
}

}  // namespace carillon
