// The same on measured bits.
// expect: 0110,0010,1001,1100,0011,1100,2=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
x q[1:2];
bit[4] a;
output bit[4] copy;
output bit[4] masked;
output bit[4] not_;
output bit[4] left;
output bit[4] right;
output int ones;
output bit[4] turned;
a = measure q;
copy = a;
masked = a & "0011";
not_ = ~a;
left = a << 1;
right = a >> 1;
ones = popcount(a);
turned = rotl(a, 1);
