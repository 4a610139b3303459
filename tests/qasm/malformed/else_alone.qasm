// error: 2:1: this `else` belongs to no `if`
else { }
