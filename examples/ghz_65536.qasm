// A GHZ state over 65,536 qubits: far too large for a state vector, priced and proved all the same.
OPENQASM 3.0;
include "stdgates.inc";

const uint n = 65536;
qubit[n] q;

h q[0];
for uint i in [0:n - 2] cx q[i], q[i + 1];
