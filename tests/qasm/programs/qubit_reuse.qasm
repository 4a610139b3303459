// One qubit plays four, measured and reset in turn.
// expect: 1010=1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit[4] c;
for int i in [0:3] {
  reset q;
  if (i % 2 == 1) x q;
  c[i] = measure q;
}
