// Grover search for one marked item among 256: the oracle and the diffusion are phase flips on eight qubits.
// Twelve rounds find 0b10110101 (181) with probability above 0.9999.
OPENQASM 3.0;
include "stdgates.inc";

const uint n = 8;
const uint marked = 181;

qubit[n] q;
bit[n] found;

def oracle(qubit[n] r) {
    for uint i in [0:n - 1] { if ((marked >> i) % 2 == 0) x r[i]; }
    ctrl(n - 1) @ z r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7];
    for uint i in [0:n - 1] { if ((marked >> i) % 2 == 0) x r[i]; }
}

def diffusion(qubit[n] r) {
    h r;
    x r;
    ctrl(n - 1) @ z r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7];
    x r;
    h r;
}

h q;
for uint round in [1:12] {
    oracle(q);
    diffusion(q);
}
found = measure q;
