// SPDX-License-Identifier: Apache-2.0
// PennyLane Lightning's state vector from C++. Its kernels are the package's; the package is built
// without threads in them, so this is linked with a build of the same sources that has them
// (LQ_ENABLE_KERNEL_OMP).
#include "protocol.h"

#include "StateVectorLQubitManaged.hpp"

namespace {

template <class Real>
class Simulator {
  public:
    explicit Simulator(const Request& request)
        : request_(request), state_(static_cast<std::size_t>(request.qubits)) {}

    void run() {
        answer(
            request_, [&] { state_.resetStateVector(); }, [&](const Gate& gate) { apply(gate); },
            [&](std::uint64_t index) { return std::complex<double>(state_.getData()[index]); });
    }

  private:
    /// Wire 0 is the most significant bit of an index.
    std::vector<std::size_t> wires(const std::vector<int>& qubits) const {
        std::vector<std::size_t> result;
        for (const int q : qubits)
            result.push_back(static_cast<std::size_t>(request_.qubits - 1 - q));
        return result;
    }

    void operation(const char* name, const Gate& gate) {
        const std::vector<Real> params(gate.angles.begin(), gate.angles.end());
        state_.applyOperation(name, wires(gate.qubits), false, params);
    }

    void apply(const Gate& gate) {
        if (gate.name == "u3") return apply_u3(gate);
        static const std::pair<const char*, const char*> names[] = {
            {"h", "Hadamard"},  {"x", "PauliX"},
            {"rx", "RX"},       {"ry", "RY"},
            {"rz", "RZ"},       {"cx", "CNOT"},
            {"cz", "CZ"},       {"cu1", "ControlledPhaseShift"},
            {"rzz", "IsingZZ"}, {"swap", "SWAP"},
            {"ccx", "Toffoli"}};
        for (const auto& [ours, theirs] : names)
            if (gate.name == ours) return operation(theirs, gate);
        unknown_gate(gate.name);
    }

    void apply_u3(const Gate& gate) {
        const auto& a = gate.angles;
        const double c = std::cos(a[0] / 2), s = std::sin(a[0] / 2);
        using C = std::complex<Real>;
        const auto entry = [](double r, double phase) { return C(std::polar(1.0, phase) * r); };
        const std::vector<C> matrix = {entry(c, 0), -entry(s, a[2]), entry(s, a[1]),
                                       entry(c, a[1] + a[2])};
        state_.applyMatrix(matrix, wires(gate.qubits), false);
    }

    const Request& request_;
    Pennylane::LightningQubit::StateVectorLQubitManaged<Real> state_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const Request request = read_request(argv[1]);
    if (std::string(argv[2]) == "float")
        Simulator<float>(request).run();
    else
        Simulator<double>(request).run();
}
