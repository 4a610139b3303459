// angle[3] counts eighths of a turn: 3/8 + 6/8 = 1/8 and as bits 001.
// expect: 001,010,1=1
OPENQASM 3.0;
include "stdgates.inc";
angle[3] a = 3 * pi / 4;
a += 3 * pi / 2;
output bit[3] bits_;
output bit[3] doubled;
output bit c;
bits_ = bit[3](a);
a <<= 1;
doubled = bit[3](a);
qubit q;
rx(2 * a) q;
c = measure q;
