// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/random.h"

namespace carillon {

namespace {

__extension__ using Uint128 = unsigned __int128;

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::uint64_t key) {
    auto k0 = static_cast<std::uint32_t>(key);
    auto k1 = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {
            static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ k0, static_cast<std::uint32_t>(p1),
            static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ k1, static_cast<std::uint32_t>(p0)};
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return counter;
}

double keyed_uniform(std::uint64_t seed, std::uint32_t stream, std::uint64_t shot,
                     std::uint32_t event) {
    const auto words = philox(
        {static_cast<std::uint32_t>(shot), static_cast<std::uint32_t>(shot >> 32), stream, event},
        seed);
    const std::uint64_t bits = (std::uint64_t{words[0]} << 32 | words[1]) >> 11;
    return static_cast<double>(bits) * 0x1.0p-53;
}

Random::result_type Random::operator()() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

std::uint64_t Random::below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<Uint128>((*this)()) * n) >> 64);
}

double Random::uniform() {
    return static_cast<double>((*this)() >> 11) * 0x1.0p-53;
}

}  // namespace carillon
