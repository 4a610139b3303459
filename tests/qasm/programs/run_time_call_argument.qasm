// A measured index chooses the qubit that a subroutine flips, and what it counts.
// expect: 00,0001,1=0.25 01,0010,1=0.25 10,0100,1=0.25 11,1000,1=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] r;
qubit[4] q;
output bit[2] c;
output bit[4] d;
output int[8] calls;
array[int[8], 1] count = {0};
def flip(qubit a, mutable array[int[8], 1] n) {
  x a;
  n[0] += 1;
}
h r;
c = measure r;
uint[2] i = c;
flip(q[i], count);
d = measure q;
calls = count[0];
