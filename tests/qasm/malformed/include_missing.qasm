// error: 3:9: the file "nowhere.inc" cannot be read
OPENQASM 3.0;
include "nowhere.inc";
