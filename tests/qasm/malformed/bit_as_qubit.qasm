// error: 5:3: `c` is a bit, not a qubit
OPENQASM 3.0;
include "stdgates.inc";
bit c;
x c;
