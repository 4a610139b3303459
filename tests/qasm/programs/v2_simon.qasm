// Hidden string 11: outcomes y with y.11 = 0.
// expect: 00=0.5 11=0.5
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
qreg f[2];
creg c[2];
h q;
cx q[0],f[0];
cx q[0],f[1];
cx q[1],f[0];
cx q[1],f[1];
h q;
measure q -> c;
