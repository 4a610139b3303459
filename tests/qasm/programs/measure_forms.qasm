// expect: 1,1,11,1=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
x q;
measure q;
bit a = measure q[0];
bit b;
measure q[1] -> b;
bit[2] c = measure q;
def read(qubit r) -> bit { return measure r; }
bit d = read(q[0]);
