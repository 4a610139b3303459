// SPDX-License-Identifier: Apache-2.0
// Any bytes are either read or refused with an InputError; nothing else may happen.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "carillon/language/qasm/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    carillon::ReadOptions options;
    options.max_unrolled_operations = 20'000;
    try {
        const carillon::ReadResult result = carillon::read_qasm(text, "fuzz.qasm", options);
        const carillon::CircuitSummary summary = carillon::summarize(result.circuit);
        if (summary.gates > summary.operations) __builtin_trap();
    } catch (const carillon::InputError&) {
    }
    try {
        carillon::check_syntax(text, "fuzz.qasm");
    } catch (const carillon::InputError&) {
    }
    return 0;
}
