// error: 5:12: qubit register `q` has 2 qubits, index 5 is out of range
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
cx q[0], q[5];
