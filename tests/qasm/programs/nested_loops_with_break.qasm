// A break leaves the inner loop only: both passes of the outer loop count.
// expect: 2,2=0.25 2,3=0.5 2,4=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
output int[8] outer;
output int[8] inner;
outer = 0;
inner = 0;
for int i in [0:1] {
  outer += 1;
  for int j in [0:1] {
    inner += 1;
    reset q;
    h q;
    bit b = measure q;
    if (b) break;
  }
}
