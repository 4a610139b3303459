// error: 3:9: includes itself
OPENQASM 3.0;
include "include_itself.qasm";
