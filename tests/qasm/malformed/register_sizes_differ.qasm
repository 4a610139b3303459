// error: 6:7: the registers of one gate must have the same size
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] a;
qubit[3] b;
cx a, b;
