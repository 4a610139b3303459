// error: 2:5: `measure` is a keyword
int measure = 3;
