// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/checksum.h"

#define XXH_INLINE_ALL  // the library is header-only then
#include <xxhash.h>

namespace carillon::host {

std::uint64_t checksum(std::span<const std::byte> bytes) {
    return XXH64(bytes.data(), bytes.size(), 0);
}

}  // namespace carillon::host
