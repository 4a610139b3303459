// error: 6:4: `tehta` is not declared; did you mean `theta`?
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
float theta = 1;
rx(tehta) q;
