// error: 2:13: `break` stands outside of any loop
if (true) { break; }
