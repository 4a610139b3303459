// error: 2:10: version 4.0 is not known
OPENQASM 4.0;
qubit q;
