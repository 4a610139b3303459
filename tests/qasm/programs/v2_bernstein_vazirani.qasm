// The hidden string is 101101.
// expect: 101101=1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[6];
qreg a[1];
creg c[6];
h q;
x a[0]; h a[0];
cx q[0],a[0]; cx q[2],a[0]; cx q[3],a[0]; cx q[5],a[0];
h q;
measure q -> c;
