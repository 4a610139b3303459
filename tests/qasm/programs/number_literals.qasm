// expect: 1,255,8,5,1000000=1
OPENQASM 3.0;
include "stdgates.inc";
output int hex;
output int octal;
output int binary;
output int grouped;
output bit c;
hex = 0xFF;
octal = 0o10;
binary = 0b101;
grouped = 1_000_000;
float small = 1.5e-3 + .5 + 2. + 1E2;
qubit q;
if (small > 102.5 && small < 102.502) x q;
c = measure q;
