// A qubit turned by `theta` and its copy: the outcomes are 00 with probability cos(theta/2)^2, else 11.
// inputs: theta=1.0
OPENQASM 3.0;
include "stdgates.inc";

input angle theta;
qubit[2] q;
bit[2] c;

ry(theta) q[0];
cx q[0], q[1];
c = measure q;
