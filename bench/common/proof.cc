// SPDX-License-Identifier: Apache-2.0
#include "common/proof.h"

#include <cstdio>
#include <utility>

#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/peephole.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::bench {

std::string Proof::cell() const {
    return equal ? std::to_string(pairs) : "REFUSED";
}

/// Per qubit a copy, a relayed half and a half on which it arrives; and some for wide gates.
Network with_ample_communication(Network network, std::uint32_t qubits) {
    for (Node& node : network.nodes) node.comm_qubits = 3 * qubits + 16;
    return network;
}

LoweredCircuit as_lowered(const Circuit& circuit) {
    LoweredCircuit lowered{circuit, {}, {}};
    std::uint32_t number = 0;
    for (Operation& op : lowered.circuit.body()) op.origin = number++;
    for (std::size_t q = 0; q < circuit.num_qubits; ++q) lowered.final_wire.emplace_back(q);
    return lowered;
}

Proof prove(const Circuit& source, const LoweredCircuit& lowered, const Network& network,
            const Placement& placement) {
    const Network ample = with_ample_communication(network, source.num_qubits);
    DistributedProgram program = distribute(lowered, placement, ample).program;
    fold_hadamards(program);
    Verdict verdict = validate(source, program);
    return {verdict.equal, verdict.pairs, std::move(verdict.reason)};
}

void ProofTally::add(const std::string& row, std::size_t priced, const Proof& proof) {
    ++rows_;
    proved_ += proof.equal;
    equal_pairs_ += proof.equal && proof.pairs == priced;
    if (!proof.equal)
        std::fprintf(stderr, "%s: refused: %s\n", row.c_str(), proof.reason.c_str());
    else if (proof.pairs != priced)
        std::fprintf(stderr, "%s: priced at %zu pairs, %zu in its program\n", row.c_str(), priced,
                     proof.pairs);
}

void ProofTally::print() const {
    std::printf(
        "\n%zu rows, %zu proved equal to their sources; %zu programs have just the pairs that "
        "their placements are priced at\n",
        rows_, proved_, equal_pairs_);
}

}  // namespace carillon::bench
