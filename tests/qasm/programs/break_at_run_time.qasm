// A measured 1 ends an unrolled loop; the qubits behind stay 0.
// expect: 001=0.5 010=0.25 100=0.125 000=0.125
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
for int i in [0:2] {
  h q[i];
  c[i] = measure q[i];
  if (c[i]) break;
}
