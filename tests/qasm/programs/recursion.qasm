// A subroutine that calls itself, with known arguments: 5! = 120 = 1111000.
// expect: 1111000=1
OPENQASM 3.0;
include "stdgates.inc";
def factorial(int n) -> int {
  if (n <= 1) return 1;
  return n * factorial(n - 1);
}
qubit[7] q;
bit[7] c;
uint[7] f = factorial(5);
for int i in [0:6] { if (f[i] == 1) x q[i]; }
c = measure q;
