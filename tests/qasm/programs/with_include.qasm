// expect: 11=1
OPENQASM 3.0;
include "stdgates.inc";
include "shared/flip.inc";
qubit[size] q;
bit[size] c;
flip_all(q);
c = measure q;
