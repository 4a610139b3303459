// error: 2:10: a duration and a number do not convert
int x0 = 10ns;
