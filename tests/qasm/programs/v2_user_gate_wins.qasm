// A definition of the program replaces the library's gate.
// expect: 1=1
OPENQASM 2.0;
include "qelib1.inc";
gate cz a,b { cx a,b; }
qreg q[2];
creg c[1];
x q[0];
cz q[0],q[1];
measure q[1] -> c[0];
