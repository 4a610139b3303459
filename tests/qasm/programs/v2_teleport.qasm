// A qubit in cos(0.3)|0> + sin(0.3)|1> is teleported and rotated back.
// expect: 0,0,0=0.25 0,0,1=0.25 0,1,0=0.25 0,1,1=0.25
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg out[1];
creg c1[1];
creg c0[1];
ry(0.6) q[0];
h q[1];
cx q[1],q[2];
barrier q;
cx q[0],q[1];
h q[0];
measure q[0] -> c0[0];
measure q[1] -> c1[0];
if(c0==1) z q[2];
if(c1==1) x q[2];
ry(-0.6) q[2];
measure q[2] -> out[0];
