// A subroutine that changes an array, and one that only reads.
// expect: 1,10=1
OPENQASM 3.0;
include "stdgates.inc";
def double_all(mutable array[int[32], #dim = 1] a) {
  for uint i in [0:sizeof(a) - 1] { a[i] *= 2; }
}
def total(readonly array[int[32], 4] a) -> int[32] {
  int[32] sum = 0;
  for int[32] v in a { sum += v; }
  return sum;
}
array[int[32], 4] numbers = {0, 1, 2, 2};
output int[32] sum;
double_all(numbers);
sum = total(numbers);
qubit q;
output bit c;
rx(pi * numbers[3] / 4.0) q;
c = measure q;
