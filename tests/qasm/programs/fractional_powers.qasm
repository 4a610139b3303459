// Roots of gates, taken often enough, give the gates back.
// expect: 1111=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[4] c;
pow(1/2.) @ x q[0];
pow(1/2.) @ x q[0];
x q[1];
for int i in [1:4] { pow(0.25) @ cx q[1], q[2]; }
gate mix a, b { h a; cx a, b; rz(0.3) b; }
for int i in [1:3] { pow(1.0/3) @ mix q[2], q[3]; }
inv @ mix q[2], q[3];
pow(0.5) @ rx(2 * pi) q[3];
c = measure q;
