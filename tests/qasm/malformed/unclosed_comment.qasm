// error: 4:10: this comment is never closed
OPENQASM 3.0;
include "stdgates.inc";
qubit q; /* and so on
x q;
