// error: 3:10: the subroutine `f` takes 2 arguments, not 1
def f(int a, int b) -> int { return a + b; }
int x0 = f(1);
