// Four layers of nearest-neighbour gates on 65,536 qubits.
OPENQASM 3.0;
include "stdgates.inc";

const uint n = 65536;
qubit[n] q;

for uint layer in [0:1] {
    for uint i in [0:n - 1] { ry(0.1 * (layer + 1)) q[i]; }
    for uint i in [0:2:n - 2] cz q[i], q[i + 1];
    for uint i in [0:n - 1] rx(0.2) q[i];
    for uint i in [1:2:n - 3] cz q[i], q[i + 1];
}
