// error: 3:1: `return` stands outside of any subroutine
int x0 = 3;
return x0;
