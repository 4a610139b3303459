// error: 3:1: this `switch` has no case
int i = 1;
switch (i) { }
