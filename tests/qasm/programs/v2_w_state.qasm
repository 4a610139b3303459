// expect: 001=0.333333333 010=0.333333333 100=0.333333333
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[3];
u3(1.91063323624902,0,0) q[0];
cu3(pi/2,0,0) q[0],q[1];
cx q[1],q[2];
cx q[0],q[1];
x q[0];
measure q -> c;
