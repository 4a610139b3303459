// expect: 01=1
OPENQASM 2.0;
include "qelib1.inc";
opaque magic(a,b) x,y;
opaque plain x;
qreg q[2];
creg c[2];
x q;
barrier q[0],q[1];
reset q[1];
barrier q;
measure q -> c;
