// error: 5:5: `q` is already declared as a qubit register
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit q;
