// Every control is 1, so the targets flip one after the other.
// expect: 1111111=1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[7];
creg c[7];
x q[0];
cx q[0],q[1];
ccx q[0],q[1],q[2];
c3x q[0],q[1],q[2],q[3];
c4x q[0],q[1],q[2],q[3],q[4];
c3sqrtx q[0],q[1],q[2],q[5];
c3sqrtx q[0],q[1],q[2],q[5];
csx q[0],q[6];
csx q[1],q[6];
measure q -> c;
