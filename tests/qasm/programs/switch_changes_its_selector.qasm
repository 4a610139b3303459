// The value is taken once: changing it inside a case does not choose another.
// expect: 1,1=0.5 0,5=0.5
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
output int[8] n;
output bit second;
h q;
bit b = measure q;
n = int[8](uint[1](b));
switch (n) {
  case 0 { n = 1; second = 1; }
  case 1 { n = 5; }
}
