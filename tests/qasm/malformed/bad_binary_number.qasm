// error: 2:10: is not a number in base 2
int x0 = 0b12;
