// error: 5:4: a gate's parameter must be a number
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
rx(2im) q;
