// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace carillon {

/// Runs task(0) ... task(count - 1) on at most `threads` threads, this one included, each as soon
/// as a thread is free. Waits for all; then throws what the task of lowest number threw, if any
/// did.
void run_parallel(std::size_t count, int threads, const std::function<void(std::size_t)>& task);

}  // namespace carillon
