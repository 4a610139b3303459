// error: 3:15: array dimension `a` has 3 elements, index 3 is out of range
array[int, 2, 3] a;
int x0 = a[1, 3];
