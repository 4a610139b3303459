// expect: 0110=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[4] c;
int i = 7;
switch (i) {
  case 0, 1 { x q[0]; }
  case 3 + 4, 9 { x q[1]; }
  default { x q[0]; }
}
switch (i - 7) {
  case 1 { x q[3]; }
  default { x q[2]; }
}
c = measure q;
