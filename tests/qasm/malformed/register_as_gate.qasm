// error: 5:1: `q` is a qubit register, not a gate
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
q q[0];
