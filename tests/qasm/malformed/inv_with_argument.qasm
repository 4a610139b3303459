// error: 5:4: `inv` takes no argument
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
inv(2) @ x q;
