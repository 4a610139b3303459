// expect: 01,10=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] a;
qubit[2] b;
let both = a ++ b;
x both[0];
x both[3];
bit[2] x0;
bit[2] y0;
x0 = measure both[0:1];
y0 = measure both[2:3];
