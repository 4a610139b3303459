// Spellings of early OpenQASM 3 that are still met: case with colon, untyped loop, cbit, call as gate.
// expect: 11=1
OPENQASM 3;
include "stdgates.inc";
qubit[2] q;
cbit[2] c;
def flip(qubit r) { x r; }
for i in [0:0] { flip q[i]; }
switch (1) {
  case 1: { x q[1]; }
  break;
  default: { x q[0]; }
  break;
}
c = measure q;
