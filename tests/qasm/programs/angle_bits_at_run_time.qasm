// Measured bits make an angle: 0.1 in binary is half a turn, which flips the phase of +.
// expect: 0,0=0.5 1,1=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit coin;
qubit q;
output bit first;
output bit second;
h coin;
first = measure coin;
angle[4] a = 0;
a[3] = first;
h q;
p(a) q;
h q;
second = measure q;
