// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "carillon/base/error.h"

namespace carillon::host {

/// What a message is for.
enum class Traffic : std::uint8_t {
    kControl,     ///< collectives, agreements, small sums
    kState,       ///< amplitudes on their way to another rank
    kClassical,   ///< bits of a distributed program
    kWork,        ///< tasks and their results
    kCheckpoint,  ///< copies kept for the case of failure
};
inline constexpr std::size_t kTrafficKinds = 5;

/// "control", "state", ...
std::string_view traffic_name(Traffic kind);

struct TrafficCount {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;         ///< in messages
    std::uint64_t window_bytes = 0;  ///< read or written in another rank's window
};
using TrafficCounts = std::array<TrafficCount, kTrafficKinds>;

/// A rank died that the caller had not yet acknowledged.
class PeerLost : public ResourceError {
  public:
    PeerLost(int rank, const std::string& message) : ResourceError(message), rank_(rank) {}
    int rank() const { return rank_; }

  private:
    int rank_;
};

/// What is known of a rank.
enum class RankState : std::uint8_t {
    kAlive,
    kLeft,  ///< its process is there, but it takes no further part
    kDead,
};

/// A message under way. Its memory must stay until it is done. One that is thrown away unfinished
/// is given up: its memory must not be touched by then only when the peer is dead.
class Pending {
  public:
    virtual ~Pending() = default;
    /// Whether the message is through. Does not wait.
    virtual bool done() = 0;
};
using Ticket = std::unique_ptr<Pending>;

/// Memory of every rank of a node that all of them read and write with plain loads and stores.
/// Parts begin at pages.
class Window {
  public:
    virtual ~Window() = default;
    virtual std::span<std::byte> own() const = 0;
    /// The part of a rank of this node; empty for a rank of another node.
    virtual std::span<std::byte> of(int rank) const = 0;
};

/// A number that any rank can add to without the help of the others.
class Counter {
  public:
    virtual ~Counter() = default;
    /// Adds, and returns what was there before.
    virtual std::int64_t fetch_add(std::int64_t amount) = 0;
};

/// A message of a size that the receiver did not know.
struct Arrival {
    int from = 0;
    std::vector<std::byte> bytes;
};

/// What survivors of failures agreed on so far (regroup.h).
struct Agreement {
    std::vector<int> dead;      ///< ranks, lowest first
    std::int64_t progress = 0;  ///< of the survivor that had got least far
    /// What others last said, by rank.
    std::map<int, std::vector<std::int64_t>> reports;
};

/// Tags are below this.
inline constexpr int kTags = 1 << 17;
/// Tags from here on are for what must get through whatever the sender and the receiver know of
/// deaths. All others: a message that was sent before the survivors of a death agreed is never
/// taken for one sent after.
inline constexpr int kLastingTags = kTags - 16;

/// Processes, or threads in their place, that work on one thing together.
///
/// Messages between two ranks with one tag arrive in the order they were sent. Sizes are only
/// limited by memory. No call waits for ever: when a rank dies, every wait of every other rank ends
/// with PeerLost, until that rank has called acknowledge_lost(); after that only what needs a dead
/// rank throws.
///
/// An object belongs to one thread.
class Ranks {
  public:
    virtual ~Ranks() = default;

    virtual int rank() const = 0;
    virtual int size() const = 0;
    /// Number of the node, from 0 on in the order of the nodes' lowest ranks.
    virtual int node_of(int rank) const = 0;
    /// "one process", "4 threads", "8 ranks of Open MPI 4.1.4 on 2 nodes".
    virtual std::string description() const = 0;

    virtual Ticket start_send(std::span<const std::byte> bytes, int to, int tag, Traffic kind) = 0;
    /// The message must have exactly this size.
    virtual Ticket start_receive(std::span<std::byte> bytes, int from, int tag) = 0;
    /// The next message with `tag` from any rank, if one is there.
    virtual std::optional<Arrival> poll(int tag) = 0;

    /// Memory in a window, `bytes` for this rank; zero at first. All ranks that have not died call
    /// it together. Pages are taken when they are touched.
    ///
    /// Throws: ResourceError, on all ranks, when one cannot have its part.
    virtual std::unique_ptr<Window> open_window(std::size_t bytes) = 0;
    /// A counter at 0. All ranks that have not died call it together.
    virtual std::unique_ptr<Counter> open_counter() = 0;

    /// As far as this rank knows.
    virtual RankState state(int rank) const = 0;
    bool alive(int rank) const { return state(rank) == RankState::kAlive; }
    /// Ranks known to be dead, lowest first.
    std::vector<int> lost() const;
    /// The caller knows of the dead ranks; waits go on.
    void acknowledge_lost() { acknowledged_ = lost(); }
    /// The caller knows of these, lowest first.
    void acknowledge(std::vector<int> dead) { acknowledged_ = std::move(dead); }
    Agreement& agreement() { return agreement_; }
    /// Ranks that the survivors agreed are dead, lowest first.
    const std::vector<int>& agreed_dead() const { return agreement_.dead; }

    /// This rank takes no further part: to the others it is as if it had died.
    virtual void leave() = 0;
    /// The last call: all messages are through. When it cannot come to its end, because others died
    /// during it, it ends the process with `exit_code`.
    virtual void close(int exit_code) = 0;

    /// Waits until the message is through. Throws: PeerLost.
    void finish(Ticket& ticket);
    /// Waits for a condition, helping messages along. Throws: PeerLost.
    void wait_until(const std::function<bool()>& condition);
    /// Throws PeerLost when a rank died that was not acknowledged.
    void check_lost() const;

    void send(std::span<const std::byte> bytes, int to, int tag, Traffic kind) {
        Ticket ticket = start_send(bytes, to, tag, kind);
        finish(ticket);
    }
    void receive(std::span<std::byte> bytes, int from, int tag) {
        Ticket ticket = start_receive(bytes, from, tag);
        finish(ticket);
    }
    Arrival next(int tag);

    /// What this rank sent so far, by kind.
    const TrafficCounts& traffic() const { return traffic_; }
    /// Counts bytes read or written in another rank's window.
    void count_window(Traffic kind, std::uint64_t bytes) {
        traffic_[static_cast<std::size_t>(kind)].window_bytes += bytes;
    }

  protected:
    void count(Traffic kind, std::uint64_t bytes) {
        ++traffic_[static_cast<std::size_t>(kind)].messages;
        traffic_[static_cast<std::size_t>(kind)].bytes += bytes;
    }
    /// Grows whenever survivors agree on deaths.
    int era() const { return static_cast<int>(agreement_.dead.size()); }
    /// A tag that tells the eras apart, below kTags * eras.
    int stamped(int tag, int eras) const {
        return tag >= kLastingTags ? tag : tag + kTags * (era() % eras);
    }

  private:
    TrafficCounts traffic_{};
    std::vector<int> acknowledged_;
    Agreement agreement_;
    int sleeping_waits_ = 0;  ///< so many waits are not for spinning: others want the core
};

/// The only rank there is.
std::unique_ptr<Ranks> single_rank();

struct ThreadRanksOptions {
    int ranks = 1;
    int ranks_per_node = 0;  ///< 0: all on one node; windows end at a node's bounds
    /// Called by a rank before each message it sends, with how many it sent before. May throw Died,
    /// so that tests can kill a rank at any point.
    std::function<void(const Ranks& ranks, std::uint64_t sent)> before_send = {};
};

/// Thrown by a thread that plays a dying rank: run_as_threads takes it as the rank's death.
struct Died {};

/// Runs `body` on threads that are ranks of each other, and waits for all of them.
///
/// Throws: what the lowest rank threw, PeerLost only when no rank threw anything else.
void run_as_threads(const ThreadRanksOptions& options, const std::function<void(Ranks&)>& body);

/// Ranks that this process was started among (by mpirun or srun); a single rank otherwise, or when
/// this program was built without MPI and was started alone.
///
/// Throws: ResourceError when it was started among several without being built with MPI.
std::unique_ptr<Ranks> started_ranks();

// Plain values as bytes.

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span<const T, 1>(&value, 1));
}
template <class T>
std::span<std::byte> bytes_of(T& value) {
    return std::as_writable_bytes(std::span<T, 1>(&value, 1));
}

}  // namespace carillon::host
