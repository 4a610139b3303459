// error: 7:15: cannot change where control depends on a measurement
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c = measure q;
complex z0 = 1 + 2im;
if (c) { z0 = 3; }
