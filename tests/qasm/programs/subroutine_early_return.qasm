// The first qubit that reads 1 ends the search. Qubit 2 is always 1.
// expect: 0=0.5 1=0.25 2=0.25
OPENQASM 3.0;
include "stdgates.inc";
def first_one(qubit[3] q) -> int[8] {
  for int[8] i in [0:2] {
    bit b = measure q[i];
    if (b) return i;
  }
  return -1;
}
qubit[3] q;
h q[0];
h q[1];
x q[2];
output int[8] found;
found = first_one(q);
