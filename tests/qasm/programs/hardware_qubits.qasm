// expect: 00=0.5 11=0.5
OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
h $3;
cx $3, $7;
barrier $3, $7;
c[0] = measure $3;
measure $7 -> c[1];
