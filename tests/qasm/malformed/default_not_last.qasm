// error: 3:26: `default` must be the last case
int i = 1;
switch (i) { default { } case 1 { } }
