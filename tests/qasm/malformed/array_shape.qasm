// error: 2:22: 3 elements are given where array[int[8], 2] needs 2
array[int[8], 2] a = {1, 2, 3};
