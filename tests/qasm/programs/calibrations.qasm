// Pulse-level parts are skipped.
// expect: 1=1
OPENQASM 3.0;
defcalgrammar "openpulse";
include "stdgates.inc";
cal {
  port d0; frame f = newframe(d0, 5.1e9, 0.0); { nested }
}
defcal x $0 { play(f, gaussian(100, 20)); }
defcal rz(angle[20] theta) q { shift_phase(f, -theta); }
defcal measure $0 -> bit { return capture(f); }
x $0;
bit c;
c = measure $0;
