// Known until the branch, kept in memory afterwards: n = 3 + 4 b, f = n / 2.
// expect: 0,3,1.500000=0.5 1,7,3.500000=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
output bit b;
output int[8] n;
output float f;
n = 3;
h q;
b = measure q;
if (b) { n += 4; }
f = float(n) / 2;
