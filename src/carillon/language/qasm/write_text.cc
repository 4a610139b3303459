// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/write_text.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "carillon/base/error.h"

namespace carillon::qasm {

namespace {

constexpr double kPi = std::numbers::pi;

bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// `k * pi / d` when a reader computes exactly `value` from it, else empty.
std::string pi_text(double value) {
    for (const int d : {1, 2, 3, 4, 6, 8, 12, 16, 32, 64})
        for (int k = 1; k <= 15; ++k) {
            if (static_cast<double>(k) * kPi / d != value) continue;
            std::string text = k == 1 ? "pi" : fmt::format("{} * pi", k);
            if (d > 1) text += fmt::format(" / {}", d);
            return text;
        }
    return {};
}

}  // namespace

std::string number_text(double value) {
    if (!std::isfinite(value)) throw InputError("OpenQASM has no way to write an infinite number");
    const double magnitude = std::abs(value);
    const std::string sign = std::signbit(value) && value != 0 ? "-" : "";
    if (value == 0) return "0.0";
    if (const std::string text = pi_text(magnitude); !text.empty()) return sign + text;
    std::string text = fmt::format("{}", magnitude);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    if (const std::size_t e = text.find('e');
        e != std::string::npos && text.find('.') == std::string::npos)
        text.insert(e, ".0");
    return sign + text;
}

std::string type_text(ScalarType type, int width) {
    switch (type) {
        case ScalarType::kBool:
            return "bool";
        case ScalarType::kInt:
            return fmt::format("int[{}]", width);
        case ScalarType::kUint:
            return fmt::format("uint[{}]", width);
        case ScalarType::kFloat:
            return width <= 32 ? "float[32]" : "float[64]";
        case ScalarType::kAngle:
            return fmt::format("angle[{}]", width);
    }
    throw InternalError("type_text: unknown type");
}

NameTable::NameTable()
    : taken_{// keywords and built-in names
             "OPENQASM", "include", "defcalgrammar", "def", "cal", "defcal", "gate", "extern",
             "box", "let", "break", "continue", "if", "else", "end", "return", "for", "while", "in",
             "switch", "case", "default", "nop", "pragma", "input", "output", "const", "readonly",
             "mutable", "qreg", "qubit", "creg", "bool", "bit", "int", "uint", "float", "angle",
             "complex", "array", "void", "duration", "stretch", "gphase", "inv", "pow", "ctrl",
             "negctrl", "durationof", "delay", "reset", "measure", "barrier", "true", "false", "im",
             "pi", "tau", "euler", "sizeof", "opaque", "sin", "cos", "tan", "arcsin", "arccos",
             "arctan", "exp", "log", "sqrt", "floor", "ceiling", "popcount", "mod", "rotl", "rotr",
             "real", "imag", "dt", "ns", "us", "ms", "s",
             // gates of stdgates.inc, the built-in ones, and those that files define
             "U", "CX", "p", "x", "y", "z", "h", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx",
             "cy", "cz", "cp", "crx", "cry", "crz", "ch", "swap", "ccx", "cswap", "cu", "phase",
             "cphase", "id", "u1", "u2", "u3", "iswap", "ecr", "rxx", "ryy", "rzz", "rzx"} {}

std::string NameTable::take(std::string_view wanted) {
    std::string name;
    for (const char c : wanted) name += letter(c) || (c >= '0' && c <= '9') ? c : '_';
    if (name.empty() || !letter(name[0])) name = "_" + name;
    if (taken_.insert(name).second) return name;
    for (int k = 0;; ++k)
        if (std::string other = fmt::format("{}_{}", name, k); taken_.insert(other).second)
            return other;
}

// ---- Gates --------------------------------------------------------------------------------------

std::string_view gate_definition(GateKind kind) {
    switch (kind) {
        case GateKind::kIswap:
            return "gate iswap a, b {\n    s a;\n    s b;\n    h a;\n    cx a, b;\n    cx b, a;\n"
                   "    h b;\n}\n";
        case GateKind::kEcr:
            return "gate ecr a, b {\n    s a;\n    rx(pi / 2) b;\n    cx a, b;\n    x a;\n}\n";
        case GateKind::kRxx:
            return "gate rxx(theta) a, b {\n    h a;\n    h b;\n    cx a, b;\n    rz(theta) b;\n"
                   "    cx a, b;\n    h a;\n    h b;\n}\n";
        case GateKind::kRyy:
            return "gate ryy(theta) a, b {\n    rx(pi / 2) a;\n    rx(pi / 2) b;\n    cx a, b;\n"
                   "    rz(theta) b;\n    cx a, b;\n    rx(-pi / 2) a;\n    rx(-pi / 2) b;\n}\n";
        case GateKind::kRzz:
            return "gate rzz(theta) a, b {\n    cx a, b;\n    rz(theta) b;\n    cx a, b;\n}\n";
        case GateKind::kRzx:
            return "gate rzx(theta) a, b {\n    h b;\n    cx a, b;\n    rz(theta) b;\n    cx a, "
                   "b;\n"
                   "    h b;\n}\n";
        default:
            return {};
    }
}

UAngles u_angles(const Matrix& m) {
    if (m.qubits != 1) throw InternalError("u_angles: a one-qubit matrix is needed");
    const double theta = 2 * std::atan2(std::abs(m(1, 0)), std::abs(m(0, 0)));
    const bool diagonal = std::abs(m(0, 0)) >= std::abs(m(1, 0));
    // e^{i (delta + theta / 2)} [[cos, -e^{i lambda} sin], [e^{i phi} sin, e^{i (phi+lambda)} cos]]
    double phase = 0, phi = 0, lambda = 0;
    if (diagonal) {
        phase = std::arg(m(0, 0));
        const double sum = std::arg(m(1, 1)) - phase;
        if (std::abs(m(1, 0)) > 1e-14) phi = std::arg(m(1, 0)) - phase;
        lambda = sum - phi;
    } else {
        const double low = std::arg(m(1, 0)), high = std::arg(-m(0, 1));
        if (std::abs(m(0, 0)) > 1e-14) phase = std::arg(m(0, 0));
        phi = low - phase;
        lambda = high - phase;
    }
    return {phase - theta / 2, theta, phi, lambda};
}

namespace {

std::string joined(std::span<const std::string> parts) {
    std::string text;
    for (const std::string& p : parts) text += (text.empty() ? "" : ", ") + p;
    return text;
}

std::string statement(int controls, std::string_view name, std::span<const std::string> params,
                      std::span<const std::string> operands) {
    std::string text = controls == 0   ? ""
                       : controls == 1 ? "ctrl @ "
                                       : fmt::format("ctrl({}) @ ", controls);
    text += name;
    if (!params.empty()) text += "(" + joined(params) + ")";
    return operands.empty() ? text + ";" : text + " " + joined(operands) + ";";
}

/// True when stdgates.inc has the gate under the table's name.
bool in_standard_library(std::string_view name) {
    for (const std::string_view known :
         {"cx", "cy", "cz", "cp", "crx", "cry", "crz", "ch", "ccx", "cswap"})
        if (name == known) return true;
    return false;
}

}  // namespace

std::vector<std::string> GateWriter::call(GateKind kind, int controls, const Matrix* matrix,
                                          std::span<const std::string> params,
                                          std::span<const std::string> operands) {
    const auto one = [](std::string text) { return std::vector{std::move(text)}; };
    if (kind == GateKind::kUnitary) {
        if (matrix->qubits != 1)
            throw InputError(fmt::format(
                "a unitary on {} qubits cannot be written in OpenQASM; lower it to gates first",
                matrix->qubits));
        const UAngles u = u_angles(*matrix);
        const std::vector<std::string> angles = {number_text(u.theta), number_text(u.phi),
                                                 number_text(u.lambda)};
        const std::vector<std::string> delta = {number_text(u.delta)};
        std::vector<std::string> text = one(statement(controls, "U", angles, operands));
        if (u.delta != 0) {
            auto phase = call(GateKind::kGphase, controls, nullptr, delta,
                              operands.first(static_cast<std::size_t>(controls)));
            text.insert(text.end(), phase.begin(), phase.end());
        }
        return text;
    }
    if (kind == GateKind::kGphase) {
        if (controls == 0) return one(statement(0, "gphase", params, {}));
        return call(GateKind::kP, controls - 1, nullptr, params, operands);
    }
    if (kind == GateKind::kU3) {
        // U without its factor e^{i theta / 2}; with the outer control `cu` says the same.
        if (controls > 0) {
            std::vector<std::string> four(params.begin(), params.end());
            four.emplace_back("0");
            return one(statement(controls - 1, "cu", four, operands));
        }
        return {statement(0, "U", params, operands),
                statement(0, "gphase", std::vector{"-(" + params[0] + ") / 2"}, {})};
    }
    if (kind == GateKind::kSxdg) return one(statement(controls, "inv @ sx", params, operands));
    if (!gate_definition(kind).empty()) used_.insert(kind);
    for (int inner = std::min(controls, 2); inner > 0; --inner)
        if (const std::string_view name = standard_name(kind, inner); in_standard_library(name))
            return one(statement(controls - inner, name, params, operands));
    return one(statement(controls, gate_info(kind).name, params, operands));
}

std::string GateWriter::definitions() const {
    std::string text;
    for (const GateKind kind : used_) text += gate_definition(kind);
    return text;
}

}  // namespace carillon::qasm
