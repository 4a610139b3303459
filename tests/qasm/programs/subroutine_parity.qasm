// expect: 0=1
OPENQASM 3.0;
include "stdgates.inc";
def parity(qubit[4] q) -> bit {
  bit p = 0;
  for int i in [0:3] {
    bit b = measure q[i];
    p ^= b;
  }
  return p;
}
qubit[4] q;
h q[0];
for int i in [0:2] { cx q[i], q[i + 1]; }
bit result = parity(q);
