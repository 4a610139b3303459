// SPDX-License-Identifier: Apache-2.0
// QuEST 4: gates as its API names them, checks of arguments switched off.
#include "quest.h"
#include "protocol.h"

namespace {

CompMatr1 u3_matrix(const std::vector<double>& a) {
    const double c = std::cos(a[0] / 2), s = std::sin(a[0] / 2);
    const auto phase = [](double x) { return qcomp(std::cos(x), std::sin(x)); };
    const qcomp cosine(c), sine(s);
    return getInlineCompMatr1(
        {{cosine, -phase(a[2]) * sine}, {phase(a[1]) * sine, phase(a[1] + a[2]) * cosine}});
}

void apply(Qureg state, const Gate& gate) {
    const auto& q = gate.qubits;
    const auto& a = gate.angles;
    const std::string& name = gate.name;
    if (name == "h") return applyHadamard(state, q[0]);
    if (name == "x") return applyPauliX(state, q[0]);
    if (name == "rx") return applyRotateX(state, q[0], a[0]);
    if (name == "ry") return applyRotateY(state, q[0], a[0]);
    if (name == "rz") return applyRotateZ(state, q[0], a[0]);
    if (name == "u3") return applyCompMatr1(state, q[0], u3_matrix(a));
    if (name == "cx") return applyControlledPauliX(state, q[0], q[1]);
    if (name == "cz") return applyTwoQubitPhaseFlip(state, q[0], q[1]);
    if (name == "cu1") return applyTwoQubitPhaseShift(state, q[0], q[1], a[0]);
    if (name == "rzz") return applyPhaseGadget(state, q, a[0]);
    if (name == "swap") return applySwap(state, q[0], q[1]);
    if (name == "ccx") {
        int controls[2] = {q[0], q[1]};
        return applyMultiControlledPauliX(state, controls, 2, q[2]);
    }
    unknown_gate(name);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const Request request = read_request(argv[1]);
    initCustomQuESTEnv(0, 0, 1);
    setValidationOff();
    Qureg state = createCustomQureg(request.qubits, 0, 0, 0, 1);
    answer(
        request, [&] { initZeroState(state); }, [&](const Gate& gate) { apply(state, gate); },
        [&](std::uint64_t index) {
            const qcomp a = getQuregAmp(state, static_cast<qindex>(index));
            return std::complex<double>(a.real(), a.imag());
        });
    destroyQureg(state);
    finalizeQuESTEnv();
}
