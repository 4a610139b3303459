// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/chunk_runner.h"

#include <new>

namespace carillon::host {

ChunkRunner::~ChunkRunner() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

ChunkOutcome ChunkRunner::run(UnitRange range) const {
    ChunkOutcome outcome;
    outcome.range = range;
    const double begin = clock_();
    try {
        outcome.result = work_(range);
    } catch (const InputError& error) {
        outcome.end = ChunkOutcome::End::kWrongInput;
        outcome.message = error.what();
    } catch (const Error& error) {
        outcome.end = ChunkOutcome::End::kFailed;
        outcome.message = error.what();
    } catch (const std::bad_alloc&) {
        outcome.end = ChunkOutcome::End::kFailed;
        outcome.message = "out of memory";
    }
    outcome.seconds = clock_() - begin;
    return outcome;
}

void ChunkRunner::begin(UnitRange range) {
    busy_ = true;
    if (!apart_) {
        here_ = run(range);
        return;
    }
    if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
    {
        const std::lock_guard lock(mutex_);
        wanted_ = range;
    }
    changed_.notify_all();
}

void ChunkRunner::loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stop_ || wanted_; });
        if (stop_) return;
        const UnitRange range = *wanted_;
        wanted_.reset();
        lock.unlock();
        std::optional<ChunkOutcome> outcome;
        std::exception_ptr thrown;
        try {
            outcome = run(range);
        } catch (...) {
            thrown = std::current_exception();
        }
        lock.lock();
        there_ = std::move(outcome);
        thrown_ = thrown;
        changed_.notify_all();
    }
}

std::optional<ChunkOutcome> ChunkRunner::ended() {
    std::optional<ChunkOutcome> outcome;
    if (here_) {
        outcome.swap(here_);
    } else {
        const std::lock_guard lock(mutex_);
        if (thrown_) std::rethrow_exception(thrown_);
        outcome.swap(there_);
    }
    if (outcome) busy_ = false;
    return outcome;
}

void ChunkRunner::wait(std::chrono::microseconds most) {
    std::unique_lock lock(mutex_);
    if (busy_ && apart_)
        changed_.wait_for(lock, most, [this] { return there_ || thrown_; });
    else
        changed_.wait_for(lock, most);
}

}  // namespace carillon::host
