// error: 5:1: gate `hh` is not defined; did you mean `h`?
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
hh q;
