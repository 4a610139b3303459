// SPDX-License-Identifier: Apache-2.0
// A ring of spins spread over QPUs evolves under the transverse-field Ising model: Trotter steps of
// exp(-i J t sum Z Z) and exp(-i h t sum X). Where a bond joins two QPUs, one of them gets an
// entangled copy of the other's spin, and gives it back: one Bell pair and two bits for each bond.
//
//   carillon_qmpi_ising                  four QPUs as threads
//   mpirun -n 5 carillon_qmpi_ising      four processes, and one that holds the qubits
#include <cstdio>
#include <vector>

#include "carillon/resource/substrate/qmpi.h"

namespace {

using namespace carillon;

constexpr int kSpins = 3;  // of each QPU
constexpr int kSteps = 5;
constexpr double kBond = 0.2, kField = 0.3;  // 2 J dt, 2 h dt

/// The bond between this QPU's last spin and the next QPU's first. In a ring one QPU receives
/// before it sends.
void bond_between_qpus(qmpi::Communicator& qpus, const std::vector<qmpi::Qubit>& spins) {
    const int size = qpus.size();
    const int left = (qpus.rank() + size - 1) % size, right = (qpus.rank() + 1) % size;
    qmpi::Qubit next;
    if (qpus.rank() == 0) next = qpus.receive(right);
    qpus.send(spins.front(), left);
    if (qpus.rank() != 0) next = qpus.receive(right);
    qpus.rzz(kBond, spins.back(), next);
    qpus.unreceive(next, right);
    qpus.unsend(spins.front(), left);
}

void evolve(qmpi::Communicator& qpus) {
    std::vector<qmpi::Qubit> spins;
    for (int s = 0; s < kSpins; ++s) spins.push_back(qpus.allocate());
    for (int step = 0; step < kSteps; ++step) {
        for (int s = 0; s + 1 < kSpins; ++s) qpus.rzz(kBond, spins[s], spins[s + 1]);
        bond_between_qpus(qpus, spins);
        for (const qmpi::Qubit spin : spins) qpus.rx(kField, spin);
    }
    // The parity of all spins, without telling any of them.
    qmpi::Parity parity;
    for (const qmpi::Qubit spin : spins)
        if (spin.id != spins.front().id) qpus.cx(spin, spins.front());
    parity = qpus.reduce(spins.front(), 0);
    if (parity.has_result)
        std::printf("%d spins on %d QPUs, parity %d\n", kSpins * qpus.size(), qpus.size(),
                    qpus.measure(parity.result) ? 1 : 0);
}

void costs(const qmpi::UsageByOperation& usage) {
    for (const auto& [operation, used] : usage)
        std::printf("%-9s %llu Bell pairs, %llu bits\n", operation.c_str(),
                    static_cast<unsigned long long>(used.pairs),
                    static_cast<unsigned long long>(used.bits));
}

}  // namespace

int main() {
    return carillon::qmpi::start("ising", {.threads_as_qpus = 4, .seed = 7}, evolve, costs);
}
