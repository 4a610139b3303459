// expect: 1=1
OPENQASM 3.0;
include "stdgates.inc";
float a = sin(pi / 2) + cos(0) + tan(pi / 4);
float b = exp(log(2.0)) + sqrt(4) + floor(1.9) + ceiling(0.1);
float c0 = arcsin(1.0) + arccos(1.0) + arctan(0.0);
int m = mod(17, 5) + pow(2, 3) + popcount(0b1011) ;
uint[4] r = rotr(uint[4](1), 1);
qubit q;
if (a > 2.999 && a < 3.001 && b > 5.999 && b < 6.001 && c0 - pi / 2 < 1e-9 && m == 13 && r == 8)
  x q;
bit c = measure q;
