// A loop whose end is measured: 0 to 3 half turns.
// expect: 00,0=0.25 01,1=0.25 10,0=0.25 11,1=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] r;
qubit q;
bit[2] c;
bit d;
h r;
c = measure r;
int n = c;
for int i in [1:n] { x q; }
d = measure q;
