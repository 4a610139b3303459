// error: 5:1: add `include "qelib1.inc";`
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
rzz(0.1) q[0], q[1];
