// error: 4:19: `targt` is no qubit of the gate `g`; did you mean `target`?
OPENQASM 3.0;
include "stdgates.inc";
gate g target { x targt; }
