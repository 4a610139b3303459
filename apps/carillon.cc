// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/main.h"

int main(int argc, char** argv) {
    return carillon::cli::run(argc, argv);
}
