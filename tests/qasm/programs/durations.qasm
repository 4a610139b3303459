// expect: 1=1
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
duration t = 100ns;
duration longer = 2 * t + 1us - 50ns;
const float ratio = longer / t;
stretch s;
delay[longer] q[0];
delay[s] q;
box [2us] {
  x q[0];
  delay[t] q[1];
}
if (ratio == 11.5) x q[1];
if (durationof({ delay[5ns] q[0]; delay[7ns] q[0]; }) != 12ns) x q[1];
bit c;
c = measure q[1];
