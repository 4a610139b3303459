// error: 5:17: a gate's body holds gates only
OPENQASM 3.0;
include "stdgates.inc";
bit c;
gate g a { x a; measure a -> c; }
