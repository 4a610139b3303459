// error: 3:5: expected an expression, found `&`
int a; int b;
a &&& b;
