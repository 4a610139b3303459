// error: 4:17: gate `g` uses itself
OPENQASM 3.0;
include "stdgates.inc";
gate g a { x a; g a; }
