// A controlled phase of pi is a z on the control: it turns + into -.
// expect: 11=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
gate minus a { gphase(pi); id a; }
h q;
ctrl @ gphase(pi) q[0];
ctrl @ minus q[1], q[0];
gphase(0.7);
h q;
c = measure q;
