// sin(pi/2) + cos(0) + ln(exp(1)) = 3; 2^2 - sqrt(1) = 3; (1/2)*6 = 3: three turns by pi.
// expect: 111=1
OPENQASM 2.0;
include "qelib1.inc";
gate turn(a,b) x { rx(a*b/1.0) x; }
gate twice(t) x { turn(t,1) x; turn(-(-t)/2+t/2,1) x; turn(-t,1) x; }
qreg q[3];
creg c[3];
twice(pi*(sin(pi/2)+cos(0)+ln(exp(1)))) q[0];
turn(2^2-sqrt(1),pi) q[1];
turn(1/2*6,pi) q[2];
measure q -> c;
