// error: 2:12: the function `sine` is not defined; did you mean `sin`?
float x0 = sine(1.0);
