// (1 + 2i)(3 - i) = 5 + 5i.
// expect: 1=1
OPENQASM 3.0;
include "stdgates.inc";
complex[float[64]] a = 1 + 2im;
complex[float[64]] b = 3 - 1 im;
complex[float[64]] product = a * b;
qubit q;
if (real(product) == 5 && imag(product) == 5.0) { x q; }
bit c = measure q;
