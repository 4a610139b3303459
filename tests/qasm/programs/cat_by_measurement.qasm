// A GHZ state of constant depth: parities are measured and repaired.
// expect: 0000=0.5 1111=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
qubit[3] a;
output bit[4] c;
h q;
cx q[0:2], a;
cx q[1:3], a;
bit[3] m;
m = measure a;
bit flip = 0;
for int i in [0:2] {
  flip ^= m[i];
  if (flip) x q[i + 1];
}
c = measure q;
