// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace carillon::host {

/// A number that tells whether bytes are still what they were: XXH64 with seed 0. A changed bit
/// goes unseen once in 2^64 times. Not for secrets.
///
/// Source: Y. Collet, "xxHash fast digest algorithm", specification 0.1.1.
std::uint64_t checksum(std::span<const std::byte> bytes);

}  // namespace carillon::host
