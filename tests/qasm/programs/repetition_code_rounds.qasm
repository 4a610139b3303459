// Three rounds of syndrome measurement on a repetition code; an error in round 2 is repaired.
// expect: 111=1
OPENQASM 3.0;
include "stdgates.inc";
const int n = 3;
qubit[n] data;
qubit[n - 1] ancilla;
bit[n - 1] syndrome;
output bit[n] out;
def extract(qubit[n] d, qubit[n - 1] a) -> bit[n - 1] {
  reset a;
  for int i in [0:n - 2] {
    cx d[i], a[i];
    cx d[i + 1], a[i];
  }
  return measure a;
}
x data;
for int round in [1:3] {
  if (round == 2) x data[2];
  syndrome = extract(data, ancilla);
  if (syndrome == "01") x data[0];
  if (syndrome == "11") x data[1];
  if (syndrome == "10") x data[2];
}
out = measure data;
