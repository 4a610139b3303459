// error: 3:9: expected the file's name in quotes
OPENQASM 3.0;
include stdgates.inc;
