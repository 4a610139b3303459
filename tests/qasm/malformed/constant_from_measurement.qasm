// error: 6:15: depends on a measurement
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c = measure q;
const bit d = c;
