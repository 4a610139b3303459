// SPDX-License-Identifier: Apache-2.0
// A GHZ state over all QPUs, made by a broadcast, and measured.
//
//   carillon_qmpi_ghz                    on four threads
//   mpirun -n 9 carillon_qmpi_ghz        on eight processes, and one that holds the qubits
#include <cstdio>

#include "carillon/resource/substrate/qmpi.h"

namespace {

using namespace carillon;

void ghz(qmpi::Communicator& qpus) {
    qmpi::Qubit mine;
    if (qpus.rank() == 0) {
        mine = qpus.allocate();
        qpus.h(mine);
    }
    mine = qpus.bcast(mine, 0);
    const bool outcome = qpus.measure(mine);
    // Everybody found the same: rank 0 hears it from all.
    if (qpus.rank() != 0) return qpus.send_bit(outcome, 0);
    bool same = true;
    for (int from = 1; from < qpus.size(); ++from) same &= qpus.receive_bit(from) == outcome;
    std::printf("%d QPUs, all found %d: %s\n", qpus.size(), outcome ? 1 : 0, same ? "yes" : "no");
}

void costs(const qmpi::UsageByOperation& usage) {
    for (const auto& [operation, used] : usage)
        std::printf("%-9s %llu Bell pairs, %llu bits\n", operation.c_str(),
                    static_cast<unsigned long long>(used.pairs),
                    static_cast<unsigned long long>(used.bits));
}

}  // namespace

int main() {
    return carillon::qmpi::start("ghz", {.threads_as_qpus = 4, .seed = 7}, ghz, costs);
}
