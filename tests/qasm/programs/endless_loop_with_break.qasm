// while (true), left by a measurement.
// expect: 1=1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
output bit done;
while (true) {
  h q;
  done = measure q;
  if (done == 1) { break; }
}
