// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/process_window.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "carillon/resource/host/group.h"
#include "carillon/resource/host/shared_memory.h"

namespace carillon::host {

namespace {

constexpr int kMeeting = 4095;  ///< id of the groups that open things

std::vector<int> living(const Ranks& ranks, bool same_node) {
    std::vector<int> members;
    for (int r = 0; r < ranks.size(); ++r)
        if (!std::binary_search(ranks.agreed_dead().begin(), ranks.agreed_dead().end(), r) &&
            (!same_node || ranks.node_of(r) == ranks.node_of(ranks.rank())))
            members.push_back(r);
    return members;
}

class ProcessWindow : public Window {
  public:
    ProcessWindow(std::vector<SharedMemory> parts, int rank)
        : parts_(std::move(parts)), rank_(rank) {}
    std::span<std::byte> own() const override { return of(rank_); }
    std::span<std::byte> of(int rank) const override {
        return parts_[static_cast<std::size_t>(rank)].bytes();
    }

  private:
    std::vector<SharedMemory> parts_;  ///< by rank; empty for those of other nodes
    int rank_;
};

/// Maps the parts of the others of this node.
///
/// Returns: what went wrong, if anything.
std::string map_parts(Ranks& ranks, std::vector<SharedMemory>& parts,
                      const SharedMemory::Key& own_key) {
    const std::vector<int> members = living(ranks, true);
    const auto keys = Group(ranks, members, kMeeting).all_gather(bytes_of(own_key));
    for (std::size_t k = 0; k < members.size(); ++k) {
        SharedMemory::Key key;
        std::memcpy(&key, keys[k].data(), sizeof key);
        if (members[k] == ranks.rank() || key.descriptor < 0 || key.bytes == 0) continue;
        try {
            parts[static_cast<std::size_t>(members[k])] = SharedMemory::open(key);
        } catch (const ResourceError& error) {
            return error.what();
        }
    }
    return {};
}

class NearCounter : public Counter {
  public:
    NearCounter(std::unique_ptr<Window> window, std::atomic<std::int64_t>* value)
        : window_(std::move(window)), value_(value) {}
    std::int64_t fetch_add(std::int64_t amount) override { return value_->fetch_add(amount); }

  private:
    std::unique_ptr<Window> window_;
    std::atomic<std::int64_t>* value_;
};

/// The counter where it lives: others may ask for it.
class HomeCounter : public NearCounter {
  public:
    HomeCounter(std::unique_ptr<Window> window, std::atomic<std::int64_t>* value,
                Liveness* liveness, std::uint64_t number)
        : NearCounter(std::move(window), value), liveness_(liveness), number_(number) {
        if (liveness_ != nullptr) liveness_->offer_counter(number_, value);
    }
    ~HomeCounter() override {
        if (liveness_ != nullptr) liveness_->withdraw_counter(number_);
    }

  private:
    Liveness* liveness_;
    std::uint64_t number_;
};

/// A counter of another node.
class FarCounter : public Counter {
  public:
    FarCounter(Ranks& ranks, FrameSocket socket, int home, std::uint64_t number)
        : ranks_(&ranks), socket_(std::move(socket)), home_(home), number_(number) {}

    std::int64_t fetch_add(std::int64_t amount) override {
        if (!socket_.send({Frame::kAdd, ranks_->rank(), number_, amount})) lost();
        ++owed_;
        ranks_->wait_until([&] { return answered(); });
        if (answer_.kind != Frame::kSum)
            throw InternalError("a counter was used after its home had closed it");
        return answer_.amount;
    }

  private:
    [[noreturn]] void lost() const {
        throw PeerLost(home_, "rank " + std::to_string(home_) + " died, and its counter with it");
    }
    /// Whether the answer to the last question is there; one to an earlier question, whose wait was
    /// broken off, is passed over.
    bool answered() {
        std::vector<Frame> frames;
        const FrameSocket::Status status = socket_.take(frames);
        for (const Frame& frame : frames) answer_ = frame, --owed_;
        if (owed_ > 0 && status == FrameSocket::Status::kClosed) lost();
        return owed_ == 0;
    }

    Ranks* ranks_;
    FrameSocket socket_;
    int home_;
    std::uint64_t number_;
    int owed_ = 0;  ///< answers that have not come
    Frame answer_;
};

/// A number for the counter that no other of its home has had.
std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace

std::unique_ptr<Window> open_process_window(Ranks& ranks, std::size_t bytes) {
    std::vector<SharedMemory> parts(static_cast<std::size_t>(ranks.size()));
    SharedMemory& own = parts[static_cast<std::size_t>(ranks.rank())];
    SharedMemory::Key key;
    std::string problem;
    try {
        own = SharedMemory::make(bytes);
        key = own.key();
    } catch (const ResourceError& error) {
        problem = error.what();
    }
    const std::string others = map_parts(ranks, parts, key);
    Group(ranks, living(ranks, false), kMeeting).agree(problem.empty() ? others : problem);
    for (SharedMemory& part : parts) part.hide();  // all have mapped it
    return std::make_unique<ProcessWindow>(std::move(parts), ranks.rank());
}

std::unique_ptr<Counter> open_process_counter(Ranks& ranks, Liveness* liveness) {
    const std::vector<int> members = living(ranks, false);
    const int home = members.front();
    auto window = open_process_window(ranks, ranks.rank() == home ? sizeof(std::int64_t) : 0);
    std::uint64_t number = ranks.rank() == home ? next_number() : 0;
    Group group(ranks, members, kMeeting);
    std::unique_ptr<Counter> counter;
    if (const auto at = window->of(home); !at.empty()) {  // zero, which is what a new atomic holds
        auto* value = reinterpret_cast<std::atomic<std::int64_t>*>(at.data());
        if (ranks.rank() == home)
            counter = std::make_unique<HomeCounter>(std::move(window), value, liveness, number);
        else
            counter = std::make_unique<NearCounter>(std::move(window), value);
    }
    group.broadcast(bytes_of(number));  // from its home, which by now offers it
    std::string problem;
    if (!counter) {
        auto socket = visit(liveness->plan(), home, std::chrono::seconds(10));
        if (socket)
            counter = std::make_unique<FarCounter>(ranks, std::move(*socket), home, number);
        else
            problem = "rank " + std::to_string(ranks.rank()) +
                      " cannot reach the counter of rank " + std::to_string(home);
    }
    group.agree(problem);
    return counter;
}

}  // namespace carillon::host
