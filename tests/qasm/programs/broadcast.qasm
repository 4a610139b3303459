// expect: 111,110=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] a;
qubit[3] b;
qubit one;
bit[3] ca;
bit[3] cb;
x one;
cx one, a;
cx a[1:2], b[1:2];
barrier a, b;
ca = measure a;
measure b -> cb;
