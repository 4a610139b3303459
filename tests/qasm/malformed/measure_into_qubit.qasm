// error: 5:17: `q` is a qubit register and cannot be assigned to
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
measure q[0] -> q[1];
