// Repeat until success: the ancillas are prepared and measured until both read 0; each failure is undone and counted.
OPENQASM 3.0;
include "stdgates.inc";

qubit target;
qubit[2] ancilla;
bit[2] flags;
int[8] failures = 0;
output bit result;
output int[8] tries;

def segment(qubit[2] anc, qubit psi) {
    t anc;
    h anc;
    ccx anc[0], anc[1], psi;
    s psi;
    ccx anc[0], anc[1], psi;
    z psi;
    h anc;
}

h target;
flags = "11";
while (flags != 0) {
    reset ancilla;
    h ancilla;
    segment(ancilla, target);
    flags = measure ancilla;
    if (flags != 0) {
        z target;
        failures += 1;
    }
}
h target;
result = measure target;
tries = failures + 1;
