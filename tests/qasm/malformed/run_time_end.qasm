// error: 6:10: `end` where control depends on a measurement
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c = measure q;
if (c) { end; }
