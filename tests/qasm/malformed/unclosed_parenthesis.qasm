// error: 5:8: expected `)` after the arguments, found `q`
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
rx(0.5 q;
