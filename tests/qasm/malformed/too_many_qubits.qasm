// error: 5:1: gate `h` acts on 1 qubit, not 2
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
h q[0],q[1];
