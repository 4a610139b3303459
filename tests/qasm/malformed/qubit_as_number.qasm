// error: 5:4: `q` is a qubit; a classical value is needed here
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
rx(q) q;
