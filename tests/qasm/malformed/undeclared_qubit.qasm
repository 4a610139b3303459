// error: 5:3: `dta` is not declared; did you mean `data`?
OPENQASM 3.0;
include "stdgates.inc";
qubit data;
x dta;
