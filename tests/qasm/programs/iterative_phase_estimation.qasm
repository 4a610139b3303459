// The phase 3/8 = 0.011 is read bit by bit, the lowest first; each bit corrects the next.
// expect: 011=1
OPENQASM 3.0;
include "stdgates.inc";
const int n = 3;
qubit control;
qubit target;
bit[n] c;
x target;
angle[n] correction = 0;
for int k in [0:n-1] {
  reset control;
  h control;
  ctrl @ pow(2 ** (n - 1 - k)) @ p(2 * pi * 3 / 8) control, target;
  p(-correction) control;
  h control;
  c[k] = measure control;
  correction >>= 1;
  if (c[k]) correction += pi / 2;
}
