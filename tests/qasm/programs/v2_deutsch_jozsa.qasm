// A balanced function never gives 000; the parity of all bits gives 111.
// expect: 111=1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
qreg a[1];
creg c[3];
x a[0];
h a[0];
h q;
cx q[0],a[0];
cx q[1],a[0];
cx q[2],a[0];
h q;
measure q -> c;
