// error: 4:14: `a` appears twice in this list
OPENQASM 3.0;
include "stdgates.inc";
gate g b, a, a { x a; }
