// Only the declared output counts: the teleported state is rotated back to 0.
// expect: 0=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit c0;
bit c1;
output bit out;
U(0.3, 0.2, 0.1) q[0];
h q[1];
cx q[1], q[2];
barrier q;
cx q[0], q[1];
h q[0];
c0 = measure q[0];
c1 = measure q[1];
if (c0 == 1) z q[2];
if (c1 == 1) { x q[2]; }
inv @ U(0.3, 0.2, 0.1) q[2];
out = measure q[2];
