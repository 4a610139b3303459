// expect: 00,0001=0.25 01,0010=0.25 10,0100=0.25 11,1000=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] r;
qubit[4] q;
bit[2] c;
bit[4] d;
h r;
c = measure r;
if (c[0]) {
  if (c[1]) { x q[3]; } else { x q[1]; }
} else {
  if (!c[1]) x q[0];
  else x q[2];
}
d = measure q;
