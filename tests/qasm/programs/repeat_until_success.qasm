// Repeats until both ancillas read 0; then the target has turned by a known angle and is undone.
// expect: 00,0=1
OPENQASM 3.0;
include "stdgates.inc";
def segment(qubit[2] anc, qubit psi) -> bit[2] {
  bit[2] b;
  reset anc;
  h anc;
  ccx anc[0], anc[1], psi;
  s psi;
  ccx anc[0], anc[1], psi;
  z psi;
  h anc;
  measure anc -> b;
  return b;
}
qubit input_qubit;
qubit[2] ancilla;
bit[2] flags = "11";
bit out;
h input_qubit;
while (int[2](flags) != 0) {
  flags = segment(ancilla, input_qubit);
}
rz(pi - arccos(3.0 / 5)) input_qubit;
h input_qubit;
out = measure input_qubit;
