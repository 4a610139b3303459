// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "carillon/resource/host/group.h"
#include "carillon/resource/host/ranks.h"
#include "carillon/resource/host/shared_memory.h"

namespace carillon::host {

namespace {

/// Messages to one rank that it has not taken.
struct Mailbox {
    using Letters = std::deque<std::vector<std::byte>>;

    std::mutex mutex;
    std::map<std::pair<int, int>, Letters> letters;  ///< by tag and sender
};

/// What the threads share.
struct World {
    explicit World(const ThreadRanksOptions& options)
        : World(options.ranks, options.ranks_per_node) {
        before_send = options.before_send;
    }
    World(int count, int per_node)
        : size(count),
          ranks_per_node(per_node > 0 ? per_node : count),
          mail(size_of(count)),
          states(size_of(count)) {}
    static std::size_t size_of(int count) { return static_cast<std::size_t>(count); }

    int size, ranks_per_node;
    std::vector<Mailbox> mail;
    std::vector<std::atomic<RankState>> states;
    std::function<void(const Ranks&, std::uint64_t)> before_send;
    std::mutex mutex;  ///< guards what follows
    /// By era and number of the collective call.
    std::map<std::pair<int, std::uint64_t>, std::shared_ptr<void>> shared;
};

struct SharedWindow {
    explicit SharedWindow(std::size_t ranks) : parts(ranks) {}
    std::vector<SharedMemory> parts;
};

class ThreadWindow : public Window {
  public:
    ThreadWindow(std::shared_ptr<SharedWindow> shared, const Ranks& ranks)
        : shared_(std::move(shared)), rank_(ranks.rank()) {
        for (int r = 0; r < ranks.size(); ++r)
            near_.push_back(ranks.node_of(r) == ranks.node_of(rank_));
    }
    std::span<std::byte> own() const override { return part(rank_); }
    std::span<std::byte> of(int rank) const override {
        return near_[static_cast<std::size_t>(rank)] ? part(rank) : std::span<std::byte>{};
    }

  private:
    std::span<std::byte> part(int rank) const {
        return shared_->parts[static_cast<std::size_t>(rank)].bytes();
    }
    std::shared_ptr<SharedWindow> shared_;
    int rank_;
    std::vector<bool> near_;
};

class ThreadCounter : public Counter {
  public:
    explicit ThreadCounter(std::shared_ptr<std::atomic<std::int64_t>> value)
        : value_(std::move(value)) {}
    std::int64_t fetch_add(std::int64_t amount) override { return value_->fetch_add(amount); }

  private:
    std::shared_ptr<std::atomic<std::int64_t>> value_;
};

class Sent : public Pending {
  public:
    bool done() override { return true; }
};

class ThreadRanks : public Ranks {
  public:
    ThreadRanks(World& world, int rank) : world_(&world), rank_(rank) {}

    int rank() const override { return rank_; }
    int size() const override { return world_->size; }
    int node_of(int rank) const override { return rank / world_->ranks_per_node; }
    std::string description() const override {
        return size() == 1 ? "one process" : std::to_string(size()) + " threads as ranks";
    }

    Ticket start_send(std::span<const std::byte> bytes, int to, int tag, Traffic kind) override {
        if (world_->before_send) world_->before_send(*this, sent_++);
        count(kind, bytes.size());
        Mailbox& box = world_->mail[static_cast<std::size_t>(to)];
        const std::lock_guard lock(box.mutex);
        box.letters[{stamp(tag), rank_}].emplace_back(bytes.begin(), bytes.end());
        return std::make_unique<Sent>();
    }
    Ticket start_receive(std::span<std::byte> bytes, int from, int tag) override {
        return std::make_unique<Received>(*this, bytes, from, stamp(tag));
    }
    std::optional<Arrival> poll(int tag) override {
        tag = stamp(tag);
        Mailbox& box = world_->mail[static_cast<std::size_t>(rank_)];
        const std::lock_guard lock(box.mutex);
        for (auto it = box.letters.lower_bound({tag, 0});
             it != box.letters.end() && it->first.first == tag; ++it) {
            if (it->second.empty()) continue;
            Arrival arrival{it->first.second, std::move(it->second.front())};
            it->second.pop_front();
            return arrival;
        }
        return std::nullopt;
    }

    std::unique_ptr<Window> open_window(std::size_t bytes) override {
        const auto shared = common<SharedWindow>(
            [&] { return std::make_shared<SharedWindow>(World::size_of(size())); });
        std::string problem;
        try {
            shared->parts[World::size_of(rank_)] = SharedMemory::make(bytes);
        } catch (const ResourceError& error) {
            problem = error.what();
        }
        living().agree(problem);
        return std::make_unique<ThreadWindow>(shared, *this);
    }
    std::unique_ptr<Counter> open_counter() override {
        return std::make_unique<ThreadCounter>(common<std::atomic<std::int64_t>>(
            [] { return std::make_shared<std::atomic<std::int64_t>>(0); }));
    }

    RankState state(int rank) const override {
        return world_->states[static_cast<std::size_t>(rank)].load(std::memory_order_acquire);
    }
    void leave() override { set_state(RankState::kLeft); }
    void set_state(RankState state) {
        world_->states[static_cast<std::size_t>(rank_)].store(state, std::memory_order_release);
    }
    void close(int) override {}

  private:
    class Received : public Pending {
      public:
        Received(ThreadRanks& ranks, std::span<std::byte> bytes, int from, int tag)
            : ranks_(&ranks), bytes_(bytes), from_(from), tag_(tag) {}
        bool done() override {
            if (taken_) return true;
            const bool dead = !ranks_->alive(from_);  // before the look: it may have sent and died
            Mailbox& box = ranks_->world_->mail[static_cast<std::size_t>(ranks_->rank_)];
            const std::lock_guard lock(box.mutex);
            Mailbox::Letters& letters = box.letters[{tag_, from_}];
            if (letters.empty()) {
                if (dead) throw PeerLost(from_, "rank " + std::to_string(from_) + " died");
                return false;
            }
            if (letters.front().size() != bytes_.size())
                throw InternalError("a message of " + std::to_string(letters.front().size()) +
                                    " bytes came where " + std::to_string(bytes_.size()) +
                                    " were expected");
            std::copy(letters.front().begin(), letters.front().end(), bytes_.begin());
            letters.pop_front();
            return taken_ = true;
        }

      private:
        ThreadRanks* ranks_;
        std::span<std::byte> bytes_;
        int from_, tag_;
        bool taken_ = false;
    };

    /// The thing that all ranks make in this collective call, made by the first to come.
    template <class T, class Make>
    std::shared_ptr<T> common(const Make& make) {
        const std::lock_guard lock(world_->mutex);
        // After a failure some may have been ahead of others: each era counts from 0.
        if (era() != called_in_) calls_ = 0, called_in_ = era();
        std::shared_ptr<void>& slot = world_->shared[{called_in_, calls_++}];
        if (!slot) slot = make();
        return std::static_pointer_cast<T>(slot);
    }
    /// All ranks that live.
    Group living() {
        std::vector<int> members;
        for (int r = 0; r < size(); ++r)
            if (alive(r)) members.push_back(r);
        return {*this, members, kMeeting};
    }

    static constexpr int kMeeting = 4095;

    World* world_;
    int rank_;
    int stamp(int tag) const { return stamped(tag, kEras); }
    static constexpr int kEras = 1 << 13;

    std::uint64_t sent_ = 0;
    std::uint64_t calls_ = 0;  ///< collective ones in an era
    int called_in_ = 0;
};

}  // namespace

void run_as_threads(const ThreadRanksOptions& options, const std::function<void(Ranks&)>& body) {
    World world(options);
    std::vector<std::exception_ptr> thrown(World::size_of(options.ranks));
    std::vector<std::exception_ptr> lost(World::size_of(options.ranks));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < options.ranks; ++rank)
        threads.emplace_back([&, rank] {
            const auto at = World::size_of(rank);
            ThreadRanks ranks(world, rank);
            try {
                body(ranks);
                if (ranks.state(rank) == RankState::kAlive) return;  // others may still use it
            } catch (const Died&) {
            } catch (const PeerLost&) {
                lost[at] = std::current_exception();
            } catch (...) {
                thrown[at] = std::current_exception();
            }
            ranks.set_state(RankState::kDead);
        });
    for (std::thread& thread : threads) thread.join();
    for (const auto* list : {&thrown, &lost})
        for (const std::exception_ptr& exception : *list)
            if (exception) std::rethrow_exception(exception);
}

namespace {

class SingleRank : public ThreadRanks {
  public:
    SingleRank() : ThreadRanks(world_, 0) {}

  private:
    World world_{1, 1};
};

}  // namespace

std::unique_ptr<Ranks> single_rank() {
    return std::make_unique<SingleRank>();
}

}  // namespace carillon::host
