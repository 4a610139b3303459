// error: 3:9: this string is not closed on its line
OPENQASM 3.0;
include "stdgates.inc;
