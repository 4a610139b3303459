// Every gate of stdgates.inc, undone by its inverse.
// expect: 000=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
h q;
gate all a, b, d {
  p(0.1) a; x a; y a; z a; h a; s a; sdg b; t b; tdg d; sx a; rx(0.2) a; ry(0.3) b; rz(0.4) d;
  cx a, b; cy a, b; cz a, b; cp(0.5) a, b; crx(0.6) a, b; cry(0.7) a, b; crz(0.8) a, b;
  ch a, b; swap a, b; ccx a, b, d; cswap a, b, d; cu(0.1, 0.2, 0.3, 0.4) a, b;
  CX a, b; phase(0.1) a; cphase(0.2) a, b; id a; u1(0.3) a; u2(0.4, 0.5) a; u3(0.6, 0.7, 0.8) a;
}
all q[0], q[1], q[2];
inv @ all q[0], q[1], q[2];
h q;
c = measure q;
