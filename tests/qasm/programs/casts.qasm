// expect: 110,1,10,3,-3,1,0=1
OPENQASM 3.0;
include "stdgates.inc";
output uint[8] from_bits;
output int from_float;
output int[3] signed_bits;
output bool truth;
output bool zero;
output bit[3] to_bits;
output bit low;
bit[4] b = "1010";
from_bits = uint[8](b);
from_float = int(3.99);
signed_bits = int[3](bit[3]("101"));
truth = bool(2);
zero = bool(0.0);
to_bits = bit[3](uint[3](6));
low = bit[8](5)[0];
