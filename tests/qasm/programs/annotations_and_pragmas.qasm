// expect: 1=1
OPENQASM 3.0;
#pragma vendor option one
pragma vendor option two ))) not parsed {{
include "stdgates.inc";
@reversible
@vendor.key "any text"
qubit q;
@hint
x q;
/* a comment
   over lines */
bit c; // and one at the end
nop;
nop q;
c = measure q;
