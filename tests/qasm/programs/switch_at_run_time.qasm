// Two random bits choose among three ways.
// expect: 00,001=0.25 01,010=0.25 10,010=0.25 11,100=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] r;
qubit[3] q;
bit[2] c;
bit[3] d;
h r;
c = measure r;
switch (int[3](c)) {
  case 0 { x q[0]; }
  case 1, 2 { x q[1]; }
  default { x q[2]; }
}
d = measure q;
