// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "carillon/resource/host/frame_socket.h"
#include "carillon/resource/host/process_watch.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// Who the ranks of a job are and how they are watched.
struct LivenessPlan {
    int rank = 0;
    std::vector<int> node_of;            ///< by rank
    std::vector<std::int64_t> process;   ///< by rank; only those of this rank's node are used
    std::vector<Endpoint> endpoint;      ///< by rank
    std::uint64_t key = 0;               ///< the job's; strangers do not know it
    std::chrono::milliseconds lease{0};  ///< silence between nodes that is a death; 0: for ever
};

/// Knows which ranks live, by its own means and in a thread of its own, so that it works when MPI
/// does not.
///
/// On a node every rank watches the processes of the others (a pidfd tells the end of a process
/// within microseconds, also when nobody has waited for it). Between nodes the lowest living rank
/// of a node keeps TCP connections to the nodes that follow it at distances 1, 2, 4, ...; a closed
/// connection is a death, and so is silence for longer than the lease. What one rank learns it
/// writes to flags that its node shares, and passes on over its connections.
class Liveness {
  public:
    /// Args:
    ///     flags: a RankState for each rank, shared by the ranks of the node.
    Liveness(LivenessPlan plan, Listener listener, std::span<std::byte> flags);
    /// Says good-bye.
    ~Liveness();

    const LivenessPlan& plan() const { return plan_; }
    RankState state(int rank) const;
    /// This rank takes no further part: the others learn it as they learn a death.
    void leave();

    /// Lets ranks of other nodes add to a number that stays valid until withdraw_counter().
    void offer_counter(std::uint64_t number, std::atomic<std::int64_t>* value);
    void withdraw_counter(std::uint64_t number);

  private:
    using Clock = std::chrono::steady_clock;

    /// A connection to another rank.
    struct Link {
        explicit Link(FrameSocket made, Clock::time_point now)
            : socket(std::move(made)), heard(now) {}
        FrameSocket socket;
        Clock::time_point heard;
        int rank = -1;  ///< -1: has not said who it is
        bool outgoing = false;
        bool connecting = false;  ///< outgoing, and not there yet
        bool greeted = false;     ///< both know each other
        bool visitor = false;     ///< not watched over this connection
        bool closed = false;      ///< to be thrown away
        std::size_t address = 0;  ///< of the peer, when outgoing
    };

    void run();
    void wait_for_news();
    int patience() const;
    void take_all(Link& link);
    void take(Link& link, const Frame& frame);
    void welcome(Link& link, const Frame& frame);
    void answer_add(Link& link, const Frame& frame);
    void finish_connect(Link& link);
    void connect_to(int rank, std::size_t address);
    void send(Link& link, const Frame& frame);
    bool try_next_address(Link& link);
    void lose(Link& link);
    void give_up_silent(Link& link);
    void check_leases();
    void check_own_sleep();
    void keep_connections();
    void tell_news();
    void say_goodbye();
    void mark(int rank, RankState state);
    int first_alive_on(int node) const;
    std::vector<int> wanted_nodes() const;
    bool has_link_to(int node) const;
    int size() const { return static_cast<int>(plan_.node_of.size()); }
    int node_of(int rank) const { return plan_.node_of[static_cast<std::size_t>(rank)]; }

    LivenessPlan plan_;
    Listener listener_;
    std::span<std::byte> flags_;
    int nodes_ = 1;
    std::map<int, ProcessWatch> processes_;  ///< of the other ranks of this node that live
    std::vector<Link> links_;
    std::vector<RankState> told_;  ///< what the links were told
    std::vector<bool> finished_;   ///< ranks that said good-bye
    std::vector<int> silences_;    ///< of each node, in a row
    Clock::time_point last_beat_, last_turn_;
    std::mutex counters_mutex_;
    std::map<std::uint64_t, std::atomic<std::int64_t>*> counters_;
    Descriptor wake_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

/// A connection to a rank, for one who is not to be watched over it. Nothing when the rank cannot
/// be reached within the time.
std::optional<FrameSocket> visit(const LivenessPlan& plan, int rank,
                                 std::chrono::milliseconds limit);

}  // namespace carillon::host
