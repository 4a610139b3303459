// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "carillon/resource/host/ranks.h"
#include "carillon/resource/substrate/act.h"
#include "carillon/resource/substrate/outbox.h"
#include "carillon/resource/substrate/roles.h"

namespace carillon::substrate {

/// Thrown through the work of a controller when the run is over on other ranks: no error of its
/// own, and not for catching.
struct RunEnded {};

/// Bits and the messages that carried them.
struct Sent {
    std::uint64_t messages = 0;
    std::uint64_t bits = 0;
};

/// The side of a rank that controls a QPU: it posts acts to the sequencer and exchanges bits with
/// other controllers directly. It does not wait for its acts, only for outcomes and bits, so it
/// runs ahead of the qubits as far as it knows what to do.
///
/// Acts and bits are gathered, and leave when enough are there or before the controller waits.
///
/// Any call may throw RunEnded when another rank ended the run; run() throws why. PeerLost ends
/// everything.
class Controller {
  public:
    Controller(host::Ranks& ranks, const Roles& roles);

    int index() const { return index_; }
    int count() const { return roles_.controllers; }

    /// Posts an act; kSend and kReceive are for send() and receive().
    void post(const Act& act);
    /// Measurements posted whose outcome was not asked for.
    std::uint64_t open_outcomes() const { return open_; }
    /// The outcome of the oldest of them.
    bool outcome();

    /// Sends a bit to `act.peer`, the index of a controller.
    void send(const Act& act, bool bit);
    /// The next bit of `act.peer` with the key of the act.
    bool receive(const Act& act);

    /// Posts the end of the round: bits of it that were not received are dropped. The next begins.
    void end_round();

    /// Does work() and waits until the substrate did what it posted; then takes what is still on
    /// its way. All controllers call it, and the substrate closes then.
    ///
    /// Throws: what ended the run: on all ranks the same, whoever threw it first.
    void run(const std::function<void()>& work);

    /// After a kFail of this controller's own: waits for what ends the run, and throws it.
    [[noreturn]] void wait_for_failure();

    /// By controller: what was sent there.
    const std::vector<Sent>& sent() const { return sent_; }

  private:
    struct Bundle {  ///< bits gathered for one controller
        std::vector<std::byte> bytes;
        std::uint64_t bits = 0;
        std::uint64_t number = 0;  ///< of the next message
    };
    using MailKey = std::tuple<std::uint64_t, std::uint32_t, std::uint64_t>;  ///< round, peer, key

    void finish();
    [[noreturn]] void fail(const Failure& failure);
    void close();
    void post_bits(std::size_t peer);
    void post_acts();
    void post_all();
    void read_replies();
    void read_letters();
    void read_letter(const host::Arrival& arrival);
    void wait(const std::function<bool()>& condition);

    host::Ranks* ranks_;
    Roles roles_;
    int index_;
    Outbox outbox_;
    std::uint64_t round_ = 0;
    std::vector<std::byte> acts_;
    int under_way_ = 0;  ///< messages of acts that were not read
    std::uint64_t open_ = 0;
    std::deque<bool> outcomes_;
    std::vector<Bundle> bundles_;          ///< by controller
    std::vector<std::uint64_t> expected_;  ///< by controller: number of the next message from there
    std::vector<bool> closed_;             ///< by controller: nothing more comes from there
    std::map<MailKey, std::deque<bool>> mail_;
    std::vector<Sent> sent_;
    std::uint64_t rounds_over_ = 0;
    bool over_ = false;               ///< bits that come are dropped
    std::optional<Failure> failure_;  ///< what the sequencer says ended the run
};

}  // namespace carillon::substrate
