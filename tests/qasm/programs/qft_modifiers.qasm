// A Fourier transform written with ctrl and pow, and its inverse by inv.
// expect: 0110=1
OPENQASM 3.0;
include "stdgates.inc";
const int n = 4;
qubit[n] q;
bit[n] c;
gate qft4 a, b, c, d {
  h d; ctrl @ p(pi/2) c, d; ctrl @ p(pi/4) b, d; ctrl @ pow(1.0/8) @ z a, d;
  h c; ctrl @ s b, c; ctrl @ t a, c;
  h b; ctrl @ pow(0.5) @ z a, b;
  h a;
  swap a, d; swap b, c;
}
x q[1:2];
qft4 q[0], q[1], q[2], q[3];
inv @ qft4 q[0], q[1], q[2], q[3];
c = measure q;
