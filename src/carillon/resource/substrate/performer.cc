// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/performer.h"

#include "carillon/base/error.h"

namespace carillon::substrate {

template <class Real>
bool Performer<Real>::perform(const Act& act) {
    switch (act.kind) {
        case ActKind::kGate:
            if (act.matrix != nullptr)
                register_.unitary(*act.matrix, act.controls, act.qubits);
            else
                register_.gate(act.gate, act.controls, act.angles, act.qubits);
            return false;
        case ActKind::kMeasure:
            return register_.measure(act.qubits[0], act.uniform);
        case ActKind::kReset:
            return register_.reset(act.qubits[0], act.uniform);
        case ActKind::kDefer:
            if (act.key >= deferred_.size()) deferred_.resize(act.key + 1, kNoHandle);
            deferred_[act.key] = act.qubits[0];
            return false;
        case ActKind::kPair:
            register_.bell_pair(act.qubits[0], act.qubits[1]);
            return false;
        case ActKind::kLeave:
        case ActKind::kArrive:
            register_.carry(act.qubits[0], act.qubits[1]);
            return false;
        case ActKind::kFree: {
            constexpr double kRounding = sizeof(Real) == sizeof(float) ? 1e-5 : 1e-9;
            const double one = register_.probability(act.qubits[0]);
            if (one > kRounding && one < 1 - kRounding)
                throw InputError(
                    "a qubit is given back that is neither |0> nor |1>; measure it first");
            register_.reset(act.qubits[0], 0.5);
            return false;
        }
        case ActKind::kSend:
        case ActKind::kReceive:
        case ActKind::kFail:
        case ActKind::kEnd:
            break;
    }
    throw InternalError("Performer: an act that is not about qubits");
}

template class Performer<float>;
template class Performer<double>;

}  // namespace carillon::substrate
