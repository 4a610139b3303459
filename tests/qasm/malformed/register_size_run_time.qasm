// error: 7:7: must be known when the program is read
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c = measure q;
int n = c;
qubit[n] r;
