// An inner name hides an outer one until its block ends.
// expect: 1,7=1
OPENQASM 3.0;
include "stdgates.inc";
output int inner;
output int outer;
int x0 = 7;
{
  int x0 = 1;
  inner = x0;
}
outer = x0;
