// Two pairs become one between the outer qubits: they always agree.
// expect: 0,0=0.5 1,1=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
output bit a;
output bit b;
h q[0]; cx q[0], q[1];
h q[2]; cx q[2], q[3];
cx q[1], q[2];
h q[1];
bit z0 = measure q[1];
bit x0 = measure q[2];
if (x0) x q[3];
if (z0) z q[3];
a = measure q[0];
b = measure q[3];
