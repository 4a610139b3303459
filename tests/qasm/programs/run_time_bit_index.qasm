// expect: 00,0001=0.25 01,0010=0.25 10,0100=0.25 11,1000=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] r;
output bit[2] c;
output bit[4] d;
bit[4] e;
h r;
c = measure r;
uint[2] i = c;
e[i] = 1;
for uint k in [0:3] { d[k] = e[k]; }
if (!e[i]) { d = "1111"; }
