// A register of 70 bits moves by one place; the assignment reads what it overwrites.
// expect: 1,10=1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit[70] r;
output bit at66;
output bit[2] low;
x q;
r[65] = measure q;
r[0] = measure q;
r = r << 1;
at66 = r[66];
low = r[0:1];
