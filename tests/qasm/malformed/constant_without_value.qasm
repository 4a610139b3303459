// error: 2:12: the constant `n` needs a value
const int n;
