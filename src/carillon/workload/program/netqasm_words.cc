// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/netqasm_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace carillon::netqasm {

namespace {

/// Bits after the point of an angle / pi, and of one piece.
constexpr int kFraction = 36, kPiece = 8;

double turn_of(double angle) {
    const double turn = std::fmod(angle / std::numbers::pi, 2.0);
    return turn < 0 ? turn + 2 : turn;
}

struct Name {
    std::string_view mnemonic, gate;
    int operands;
};
constexpr std::array<Name, 11> kNames = {{{"x", "x", 1},
                                          {"y", "y", 1},
                                          {"z", "z", 1},
                                          {"h", "h", 1},
                                          {"s", "s", 1},
                                          {"t", "t", 1},
                                          {"rot_x", "rx", 1},
                                          {"rot_y", "ry", 1},
                                          {"rot_z", "rz", 1},
                                          {"cnot", "cx", 2},
                                          {"cphase", "cz", 2}}};

}  // namespace

std::optional<Word> word_of(GateKind kind, int controls, double angle) {
    using enum GateKind;
    if (controls == 1 && kind == kX) return Word{"cnot", {}};
    if (controls == 1 && kind == kZ) return Word{"cphase", {}};
    if (controls != 0) return {};
    switch (kind) {
        case kX:
            return Word{"x", {}};
        case kY:
            return Word{"y", {}};
        case kZ:
            return Word{"z", {}};
        case kH:
            return Word{"h", {}};
        case kS:
            return Word{"s", {}};
        case kT:
            return Word{"t", {}};
        case kId:
            return Word{"rot_z", 0.0};
        case kSdg:
            return Word{"rot_z", 1.5};
        case kTdg:
            return Word{"rot_z", 1.75};
        case kSx:
            return Word{"rot_x", 0.5};
        case kSxdg:
            return Word{"rot_x", 1.5};
        case kRx:
            return Word{"rot_x", turn_of(angle)};
        case kRy:
            return Word{"rot_y", turn_of(angle)};
        case kRz:
        case kP:
            return Word{"rot_z", turn_of(angle)};
        default:
            return {};
    }
}

std::vector<std::pair<unsigned, unsigned>> pieces_of(double turn) {
    constexpr std::uint64_t kTwo = std::uint64_t{2} << kFraction;
    std::uint64_t left =
        static_cast<std::uint64_t>(std::llround(std::ldexp(turn, kFraction))) % kTwo;
    std::vector<std::pair<unsigned, unsigned>> pieces;
    for (int low = kFraction + 1 - kPiece; left > 0; low = std::max(low - kPiece, 0)) {
        std::uint64_t n = left >> low;
        left -= n << low;
        if (n == 0) continue;
        int d = kFraction - low;
        for (; n % 2 == 0 && d > 0; n /= 2) --d;
        pieces.emplace_back(static_cast<unsigned>(n), static_cast<unsigned>(d));
    }
    if (pieces.empty()) pieces.emplace_back(0, 0);
    return pieces;
}

std::optional<std::pair<std::string_view, int>> gate_of(std::string_view mnemonic) {
    for (const Name& n : kNames)
        if (n.mnemonic == mnemonic) return std::pair{n.gate, n.operands};
    return {};
}

}  // namespace carillon::netqasm
