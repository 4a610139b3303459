// The phase of T is 1/8 = 0.001 in binary.
// expect: 001=1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
qreg t[1];
creg c[3];
x t[0];
h q;
cu1(pi/4) q[0],t[0];
cu1(pi/2) q[1],t[0];
cu1(pi) q[2],t[0];
swap q[0],q[2];
h q[0];
cu1(-pi/2) q[0],q[1];
h q[1];
cu1(-pi/4) q[0],q[2];
cu1(-pi/2) q[1],q[2];
h q[2];
measure q -> c;
