// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/reader.h"

#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include "carillon/language/qasm/lower.h"
#include "carillon/language/qasm/parser.h"
#include "carillon/language/qasm/source.h"

namespace carillon {

namespace {

/// "bell" of "programs/bell.qasm".
std::string program_name(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    const std::string base = slash == std::string::npos ? file : file.substr(slash + 1);
    return base.substr(0, base.rfind('.'));
}

}  // namespace

ReadResult read_qasm(std::string_view text, const std::string& file, const ReadOptions& options) {
    ReadResult result;
    result.circuit.name = program_name(file);
    qasm::Sources sources;
    const std::uint32_t id = sources.add_view(file, text);
    qasm::Lowerer lowerer(sources, options, result);
    lowerer.run_file(id);
    lowerer.finish();
    result.circuit.global_phase = std::remainder(result.circuit.global_phase, 2 * std::numbers::pi);
    return result;
}

ReadResult read_qasm_file(const std::string& path, const ReadOptions& options) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in || in.bad()) throw InputError("the program \"" + path + "\" cannot be read");
    return read_qasm(text.str(), path, options);
}

void check_syntax(std::string_view text, const std::string& file) {
    qasm::Sources sources;
    qasm::Parser parser(sources, sources.add_view(file, text), 3);
    while (parser.next_statement()) {
    }
}

}  // namespace carillon
