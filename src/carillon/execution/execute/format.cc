// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/format.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace carillon {

std::string format_duration(double ns) {
    struct Unit {
        double ns;
        const char* name;
    };
    constexpr std::array<Unit, 5> kUnits = {
        {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}, {1e-3, "ps"}}};
    if (!std::isfinite(ns)) return "unknown";
    if (ns == 0) return "0 ns";
    for (const Unit& u : kUnits)
        if (std::abs(ns) >= u.ns * 0.9995) {
            const double v = ns / u.ns;
            if (u.ns == 1e9 && std::abs(v) >= 1000)
                return format_count(static_cast<std::uint64_t>(std::llround(std::abs(v)))) + " s";
            return std::abs(v) >= 99.95 ? fmt::format("{:.0f} {}", v, u.name)
                                        : fmt::format("{:.3g} {}", v, u.name);
        }
    return fmt::format("{:.3g} ps", ns * 1e3);
}

std::string format_bytes(std::uint64_t bytes) {
    constexpr std::array<const char*, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1023.5 && unit + 1 < kUnits.size()) value /= 1024, ++unit;
    if (unit == 0 || value >= 99.95) return fmt::format("{:.0f} {}", value, kUnits[unit]);
    return fmt::format("{:.3g} {}", value, kUnits[unit]);
}

std::string format_count(std::uint64_t n, std::string_view separator) {
    const std::string digits = std::to_string(n);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i && (digits.size() - i) % 3 == 0) out += separator;
        out += digits[i];
    }
    return out;
}

std::string format_probability(double log_value) {
    if (std::isnan(log_value)) return "unknown";
    if (log_value == -INFINITY) return "0";
    const double value = std::exp(log_value);
    if (value >= 1e-4) return fmt::format("{:.4f}", value);
    if (value > 1e-300) return fmt::format("{:.2e}", value);
    return fmt::format("10^{:.1f}", log_value / std::log(10.0));
}

std::string format_plural(std::uint64_t n, std::string_view noun) {
    return fmt::format("{} {}{}", format_count(n), noun, n == 1 ? "" : "s");
}

std::string format_gates(std::uint64_t gates, std::uint64_t on_two, std::uint64_t on_more) {
    std::string text =
        fmt::format("{} ({} on two qubits", format_plural(gates, "gate"), format_count(on_two));
    if (on_more > 0) text += fmt::format(", {} on more", format_count(on_more));
    return text + ")";
}

std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return out;
}

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace carillon
