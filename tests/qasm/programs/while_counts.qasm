// At most three throws; n is how often the coin was thrown.
// expect: 0,1=0.5 0,2=0.25 0,3=0.125 1,3=0.125
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
output bit c;
output int[8] n;
c = 1;
n = 0;
while (c && n < 3) {
  reset q;
  h q;
  c = measure q;
  n += 1;
}
