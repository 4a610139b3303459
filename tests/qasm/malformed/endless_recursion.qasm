// error: 2:30: subroutine calls are nested deeper than 250 levels
def f(int n) -> int { return f(n + 1); }
int x0 = f(0);
