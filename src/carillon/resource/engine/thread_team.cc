// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/thread_team.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace carillon::engine {

namespace {

using Body = std::function<void(std::size_t, std::size_t)>;

}  // namespace

struct ThreadTeam::Shared {
    std::mutex mutex;
    std::condition_variable wake, finished;
    std::uint64_t round = 0;  ///< number of loops started
    int working = 0;          ///< workers still in the current loop
    bool stop = false;

    const Body* body = nullptr;
    std::size_t count = 0, grain = 1;
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> workers;

    void take_chunks() {
        for (;;) {
            const std::size_t begin = next.fetch_add(grain, std::memory_order_relaxed);
            if (begin >= count) return;
            (*body)(begin, std::min(begin + grain, count));
        }
    }

    void work() {
        std::uint64_t seen = 0;
        for (;;) {
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [&] { return stop || round != seen; });
                if (stop) return;
                seen = round;
            }
            take_chunks();
            const std::lock_guard lock(mutex);
            if (--working == 0) finished.notify_one();
        }
    }
};

ThreadTeam::ThreadTeam(int threads, ThreadStart start)
    : threads_(threads > 0 ? threads
                           : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))),
      on_start_(std::move(start)) {}

ThreadTeam::~ThreadTeam() {
    if (!shared_) return;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->stop = true;
    }
    shared_->wake.notify_all();
}

void ThreadTeam::start() {
    shared_ = std::make_unique<Shared>();
    for (int i = 1; i < threads_; ++i)
        shared_->workers.emplace_back([this, i, shared = shared_.get()] {
            if (on_start_) on_start_(i);
            shared->work();
        });
    if (on_start_) on_start_(0);
}

void ThreadTeam::parallel_for(std::size_t count, std::size_t grain, const Body& body) {
    if (count <= grain || threads_ == 1) {
        for (std::size_t begin = 0; begin < count; begin += grain)
            body(begin, std::min(begin + grain, count));
        return;
    }
    if (!shared_) start();
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->body = &body;
        shared_->count = count;
        shared_->grain = grain;
        shared_->next = 0;
        shared_->working = threads_ - 1;
        ++shared_->round;
    }
    shared_->wake.notify_all();
    shared_->take_chunks();
    std::unique_lock lock(shared_->mutex);
    shared_->finished.wait(lock, [&] { return shared_->working == 0; });
}

}  // namespace carillon::engine
