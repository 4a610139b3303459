// error: 2:12: unexpected character `?`
int x0 = 1 ? 2;
