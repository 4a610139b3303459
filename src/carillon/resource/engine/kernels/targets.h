// SPDX-License-Identifier: Apache-2.0
// Which instruction sets the kernels are compiled for: the portable baseline and those that matter
// on x86; others add nothing for this code. Included before every use of Highway.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
