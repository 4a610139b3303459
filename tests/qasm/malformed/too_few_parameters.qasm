// error: 5:1: gate `rx` takes 1 parameter, not 0
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
rx q;
