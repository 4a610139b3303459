// error: 2:13: expected `;` after the version, found `qreg`
OPENQASM 2.0
qreg q[2];
