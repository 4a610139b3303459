// error: 6:3: the parameter `r` takes 2 qubits, not 3
OPENQASM 3.0;
include "stdgates.inc";
def f(qubit[2] r) { x r; }
qubit[3] q;
f(q);
