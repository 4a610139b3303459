// Two steps of a coined walk on a cycle of four places, from place 0.
// expect: 00=0.5 10=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit coin;
qubit[2] place;
bit[2] c;
def step(qubit k, qubit[2] r) {
  h k;
  ctrl @ cx k, r[0], r[1];
  cx k, r[0];
  negctrl @ x k, r[0];
  negctrl @ ctrl @ x k, r[0], r[1];
}
step(coin, place);
step(coin, place);
c = measure place;
