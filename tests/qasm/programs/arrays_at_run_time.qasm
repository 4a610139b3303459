// A measured qubit decides which element is read and which is written.
// expect: 0,7,9=0.5 1,5,9=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
array[int[16], 2] given = {7, 5};
array[int[16], 3] taken;
output bit c;
output int[16] read;
output int[16] written;
h q;
c = measure q;
int[8] i = int[8](uint[1](c));
read = given[i];
taken[i + 1] = 9;
written = taken[1] + taken[2];
