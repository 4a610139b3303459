// error: 2:10: neither a number nor a name
int x0 = 3x;
