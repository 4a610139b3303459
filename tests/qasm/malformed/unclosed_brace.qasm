// error: 4:10: this `{` is never closed
OPENQASM 3.0;
include "stdgates.inc";
gate g a {
  x a;
