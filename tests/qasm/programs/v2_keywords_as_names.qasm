// Words that only OpenQASM 3 reserves are names here.
// expect: 11=1
OPENQASM 2.0;
include "qelib1.inc";
gate box(angle) input,output { rx(angle) input; cx input,output; }
qreg bit[2];
creg int[2];
box(pi) bit[0],bit[1];
measure bit -> int;
