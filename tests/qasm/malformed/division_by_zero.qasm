// error: 3:11: integer division by zero
int a = 0;
int b = 1 / a;
