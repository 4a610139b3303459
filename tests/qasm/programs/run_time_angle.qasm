// The angle of a gate depends on a measurement; inv and ctrl apply to it all the same.
// expect: 0,0=0.5 1,1=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit r;
qubit one;
qubit q;
output bit b;
output bit c;
h r;
b = measure r;
x one;
float theta = 0.5;
if (b) { theta = 0.5 + pi; }
ctrl @ rx(theta) one, q;
inv @ rx(0.5) q;
c = measure q;
