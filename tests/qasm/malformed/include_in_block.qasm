// error: 3:3: allowed at the top level only
{
  include "stdgates.inc";
}
