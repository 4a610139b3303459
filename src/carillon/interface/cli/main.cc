// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/main.h"

namespace carillon::cli {

int run(int, char**) {
    return 0;
}

}  // namespace carillon::cli
