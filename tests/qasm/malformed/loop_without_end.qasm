// error: 7:1: this loop never ends
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c = measure q;
bit d = measure q;
while (c || true) { d = measure q; c = 1; }
