// Cuccaro ripple-carry adder: b <- a + b on four bits with carry out. 5 + 11 = 16: the result reads 1 0000.
OPENQASM 3.0;
include "stdgates.inc";

const uint n = 4;
qubit cin;
qubit[n] a;
qubit[n] b;
qubit cout;
bit[n + 1] sum;

gate majority x, y, z { cx z, y; cx z, x; ccx x, y, z; }
gate unmaj x, y, z { ccx x, y, z; cx z, x; cx x, y; }

x a[0];
x a[2];
x b[0];
x b[1];
x b[3];

majority cin, b[0], a[0];
for uint i in [0:n - 2] majority a[i], b[i + 1], a[i + 1];
cx a[n - 1], cout;
for int i in [n - 2:-1:0] unmaj a[i], b[i + 1], a[i + 1];
unmaj cin, b[0], a[0];

sum[0:n - 1] = measure b;
sum[n] = measure cout;
