// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace carillon {

/// "1.5 GiB", "64 KiB".
std::string size_text(std::uint64_t bytes);

}  // namespace carillon
