// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "carillon/base/config.h"
#include "carillon/base/error.h"
#include "carillon/base/json_reader.h"

namespace {

/// Asks every value where it stands, which walks the text beside the parsed tree.
void visit(const carillon::JsonValue& value, int depth) {
    value.position();
    value.shown();
    if (depth > 6) return;
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size() && i < 20; ++i) visit(value[i], depth + 1);
    } else if (value.is_object()) {
        for (const auto& [key, member] : value.members()) visit(member, depth + 1);
    }
}

}  // namespace

/// The JSON reader and the settings file: anything but an InputError is a bug.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (size > 2000) return 0;
    try {
        const carillon::JsonDocument document(text, "f");
        visit(document.root(), 0);
    } catch (const carillon::InputError&) {
    }
    try {
        carillon::Config config;
        config.read_json(text, "f");
    } catch (const carillon::InputError&) {
    }
    return 0;
}
