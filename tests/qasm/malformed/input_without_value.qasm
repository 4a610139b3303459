// error: 2:13: give one with `--input theta=value`
input angle theta;
