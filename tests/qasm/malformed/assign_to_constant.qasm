// error: 3:1: `n` is constant and cannot be assigned to
const int n = 3;
n = 4;
