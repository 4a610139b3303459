// error: 2:13: this byte is not UTF-8 text
int x0 = 1; ÿ
