// error: 2:15: the step of a range cannot be 0
for int i in [0:0:3] { }
