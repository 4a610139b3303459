// error: 4:5: has no implementation here
extern f(int) -> bit;
bit c;
c = f(3);
