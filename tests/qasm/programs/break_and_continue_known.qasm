// 1 + 3 + 5 = 9: even numbers are skipped, 7 ends the loop.
// expect: 9,3=1
OPENQASM 3.0;
include "stdgates.inc";
output int sum;
output int halvings;
sum = 0;
for int i in [1:100] {
  if (i % 2 == 0) continue;
  if (i == 7) break;
  sum += i;
}
int n = 8;
halvings = 0;
while (true) {
  if (n == 1) break;
  n /= 2;
  halvings += 1;
}
