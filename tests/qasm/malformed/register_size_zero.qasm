// error: 4:7: the size of a register is 0
OPENQASM 3.0;
include "stdgates.inc";
qubit[0] q;
