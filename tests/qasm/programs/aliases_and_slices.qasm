// expect: 11001101=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[8] q;
bit[8] c;
let even = q[0:2:7];
let last = q[-1];
let pair = q[{2, 3}];
let joined = even[0:0] ++ pair;
let back = q[7:-1:6];
x joined;
x last;
x back[1];
let part = even[1:2];
swap part[0], part[1];
swap part[0], part[1];
c[0:3] = measure q[0:3];
let high = c[4:7];
high = measure q[4:];
