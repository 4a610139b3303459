// error: 2:32: nested deeper than
def f(int n) -> int { return f(n + 1); }
int x0 = f(0);
