// error: 2:5: ends without returning
def f() -> int { int x0 = 3; }
int y0 = f();
