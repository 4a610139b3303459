// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace carillon::host {

/// A file descriptor that is closed when its owner ends.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();
    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

  private:
    int number_;
};

/// Where a rank listens: a port, and the IPv4 addresses of its machine in network order.
struct Endpoint {
    static constexpr std::size_t kMost = 4;
    std::uint16_t port = 0;
    std::uint16_t count = 0;
    std::array<std::uint32_t, kMost> addresses{};
};

/// What ranks tell each other outside MPI. All in the byte order of the machine: a job runs on
/// machines of one kind.
struct Frame {
    enum Kind : std::uint32_t {
        kHello = 0x6361726c,  ///< rank: who; value: the job's key; amount: the rank it looks for
        kVisit,               ///< as kHello, by one who is not to be watched over this connection
        kBeat,                ///< I live
        kGone,                ///< rank: who; value: a RankState
        kBye,                 ///< this connection ends, and nobody died
        kAdd,                 ///< value: number of a counter; amount: to be added
        kSum,                 ///< amount: what the counter held before
        kUnknown,             ///< there is no such counter
    };
    std::uint32_t kind = kBeat;
    std::int32_t rank = -1;
    std::uint64_t value = 0;
    std::int64_t amount = 0;
};

/// A socket that carries frames and never waits.
class FrameSocket {
  public:
    enum class Status { kOpen, kClosed };

    explicit FrameSocket(Descriptor socket) : socket_(std::move(socket)) {}
    /// Begins to connect. Nothing when the system refuses at once.
    static std::optional<FrameSocket> start_connect(std::uint32_t address, std::uint16_t port);

    int number() const { return socket_.number(); }
    /// After start_connect(), once the socket can be written: 0, or the error.
    int connect_error() const;
    /// False when the peer cannot take it: it is gone or has not read for long.
    bool send(const Frame& frame);
    /// Frames that came. kClosed: after these the peer closed or died.
    Status take(std::vector<Frame>& frames);

  private:
    Descriptor socket_;
    std::vector<std::byte> part_;  ///< of a frame that has not come whole
};

/// A socket that others connect to.
class Listener {
  public:
    /// Throws: ResourceError.
    ///
    /// Args:
    ///     outside: also for other machines.
    explicit Listener(bool outside);
    int number() const { return socket_.number(); }
    const Endpoint& endpoint() const { return endpoint_; }
    std::optional<FrameSocket> accept();

  private:
    Descriptor socket_;
    Endpoint endpoint_;
};

}  // namespace carillon::host
