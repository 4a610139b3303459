// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "carillon/base/error.h"
#include "carillon/workload/program/json.h"

/// Any text is either read, and then written and read back equal, or refused with an InputError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace carillon;
    try {
        const std::string_view text(reinterpret_cast<const char*>(data), size);
        const DistributedProgram program = read_program(text, "fuzz");
        if (!same_program(program, read_program(write_program(program), "again"))) std::abort();
    } catch (const InputError&) {
    }
    return 0;
}
