// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <numbers>
#include <unordered_set>

#include "carillon/language/qasm/gate_list.h"

namespace carillon::qasm {

namespace {

using std::numbers::pi;

constexpr std::array kComposites = {
    CompositeGate{"u0", 1, 1},          CompositeGate{"u2", 2, 1},
    CompositeGate{"r", 2, 1},           CompositeGate{"cu", 4, 2},
    CompositeGate{"dcx", 0, 2},         CompositeGate{"rccx", 0, 3},
    CompositeGate{"rc3x", 0, 4},        CompositeGate{"rcccx", 0, 4},
    CompositeGate{"xx_plus_yy", 2, 2},  CompositeGate{"xx_minus_yy", 2, 2},
    CompositeGate{"stdgates u2", 2, 1}, CompositeGate{"stdgates u3", 3, 1},
};

/// Builds a body gate by gate.
class Builder {
  public:
    Builder(const std::vector<QubitId>& qubits, Circuit& circuit)
        : qubits_(qubits), circuit_(circuit) {}

    void add(GateKind kind, int controls, std::initializer_list<int> on,
             std::vector<Param> params = {}) {
        ListedGate gate{kind, controls, {}, std::move(params), {}};
        for (const int i : on) gate.qubits.push_back(qubits_[static_cast<std::size_t>(i)]);
        list.push_back(std::move(gate));
    }
    void h(int q) { add(GateKind::kH, 0, {q}); }
    void t(int q) { add(GateKind::kT, 0, {q}); }
    void tdg(int q) { add(GateKind::kTdg, 0, {q}); }
    void cx(int c, int q) { add(GateKind::kX, 1, {c, q}); }

    /// k p + c.
    Param affine(const Param& p, double k, double c = 0) {
        if (p.constant()) return Param(k * p.value + c);
        ExprId x = circuit_.cast_expr(p.expr, ScalarType::kFloat, 64);
        x = circuit_.binary(ExprOp::kMul, x, circuit_.constant(Value::floating(k)));
        return Param(circuit_.binary(ExprOp::kAdd, x, circuit_.constant(Value::floating(c))));
    }

    GateList list;

  private:
    const std::vector<QubitId>& qubits_;
    Circuit& circuit_;
};

void rccx(Builder& b, int first, int second, int target) {
    b.h(target);
    b.t(target);
    b.cx(second, target);
    b.tdg(target);
    b.cx(first, target);
    b.t(target);
    b.cx(second, target);
    b.tdg(target);
    b.h(target);
}

void rc3x(Builder& b) {
    b.h(3);
    b.t(3);
    b.cx(2, 3);
    b.tdg(3);
    b.h(3);
    for (int round = 0; round < 2; ++round) {
        b.cx(0, 3);
        b.t(3);
        b.cx(1, 3);
        b.tdg(3);
    }
    b.h(3);
    b.t(3);
    b.cx(2, 3);
    b.tdg(3);
    b.h(3);
}

using NameSet = std::unordered_set<std::string_view>;

NameSet set_of(const std::vector<std::string_view>& names) {
    return {names.begin(), names.end()};
}

}  // namespace

const std::vector<std::string_view>& stdgates_names() {
    static const std::vector<std::string_view> kNames = {
        "p",   "x",     "y",  "z",  "h",     "s",      "sdg", "t",   "tdg", "sx", "rx",
        "ry",  "rz",    "cx", "cy", "cz",    "cp",     "crx", "cry", "crz", "ch", "swap",
        "ccx", "cswap", "cu", "CX", "phase", "cphase", "id",  "u1",  "u2",  "u3"};
    return kNames;
}

const std::vector<std::string_view>& qelib1_names() {
    static const std::vector<std::string_view> kNames = {
        "u3",          "u2",   "u1",    "u0",    "u",   "p",   "id",      "cx",    "x",
        "y",           "z",    "h",     "s",     "sdg", "t",   "tdg",     "sx",    "sxdg",
        "rx",          "ry",   "rz",    "r",     "cz",  "cy",  "ch",      "csx",   "cs",
        "csdg",        "swap", "iswap", "ecr",   "dcx", "ccx", "ccz",     "cswap", "crx",
        "cry",         "crz",  "cu1",   "cp",    "cu3", "cu",  "rxx",     "ryy",   "rzz",
        "rzx",         "rccx", "rc3x",  "rcccx", "c3x", "c4x", "c3sqrtx", "c3sx",  "xx_plus_yy",
        "xx_minus_yy", "cnot", "phase", "cphase"};
    return kNames;
}

bool in_stdgates(std::string_view name) {
    static const NameSet kNames = set_of(stdgates_names());
    return kNames.count(name) > 0;
}

bool in_qelib1(std::string_view name) {
    static const NameSet kNames = set_of(qelib1_names());
    return kNames.count(name) > 0;
}

const CompositeGate* find_composite(std::string_view name) {
    const auto it = std::find_if(kComposites.begin(), kComposites.end(),
                                 [name](const CompositeGate& c) { return c.name == name; });
    return it == kComposites.end() ? nullptr : &*it;
}

GateList expand_composite(const CompositeGate& gate, const std::vector<Param>& p,
                          const std::vector<QubitId>& qubits, Circuit& circuit) {
    using enum GateKind;
    Builder b(qubits, circuit);
    if (gate.name == "u0") {
        b.add(kId, 0, {0});
    } else if (gate.name == "u2") {
        b.add(kU3, 0, {0}, {Param(pi / 2), p[0], p[1]});
    } else if (gate.name == "stdgates u2") {  // gphase(-(phi + lambda + pi/2) / 2); U(...)
        b.add(kGphase, 0, {}, {b.affine(p[0], -0.5)});
        b.add(kGphase, 0, {}, {b.affine(p[1], -0.5)});
        b.add(kU3, 0, {0}, {Param(pi / 2), p[0], p[1]});
    } else if (gate.name == "stdgates u3") {  // gphase(-(phi + lambda + theta) / 2); U(...)
        b.add(kGphase, 0, {}, {b.affine(p[1], -0.5)});
        b.add(kGphase, 0, {}, {b.affine(p[2], -0.5)});
        b.add(kU3, 0, {0}, {p[0], p[1], p[2]});
    } else if (gate.name == "r") {  // rotation about cos(phi) X + sin(phi) Y
        b.add(kU3, 0, {0}, {p[0], b.affine(p[1], 1, -pi / 2), b.affine(p[1], -1, pi / 2)});
    } else if (gate.name == "cu") {
        b.add(kP, 0, {0}, {p[3]});
        b.add(kU3, 1, {0, 1}, {p[0], p[1], p[2]});
    } else if (gate.name == "dcx") {
        b.cx(0, 1);
        b.cx(1, 0);
    } else if (gate.name == "rccx") {
        rccx(b, 0, 1, 2);
    } else if (gate.name == "xx_plus_yy") {
        b.add(kRz, 0, {0}, {p[1]});
        b.add(kRxx, 0, {0, 1}, {b.affine(p[0], 0.5)});
        b.add(kRyy, 0, {0, 1}, {b.affine(p[0], 0.5)});
        b.add(kRz, 0, {0}, {b.affine(p[1], -1)});
    } else if (gate.name == "xx_minus_yy") {
        b.add(kRz, 0, {1}, {b.affine(p[1], -1)});
        b.add(kRxx, 0, {0, 1}, {b.affine(p[0], 0.5)});
        b.add(kRyy, 0, {0, 1}, {b.affine(p[0], -0.5)});
        b.add(kRz, 0, {1}, {p[1]});
    } else {
        rc3x(b);
    }
    return std::move(b.list);
}

}  // namespace carillon::qasm
