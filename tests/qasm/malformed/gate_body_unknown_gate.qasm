// error: 4:12: gate `foo` is not defined
OPENQASM 3.0;
include "stdgates.inc";
gate g a { foo a; }
