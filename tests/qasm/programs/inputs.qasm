// inputs: theta=pi/2 n=3 flags=101 weights={1,2,3} go=true
// expect: 101,6=1
OPENQASM 3.0;
include "stdgates.inc";
input angle theta;
input int n;
input bit[3] flags;
input array[int[8], 3] weights;
input bool go;
qubit[3] q;
output bit[3] c;
output int total;
if (go) { for int i in [0:n - 1] { if (flags[i]) { rx(theta) q[i]; rx(theta) q[i]; } } }
total = weights[0] + weights[1] + weights[2];
c = measure q;
