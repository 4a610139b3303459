// Teleportation of a rotated qubit, then a check that it arrived: `check` is always 0.
OPENQASM 3.0;
include "stdgates.inc";

qubit[3] q;
bit[2] m;
bit check;

ry(1.1) q[0];
rz(0.4) q[0];

h q[1];
cx q[1], q[2];

cx q[0], q[1];
h q[0];
m[0] = measure q[0];
m[1] = measure q[1];
if (m[1]) x q[2];
if (m[0]) z q[2];

rz(-0.4) q[2];
ry(-1.1) q[2];
check = measure q[2];
