// expect: 101101,14=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[6] q;
output bit[6] c;
output int sum;
for uint i in {0, 2, 3, 5} { x q[i]; }
array[int, 3] parts = {3, 5, 6};
sum = 0;
for int p0 in parts { sum += p0; }
bit[3] mask = "101";
int ones = 0;
for bit b in mask { if (b) ones += 1; }
if (ones != 2) x q;
c = measure q;
