// A T gate by a magic state and a correction; undone by T dagger.
// expect: 0=1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
qubit magic;
output bit c;
h q;
h magic;
t magic;
cx q, magic;
bit m = measure magic;
if (m) s q;
tdg q;
h q;
c = measure q;
