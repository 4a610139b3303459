// SPDX-License-Identifier: Apache-2.0
// With mpi_messages.cc all that knows MPI. It carries messages between two ranks and lets the ranks
// find each other at the start; what must work after a death (windows, counters, who lives) is made
// without it, and collectives are made of messages (group.h).
#include "carillon/resource/host/mpi_ranks.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <random>
#include <thread>

#include "carillon/resource/host/group.h"
#include "carillon/resource/host/liveness.h"
#include "carillon/resource/host/mpi_messages.h"
#include "carillon/resource/host/process_window.h"
#include "carillon/resource/host/shared_memory.h"

namespace carillon::host {

MpiOptions mpi_options(const Environment& environment) {
    MpiOptions options;
    options.ranks_per_node =
        static_cast<int>(whole_setting(environment, "CARILLON_RANKS_PER_NODE", 1, 0));
    options.piece_bytes = static_cast<std::size_t>(
        whole_setting(environment, "CARILLON_MPI_PIECE", 1, std::int64_t{1} << 20));
    if (options.piece_bytes > INT32_MAX)
        throw InputError("CARILLON_MPI_PIECE: pieces are below 2^31 bytes");
    options.lease_ms = whole_setting(environment, "CARILLON_LEASE_MS", 0, options.lease_ms);
    options.start_ms = whole_setting(environment, "CARILLON_START_MS", 1, options.start_ms);
    return options;
}

}  // namespace carillon::host

#ifdef CARILLON_HAS_MPI
#include <mpi.h>

namespace carillon::host {

namespace {

using std::chrono::milliseconds;

/// Until the end of MPI is taken for stuck: without the dead some MPI never comes to it.
constexpr milliseconds kEndTime{30000};
constexpr milliseconds kEndTimeAfterDeath{1000};

class MpiRanks : public Ranks {
  public:
    MpiRanks(const Launch& launch, const MpiOptions& options);
    ~MpiRanks() override;

    int rank() const override { return rank_; }
    int size() const override { return size_; }
    int node_of(int rank) const override { return node_of_[static_cast<std::size_t>(rank)]; }
    std::string description() const override;

    Ticket start_send(std::span<const std::byte> bytes, int to, int tag, Traffic kind) override {
        count(kind, bytes.size());
        return messages_->start_send(bytes, to, stamp(tag));
    }
    Ticket start_receive(std::span<std::byte> bytes, int from, int tag) override {
        return messages_->start_receive(bytes, from, stamp(tag));
    }
    std::optional<Arrival> poll(int tag) override { return messages_->poll(stamp(tag)); }

    std::unique_ptr<Window> open_window(std::size_t bytes) override {
        return open_process_window(*this, bytes);
    }
    std::unique_ptr<Counter> open_counter() override {
        return open_process_counter(*this, liveness_.get());
    }
    RankState state(int rank) const override {
        return liveness_ ? liveness_->state(rank) : RankState::kAlive;
    }
    void leave() override {
        if (liveness_) liveness_->leave();
    }
    void close(int exit_code) override;

  private:
    void start_mpi(const Launch& launch);
    void number_nodes(int ranks_per_node);
    void part_strangers();
    void watch(long lease_ms);
    int stamp(int tag) const { return stamped(tag, eras_); }
    template <class T>
    std::vector<T> from_all(const T& own) const;

    MPI_Comm world_ = MPI_COMM_NULL;
    int rank_ = 0, size_ = 1;
    int eras_ = 1;
    int machines_ = 1;
    bool simulated_nodes_ = false;
    bool closed_ = false;
    std::vector<int> node_of_, machine_of_;
    std::unique_ptr<MpiMessages> messages_;
    std::unique_ptr<Window> flags_;
    std::unique_ptr<Liveness> liveness_;
    int unwinding_ = std::uncaught_exceptions();
};

/// Ends the process when the ranks do not find each other in time: MPI waits for ever for one that
/// died before they did.
class StartWatch {
  public:
    explicit StartWatch(milliseconds limit) : thread_([this, limit] { run(limit); }) {}
    ~StartWatch() {
        {
            const std::lock_guard lock(mutex_);
            there_ = true;
        }
        change_.notify_all();
        thread_.join();
    }
    StartWatch(const StartWatch&) = delete;
    StartWatch& operator=(const StartWatch&) = delete;

  private:
    void run(milliseconds limit) {
        std::unique_lock lock(mutex_);
        if (change_.wait_for(lock, limit, [this] { return there_; })) return;
        std::fprintf(stderr,
                     "carillon: the ranks did not find each other within %lld ms: one may have "
                     "died at the start; CARILLON_START_MS waits longer\n",
                     static_cast<long long>(limit.count()));
        std::fflush(stderr);
        _exit(1);
    }

    std::mutex mutex_;
    std::condition_variable change_;
    bool there_ = false;
    std::thread thread_;
};

MpiRanks::MpiRanks(const Launch& launch, const MpiOptions& options) {
    const StartWatch in_time{milliseconds(options.start_ms)};
    start_mpi(launch);
    messages_ = std::make_unique<MpiMessages>(world_, options.piece_bytes,
                                              [this](int rank) { return alive(rank); });
    number_nodes(options.ranks_per_node);
    const auto same = from_all(options);
    for (const MpiOptions& other : same)
        if (other.piece_bytes != options.piece_bytes || other.lease_ms != options.lease_ms)
            throw InputError(
                "CARILLON_MPI_PIECE and CARILLON_LEASE_MS must be the same on all ranks");
    watch(options.lease_ms);
}

void MpiRanks::start_mpi(const Launch& launch) {
    // The end of Open MPI waits for all ranks otherwise, also for the dead. Ours meet before.
    setenv("OMPI_MCA_async_mpi_finalize", "1", 0);
    int provided = 0;
    // One thread at a time: the object belongs to one thread, and liveness does without MPI.
    check_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), "start");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (provided < MPI_THREAD_FUNNELED)
        throw ResourceError(mpi_library() + " cannot be used beside other threads");
    check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &world_), "communicator");
    MPI_Comm_set_errhandler(world_, MPI_ERRORS_RETURN);
    MPI_Comm_rank(world_, &rank_);
    MPI_Comm_size(world_, &size_);
    if (size_ != launch.size)
        throw ResourceError(launch.by + " started " + std::to_string(launch.size) +
                            " processes, but " + mpi_library() + " found " + std::to_string(size_) +
                            ": start them with the mpirun of that library, or with srun "
                            "--mpi=pmix");
    int* most = nullptr;
    int found = 0;
    MPI_Comm_get_attr(world_, MPI_TAG_UB, &most, &found);
    eras_ = found != 0 ? *most / kTags : 0;
    if (eras_ < 2) throw ResourceError(mpi_library() + " has too few message tags");
}

/// What every rank has, by rank. Only for the start, when all are there.
template <class T>
std::vector<T> MpiRanks::from_all(const T& own) const {
    std::vector<T> all(static_cast<std::size_t>(size_));
    check_mpi(MPI_Allgather(&own, sizeof(T), MPI_BYTE, all.data(), sizeof(T), MPI_BYTE, world_),
              "exchange at the start");
    return all;
}

/// Numbers groups of ranks, which each rank names by its lowest, in their order.
int number_groups(std::vector<int>& lowest) {
    std::vector<int> groups = lowest;
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    for (int& group : lowest)
        group = static_cast<int>(std::lower_bound(groups.begin(), groups.end(), group) -
                                 groups.begin());
    return static_cast<int>(groups.size());
}

void MpiRanks::number_nodes(int ranks_per_node) {
    MPI_Comm machine = MPI_COMM_NULL;
    check_mpi(MPI_Comm_split_type(world_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &machine),
              "ranks of this machine");
    int place = 0, count = 0;
    MPI_Comm_rank(machine, &place);
    MPI_Comm_size(machine, &count);
    std::vector<int> members(static_cast<std::size_t>(count));
    check_mpi(MPI_Allgather(&rank_, 1, MPI_INT, members.data(), 1, MPI_INT, machine),
              "ranks of this machine");
    MPI_Comm_free(&machine);

    machine_of_ = from_all(members.front());
    const int per_node = ranks_per_node > 0 ? ranks_per_node : count;
    simulated_nodes_ = per_node < count;
    node_of_ = from_all(members[static_cast<std::size_t>(place / per_node * per_node)]);
    part_strangers();
    machines_ = number_groups(machine_of_);
    number_groups(node_of_);
}

/// Ranks of a machine that cannot map each other's memory, in containers of their own, become
/// nodes of their own.
void MpiRanks::part_strangers() {
    const SharedMemory own = SharedMemory::make(1);
    const auto keys = from_all(own.key());
    int stranger = 0;
    for (int r = 0; r < size_; ++r) {
        if (node_of(r) != node_of(rank_)) continue;
        try {
            SharedMemory::open(keys[static_cast<std::size_t>(r)]);
        } catch (const ResourceError&) {
            stranger = 1;
        }
    }
    const auto strangers = from_all(stranger);  // also: all have opened
    std::vector<bool> parted(static_cast<std::size_t>(size_));
    for (int r = 0; r < size_; ++r)
        if (strangers[static_cast<std::size_t>(r)] != 0)
            parted[static_cast<std::size_t>(node_of(r))] = true;
    for (int r = 0; r < size_; ++r)
        if (parted[static_cast<std::size_t>(node_of(r))]) node_of_[static_cast<std::size_t>(r)] = r;
}

void MpiRanks::watch(long lease_ms) {
    LivenessPlan plan;
    plan.rank = rank_;
    plan.node_of = node_of_;
    plan.process = from_all<std::int64_t>(getpid());
    std::random_device random;
    plan.key = from_all<std::uint64_t>(std::uint64_t{random()} << 32 | random()).front();
    plan.lease = milliseconds(lease_ms);
    Listener listener(machines_ > 1);
    plan.endpoint = from_all(listener.endpoint());
    int lowest = 0;
    while (node_of(lowest) != node_of(rank_)) ++lowest;
    flags_ = open_window(lowest == rank_ ? static_cast<std::size_t>(size_) : 0);
    liveness_ =
        std::make_unique<Liveness>(std::move(plan), std::move(listener), flags_->of(lowest));
}

std::string MpiRanks::description() const {
    const int nodes = 1 + *std::max_element(node_of_.begin(), node_of_.end());
    std::string text = std::to_string(size_) + " ranks of " + mpi_library() + " on ";
    text += nodes == 1 ? "one node" : std::to_string(nodes) + " nodes";
    if (simulated_nodes_) text += " simulated on ";
    if (simulated_nodes_)
        text += machines_ == 1 ? "one machine" : std::to_string(machines_) + " machines";
    return text;
}

/// Ends the process when MPI does not come to its end in time.
class EndWatch {
  public:
    EndWatch(milliseconds limit, int exit_code)
        : thread_([this, limit, exit_code] {
              std::unique_lock lock(mutex_);
              if (changed_.wait_for(lock, limit, [this] { return over_; })) return;
              std::fflush(nullptr);
              _exit(exit_code);
          }) {}
    ~EndWatch() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }
    EndWatch(const EndWatch&) = delete;
    EndWatch& operator=(const EndWatch&) = delete;

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;  // last: it uses the others
};

void MpiRanks::close(int exit_code) {
    if (closed_) return;
    if (lost().empty()) {
        try {
            Group::world(*this).barrier();
        } catch (const PeerLost&) {  // it is not waited for
        }
    }
    closed_ = true;
    bool somebody_died = false;
    for (int r = 0; r < size_; ++r) somebody_died |= state(r) == RankState::kDead;
    liveness_.reset();  // from here on others may end in their own time
    const EndWatch watch(somebody_died ? kEndTimeAfterDeath : kEndTime, exit_code);
    MPI_Finalize();
}

MpiRanks::~MpiRanks() {
    if (closed_) return;
    if (std::uncaught_exceptions() > unwinding_) {
        leave();
        close(1);
    } else {
        close(0);
    }
}

}  // namespace

std::string mpi_library() {
    char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
    int size = 0;
    MPI_Get_library_version(text, &size);
    std::string name(text, text + size);
    name = name.substr(0, name.find_first_of(",\n"));  // "Open MPI v4.1.4, package: ..."
    const std::size_t version = name.find(" v");
    if (version != std::string::npos) name.erase(version + 1, 1);
    const std::size_t mpich = name.find("MPICH Version:");  // "MPICH Version:      4.0.2"
    if (mpich == std::string::npos) return name;
    const std::size_t number = name.find_first_of("0123456789");
    return "MPICH " + (number == std::string::npos ? std::string() : name.substr(number));
}

std::unique_ptr<Ranks> mpi_ranks(const Launch& launch, const MpiOptions& options) {
    return std::make_unique<MpiRanks>(launch, options);
}

}  // namespace carillon::host

#else

namespace carillon::host {

std::string mpi_library() {
    return {};
}

std::unique_ptr<Ranks> mpi_ranks(const Launch& launch, const MpiOptions&) {
    throw ResourceError("started by " + launch.by + " as one of " + std::to_string(launch.size) +
                        " processes, but this program was built without MPI: install "
                        "libopenmpi-dev and build again, or start it alone");
}

}  // namespace carillon::host

#endif
