// error: 5:10: gate `cx` gets the qubit `q[1]` twice
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
cx q[1], q[1];
