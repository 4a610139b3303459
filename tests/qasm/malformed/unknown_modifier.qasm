// error: 5:1: `twice` is not a gate modifier
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
twice @ x q;
