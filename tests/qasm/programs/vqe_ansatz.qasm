// Two layers at angles that cancel.
// expect: 0000=1
OPENQASM 3.0;
include "stdgates.inc";
const int n = 4;
array[float[64], 2, 4] theta = {{0.1, 0.2, 0.3, 0.4}, {-0.1, -0.2, -0.3, -0.4}};
qubit[n] q;
bit[n] c;
def entangle(qubit[n] r) { for int i in [0:n - 2] { cz r[i], r[i + 1]; } }
for int i in [0:n - 1] { ry(theta[0, i]) q[i]; }
entangle(q);
entangle(q);
for int i in [0:n - 1] { ry(theta[1][i]) q[i]; }
c = measure q;
