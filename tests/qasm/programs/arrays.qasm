// expect: 1,3,10,6=1
OPENQASM 3.0;
include "stdgates.inc";
array[int[8], 2, 3] m = {{1, 2, 3}, {4, 5, 6}};
array[int[8], 3] row = m[1];
row[0] = 10;
m[0] = row;
m[0, 2] = m[0][2] * 1;
output int rows;
output int first;
output int corner;
output bit flipped;
rows = sizeof(m, 1);
first = m[0][0];
corner = m[-1][-1];
array[int[8], 2] column = m[0:1, 1];
qubit q;
if (column[0] == 5 && column[1] == 5) x q;
flipped = measure q;
