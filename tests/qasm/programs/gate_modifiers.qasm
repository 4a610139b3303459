// expect: 0111111=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[7] q;
bit[7] c;
gate flip a { x a; }
x q[0];
ctrl @ flip q[0], q[1];
ctrl(2) @ flip q[0], q[1], q[2];
negctrl @ x q[6], q[3];
ctrl @ negctrl(2) @ x q[0], q[6], q[6 - 1], q[4];
inv @ ctrl @ inv @ x q[0], q[5];
pow(2) @ inv @ x q[6];
pow(-3) @ x q[0];
pow(3) @ x q[0];
c = measure q;
