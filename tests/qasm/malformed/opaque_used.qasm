// error: 6:1: has no definition and cannot be used
OPENQASM 2.0;
include "qelib1.inc";
opaque magic a;
qreg q[1];
magic q[0];
