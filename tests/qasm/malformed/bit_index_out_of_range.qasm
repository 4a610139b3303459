// error: 6:19: bit register `c` has 2 bits, index 2 is out of range
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[2];
measure q[2] -> c[2];
