// error: 4:1: add `include "qelib1.inc";`
OPENQASM 2.0;
qreg q[2];
h q[0];
