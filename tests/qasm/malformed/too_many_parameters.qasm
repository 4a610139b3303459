// error: 5:1: gate `x` takes 0 parameters, not 1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
x(0.5) q;
