// A fair coin is thrown until it shows 0.
// expect: 0=1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c = 1;
while (c == 1) {
  h q;
  c = measure q;
  reset q;
}
