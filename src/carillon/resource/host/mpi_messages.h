// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef CARILLON_HAS_MPI
#include <mpi.h>

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// Throws: ResourceError with MPI's own words.
void check_mpi(int code, const char* what);

/// Messages of any size between two ranks, over MPI.
///
/// A message goes in pieces of one size and a last one that is shorter, and may be empty: a
/// receiver that does not know the size knows the end by it. Pieces lie in memory of this object, a
/// few at a time. So MPI never holds on to memory of a caller, who may have to drop everything when
/// a rank dies: MPI can neither take back a send nor tell when a peer that is silent will wake up.
class MpiMessages {
  public:
    /// Args:
    ///     alive: whether a rank lives.
    MpiMessages(MPI_Comm communicator, std::size_t piece_bytes, std::function<bool(int)> alive);
    ~MpiMessages();
    MpiMessages(const MpiMessages&) = delete;
    MpiMessages& operator=(const MpiMessages&) = delete;

    Ticket start_send(std::span<const std::byte> bytes, int to, int tag);
    Ticket start_receive(std::span<std::byte> bytes, int from, int tag);
    std::optional<Arrival> poll(int tag);

  private:
    class Transfer;
    class Handle;
    struct Incoming;
    using Buffer = std::vector<std::byte>;

    Ticket start(std::shared_ptr<Transfer> transfer);
    void progress();
    void check_peer(int code, int peer, const char* what) const;
    bool take_piece(int tag, std::list<Incoming>& incoming);
    Buffer take_buffer(std::size_t bytes);
    void give_back(Buffer buffer);

    MPI_Comm communicator_;
    std::size_t piece_;
    std::function<bool(int)> alive_;
    std::list<std::shared_ptr<Transfer>> transfers_;  ///< under way, oldest first
    std::map<int, std::list<Incoming>> incoming_;     ///< what poll() has begun to take, by tag
    std::vector<Buffer> spare_;
};

}  // namespace carillon::host
#endif
