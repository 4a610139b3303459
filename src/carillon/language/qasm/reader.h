// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// Something worth telling that does not stop the reading.
struct Diagnostic {
    SourcePosition position;
    std::string message;
};

/// How an OpenQASM program is read.
struct ReadOptions {
    std::map<std::string, std::string> inputs;  ///< value of each `input`, as OpenQASM text
    std::vector<std::string> include_paths;     ///< searched after the including file's own folder
    std::uint64_t max_unrolled_operations = 50'000'000;  ///< stops runaway loops
};

struct ReadResult {
    Circuit circuit;
    std::vector<Diagnostic> warnings;
    int version = 3;  ///< 2 or 3
};

/// The circuit of an OpenQASM 2 or 3 program.
///
/// Constants, loops with known bounds, gate definitions and subroutines are expanded; what depends
/// on a measurement stays as if, while and classical expressions. `stdgates.inc` and `qelib1.inc`
/// are built in.
///
/// Args:
///     text: the program.
///     file: its name in messages; other includes are looked for in its folder.
/// Throws:
///     InputError: with file, line and column, the line itself and a caret under the place.
ReadResult read_qasm(std::string_view text, const std::string& file,
                     const ReadOptions& options = {});

/// read_qasm() of a file's content.
///
/// Throws: InputError also when the file cannot be read.
ReadResult read_qasm_file(const std::string& path, const ReadOptions& options = {});

/// Parses without looking at what names mean; includes are not opened.
///
/// Throws: InputError at the first syntax error.
void check_syntax(std::string_view text, const std::string& file);

}  // namespace carillon
