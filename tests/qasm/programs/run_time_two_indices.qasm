// A swap between run-time places; equal places are no swap and nothing happens.
// expect: 0,01=0.5 1,10=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit r;
qubit[2] q;
bit c;
bit[2] d;
h r;
c = measure r;
x q[0];
uint[2] j = uint[1](c);
swap q[0], q[j];
d = measure q;
