// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/copy_life.h"

#include <gtest/gtest.h>

#include "carillon/workload/schedule/programs_for_test.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {
namespace {

using namespace schedule_test;

