// error: 5:6: expected `]` after the index, found `;`
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
x q[0;
