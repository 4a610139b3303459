// error: 2:12: 3 bits cannot be assigned to 2 bits
bit[2] c = "101";
