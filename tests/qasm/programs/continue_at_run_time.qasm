// A measured 1 skips the rest of that pass only.
// expect: 00,11=0.25 01,10=0.25 10,01=0.25 11,00=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
bit[2] seen;
for int i in [0:1] {
  h q[i];
  c[i] = measure q[i];
  if (c[i]) continue;
  seen[i] = 1;
}
