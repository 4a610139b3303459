// error: 3:1: the version must be the first statement
qubit q;
OPENQASM 3.0;
