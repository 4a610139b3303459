// Two steps on eight entries: sin^2(5 asin(1/sqrt 8)) = 0.9453125.
// expect: 101=0.9453125 000=0.0078125 001=0.0078125 010=0.0078125 011=0.0078125 100=0.0078125 110=0.0078125 111=0.0078125
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
def oracle(qubit[3] r) {
  x r[1];
  ctrl(2) @ z r[0], r[1], r[2];
  x r[1];
}
def diffusion(qubit[3] r) {
  h r; x r;
  ctrl(2) @ z r[0], r[1], r[2];
  x r; h r;
}
h q;
for int i in [1:2] { oracle(q); diffusion(q); }
c = measure q;
