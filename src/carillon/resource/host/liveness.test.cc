// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/liveness.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <thread>

#include "carillon/resource/host/shared_memory.h"

namespace carillon::host {

namespace {

using std::chrono::milliseconds;

/// A process that does nothing until it is killed.
class Child {
  public:
    Child() : process_(fork()) {
        if (process_ == 0) {
            for (;;) pause();
        }
    }
    ~Child() {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    pid_t process() const { return process_; }
    void die() const { kill(process_, SIGKILL); }

  private:
    pid_t process_;
};

/// Waits for something that must come; a test that waits in vain fails by its time limit.
template <class Condition>
void wait_for(const Condition& condition) {
    while (!condition()) std::this_thread::sleep_for(milliseconds(1));
}

/// Ranks of this process that watch each other, each on a node of its own.
class Ring {
  public:
    explicit Ring(int size, milliseconds lease = milliseconds(0)) {
        std::vector<Listener> listeners;
        LivenessPlan plan;
        plan.key = 4711;
        plan.lease = lease;
        for (int r = 0; r < size; ++r) {
            listeners.emplace_back(false);
            plan.node_of.push_back(r);
            plan.process.push_back(getpid());
            plan.endpoint.push_back(listeners.back().endpoint());
            flags_.push_back(SharedMemory::make(static_cast<std::size_t>(size)));
        }
        for (int r = 0; r < size; ++r) {
            plan.rank = r;
            ranks_.push_back(
                std::make_unique<Liveness>(plan, std::move(listeners[static_cast<std::size_t>(r)]),
                                           flags_[static_cast<std::size_t>(r)].bytes()));
        }
    }
    Liveness& operator[](int rank) { return *ranks_[static_cast<std::size_t>(rank)]; }
    LivenessPlan plan_of(int rank) { return (*this)[rank].plan(); }

  private:
    std::vector<SharedMemory> flags_;
    std::vector<std::unique_ptr<Liveness>> ranks_;
};

TEST(ProcessWatch, the_end_of_a_process_is_seen_before_anybody_waits_for_it) {
    for (const bool with_descriptor : {true, false}) {
        const Child child;
        const ProcessWatch watch(child.process(), with_descriptor);
        EXPECT_FALSE(watch.ended());
        child.die();
        wait_for([&] { return watch.ended(); });
        EXPECT_EQ(waitpid(child.process(), nullptr, WNOHANG), child.process());  // was a zombie
    }
}

TEST(ProcessWatch, a_process_that_is_gone_has_ended) {
    pid_t gone = 0;
    {
        const Child child;
        gone = child.process();
    }
    EXPECT_TRUE(ProcessWatch(gone).ended());
    EXPECT_TRUE(ProcessWatch(gone, false).ended());
}

TEST(Liveness, a_killed_rank_of_the_node_is_dead_and_the_others_live) {
    const Child a, b;
    SharedMemory flags = SharedMemory::make(3);
    Listener listener(false);
    LivenessPlan plan;
    plan.node_of = {0, 0, 0};
    plan.process = {getpid(), a.process(), b.process()};
    plan.endpoint.assign(3, listener.endpoint());
    const Liveness liveness(plan, std::move(listener), flags.bytes());
    EXPECT_EQ(liveness.state(1), RankState::kAlive);
    a.die();
    wait_for([&] { return liveness.state(1) == RankState::kDead; });
    EXPECT_EQ(liveness.state(0), RankState::kAlive);
    EXPECT_EQ(liveness.state(2), RankState::kAlive);
}

TEST(Liveness, all_nodes_learn_that_a_rank_left) {
    Ring ring(5);
    ring[3].leave();
    for (int r = 0; r < 5; ++r) wait_for([&] { return ring[r].state(3) == RankState::kLeft; });
    for (int r = 0; r < 5; ++r)
        for (const int other : {0, 1, 2, 4}) EXPECT_EQ(ring[r].state(other), RankState::kAlive);
}

TEST(Liveness, a_stranger_cannot_declare_a_rank_dead) {
    Ring ring(2);
    LivenessPlan plan = ring.plan_of(0);
    plan.key = 1;  // not the job's
    auto socket = visit(plan, 1, milliseconds(1000));
    ASSERT_TRUE(socket);
    socket->send({Frame::kGone, 0, static_cast<std::uint64_t>(RankState::kDead), 0});
    std::vector<Frame> frames;
    wait_for([&] { return socket->take(frames) == FrameSocket::Status::kClosed; });
    EXPECT_EQ(ring[1].state(0), RankState::kAlive);
}

TEST(Liveness, a_node_whose_rank_was_never_there_is_dead) {
    SharedMemory flags = SharedMemory::make(2);
    LivenessPlan plan;
    plan.node_of = {0, 1};
    plan.process = {getpid(), 0};
    Listener listener(false);
    plan.endpoint.push_back(listener.endpoint());
    plan.endpoint.push_back(Listener(false).endpoint());  // closed at once
    const Liveness liveness(plan, std::move(listener), flags.bytes());
    wait_for([&] { return liveness.state(1) == RankState::kDead; });
}

TEST(Liveness, counters_answer_without_the_thread_of_their_rank) {
    Ring ring(2);
    std::atomic<std::int64_t> value = 40;
    ring[0].offer_counter(9, &value);
    auto socket = visit(ring.plan_of(1), 0, milliseconds(1000));
    ASSERT_TRUE(socket);
    socket->send({Frame::kAdd, 1, 9, 2});
    socket->send({Frame::kAdd, 1, 10, 2});
    std::vector<Frame> frames;
    wait_for([&] { return socket->take(frames), frames.size() == 2; });
    EXPECT_EQ(frames[0].kind, Frame::kSum);
    EXPECT_EQ(frames[0].amount, 40);
    EXPECT_EQ(frames[1].kind, Frame::kUnknown);
    EXPECT_EQ(value, 42);
    ring[0].withdraw_counter(9);
}

TEST(SharedMemory, another_mapping_sees_what_was_written) {
    SharedMemory own = SharedMemory::make(100);
    const SharedMemory other = SharedMemory::open(own.key());
    own.bytes()[99] = std::byte{7};
    EXPECT_EQ(other.bytes()[99], std::byte{7});
    EXPECT_EQ(other.bytes()[0], std::byte{0});
}

TEST(SharedMemory, one_that_is_hidden_or_of_another_process_cannot_be_opened) {
    SharedMemory own = SharedMemory::make(100);
    SharedMemory::Key key = own.key();
    own.hide();
    EXPECT_THROW(SharedMemory::open(key), ResourceError);
    const SharedMemory next = SharedMemory::make(100);  // takes the same descriptor
    key.descriptor = next.key().descriptor;
    EXPECT_THROW(SharedMemory::open(key), ResourceError);
}

TEST(SharedMemory, more_than_can_be_addressed_is_refused) {
    EXPECT_THROW(SharedMemory::make(std::size_t{1} << 62), ResourceError);
    EXPECT_THROW(SharedMemory::make(SIZE_MAX), ResourceError);
}

}  // namespace

}  // namespace carillon::host
