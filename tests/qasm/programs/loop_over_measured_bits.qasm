// The loop sees the bits as they were when it began, though its body clears them.
// expect: 00,0=0.25 00,1=0.5 00,2=0.25
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
output bit[2] c;
output int[8] ones;
h q;
c = measure q;
for bit b in c {
  c = "00";
  if (b) ones += 1;
}
