// Quantum Fourier transform of |5> on eight qubits, and back again: 5 comes out.
OPENQASM 3.0;
include "stdgates.inc";

const uint n = 8;
qubit[n] q;
bit[n] out;

def qft(qubit[n] r) {
    for int i in [n - 1:-1:0] {
        h r[i];
        for int j in [i - 1:-1:0] cp(pi / 2 ** (i - j)) r[j], r[i];
    }
}

def inverse_qft(qubit[n] r) {
    for int i in [0:n - 1] {
        for int j in [0:i - 1] cp(-pi / 2 ** (i - j)) r[j], r[i];
        h r[i];
    }
}

x q[0];
x q[2];
qft(q);
barrier q;
inverse_qft(q);
out = measure q;
