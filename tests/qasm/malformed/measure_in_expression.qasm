// error: 6:10: `measure` is not allowed inside an expression
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
int x0;
x0 = 2 * measure q;
