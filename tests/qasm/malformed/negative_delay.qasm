// error: 5:7: a delay cannot be negative
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
delay[-10ns] q;
