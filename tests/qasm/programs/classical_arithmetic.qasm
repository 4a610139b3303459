// Widths wrap, integer division truncates, precedence is C's with ** strongest.
// expect: 1,4,-4,7,-2,512,2,-9=1
OPENQASM 3.0;
include "stdgates.inc";
output uint[4] wrapped;
output int[4] sign;
output int quotient;
output int negative;
output int power;
output int bits_;
output int minus;
output bit compare;
wrapped = 15;
wrapped += 5;
sign = 12;
quotient = 15 / 2;
negative = -5 / 2;
power = 2 ** 3 ** 2;
bits_ = 6 & 3 | 8 ^ 8;
minus = -3 ** 2;
compare = 1 + 2 * 3 == 7 && !(4 < 2) || false;
