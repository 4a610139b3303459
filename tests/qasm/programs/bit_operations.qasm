// expect: 0110,0111,0001,1001,0100,0011,1100=1
OPENQASM 3.0;
include "stdgates.inc";
output bit[4] and_;
output bit[4] or_;
output bit[4] xor_;
output bit[4] not_;
output bit[4] left;
output bit[4] right;
output bit[4] turned;
bit[4] a = "0110";
bit[4] b = "0111";
and_ = a & b;
or_ = a | b;
xor_ = a ^ b;
not_ = ~a;
left = "0010" << 1;
right = a >> 1;
turned = rotl(a, 1);
