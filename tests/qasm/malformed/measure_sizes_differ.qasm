// error: 6:1: 3 qubits are measured into 2 bits
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[2] c;
c = measure q;
