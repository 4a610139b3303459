// A register of 70 bits is compared with a number that does not fit in 64.
// expect: 1,1000000000000000000000000000000000000000000000000000000000000000000001=1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg out[1];
creg c[70];
x q[0];
measure q[0] -> c[69];
measure q[0] -> c[0];
if(c==590295810358705651713) x q[1];
if(c==1) x q[1];
measure q[1] -> out[0];
