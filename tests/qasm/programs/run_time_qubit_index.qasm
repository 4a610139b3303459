// Two measured bits choose the qubit that is flipped.
// expect: 00,0001=0.25 01,0010=0.25 10,0100=0.25 11,1000=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] r;
qubit[4] q;
bit[2] c;
bit[4] d;
h r;
c = measure r;
uint[2] i = c;
x q[i];
d = measure q;
