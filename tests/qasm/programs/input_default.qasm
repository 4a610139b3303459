// An initial value stands in where no input is given.
// expect: 1=1
OPENQASM 3.0;
include "stdgates.inc";
input float theta = 3.141592653589793;
qubit q;
rx(theta) q;
bit c = measure q;
