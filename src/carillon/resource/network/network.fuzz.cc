// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "carillon/base/error.h"
#include "carillon/resource/network/network.h"

namespace {

/// Long digit runs ask for networks that are large, not wrong; they only slow the search down.
bool has_long_number(std::string_view text) {
    std::size_t digits = 0;
    for (const char c : text) {
        digits = std::isdigit(static_cast<unsigned char>(c)) ? digits + 1 : 0;
        if (digits > 2 && text[0] != '{') return true;
    }
    return false;
}

/// What was accepted must be a sound network that survives writing and reading.
void check(const carillon::Network& network) {
    const carillon::Topology topology(network);
    if (topology.size() != network.nodes.size()) std::abort();
    const std::string text = carillon::write_network(network);
    try {
        if (carillon::write_network(carillon::read_network(text, "again")) != text) std::abort();
    } catch (const carillon::InputError&) {
        std::abort();
    }
}

}  // namespace

/// Both readers of networks: anything but an accepted network or an InputError is a bug.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (has_long_number(text)) return 0;
    try {
        check(carillon::read_network(text, "fuzz.json"));
    } catch (const carillon::InputError&) {
    }
    try {
        carillon::Network network = carillon::generate_network(text);
        if (network.nodes.size() > 2000) return 0;
        check(network);
        carillon::fill_capacity(network, 100);
    } catch (const carillon::InputError&) {
    }
    return 0;
}
