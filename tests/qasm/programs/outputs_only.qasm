// Bits that are no declared output are left out.
// expect: 1,-3=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] hidden;
output bit shown;
output int[4] number;
h q[0];
hidden[0] = measure q[0];
x q[1];
shown = measure q[1];
number = -3;
