// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/resource/engine/register.h"

namespace carillon::engine {

/// A random program on a register: gates of every kind with none to three controls, explicit
/// matrices, measurements and resets. The same seed gives the same program.
template <class Real>
class RandomProgram {
  public:
    using Handle = AffineFrame::Handle;

    RandomProgram(std::uint64_t seed, int qubits, const RegisterOptions& options)
        : random_(seed), register_(options) {
        for (int q = 0; q < qubits; ++q) handles_.push_back(register_.allocate());
        for (int q = 0; q < qubits; ++q) gate(GateKind::kU, 0, {handles_[q]});
    }
    void run(int gates, bool measure) {
        for (int k = 0; k < gates; ++k) {
            if (measure && k % 25 == 24) {
                const Handle h = handles_[random_.below(handles_.size())];
                const double uniform = random_.uniform();
                outcomes_.push_back(k % 50 == 24 ? register_.measure(h, uniform)
                                                 : register_.reset(h, uniform));
                gate(GateKind::kU, 0, {h});
            } else if (k % 40 == 39) {
                matrix(2 + static_cast<int>(random_.below(4)));
            } else {
                random_gate();
            }
        }
    }
    Register<Real>& qubits() { return register_; }
    const std::vector<Handle>& handles() const { return handles_; }
    const std::vector<bool>& outcomes() const { return outcomes_; }
    std::vector<Complex> amplitudes() { return register_.amplitudes(handles_); }

  private:
    std::vector<Handle> some(int count) {
        std::vector<Handle> operands = handles_;
        for (int k = 0; k < count; ++k)
            std::swap(operands[k], operands[k + random_.below(operands.size() - k)]);
        operands.resize(count);
        return operands;
    }
    void random_gate() {
        const auto kind =
            static_cast<GateKind>(random_.below(static_cast<int>(GateKind::kUnitary)));
        const int targets = gate_info(kind).targets;
        const int controls = random_.below(3) == 0 ? static_cast<int>(random_.below(4)) : 0;
        if (targets + controls != 0) gate(kind, controls, some(targets + controls));
    }
    void gate(GateKind kind, int controls, const std::vector<Handle>& operands) {
        std::vector<double> angles;
        for (int k = 0; k < gate_info(kind).params; ++k)
            angles.push_back(4 * std::numbers::pi * (random_.uniform() - 0.5));
        register_.gate(kind, controls, angles, operands);
    }
    /// A reflection 1 - 2 v v*, which is dense and unitary.
    void matrix(int targets) {
        std::vector<Complex> v(std::size_t{1} << targets);
        double norm = 0;
        for (Complex& x : v) {
            x = {random_.uniform() - 0.5, random_.uniform() - 0.5};
            norm += std::norm(x);
        }
        Matrix m{targets, std::vector<Complex>(v.size() * v.size())};
        for (std::size_t r = 0; r < v.size(); ++r)
            for (std::size_t c = 0; c < v.size(); ++c)
                m(r, c) = (r == c ? 1.0 : 0.0) - 2.0 * v[r] * std::conj(v[c]) / norm;
        register_.unitary(m, 0, some(targets));
    }

    Random random_;
    Register<Real> register_;
    std::vector<Handle> handles_;
    std::vector<bool> outcomes_;
};

}  // namespace carillon::engine
