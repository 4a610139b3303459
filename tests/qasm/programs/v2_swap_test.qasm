// Equal states are never told apart: the ancilla stays 0. States at angle pi/2: 0.75.
// expect: 00=0.75 10=0.25
OPENQASM 2.0;
include "qelib1.inc";
qreg a[2];
qreg s[4];
creg c[2];
ry(0.4) s[0];
ry(0.4) s[1];
x s[2]; h s[2];
x s[3];
h a;
cswap a[0],s[0],s[1];
cswap a[1],s[2],s[3];
h a;
measure a -> c;
