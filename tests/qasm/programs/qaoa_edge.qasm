// At gamma = pi/4 and beta = pi/8 one layer on two qubits joined by an edge finds the cut: 01 or 10.
// expect: 01=0.5 10=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
float gamma = pi / 4;
float beta = pi / 8;
h q;
cx q[0], q[1];
rz(-2 * gamma) q[1];
cx q[0], q[1];
rx(2 * beta) q;
c = measure q;
