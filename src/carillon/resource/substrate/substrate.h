// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "carillon/resource/host/group.h"
#include "carillon/resource/host/ranks.h"
#include "carillon/resource/substrate/act.h"
#include "carillon/resource/substrate/outbox.h"
#include "carillon/resource/substrate/performer.h"
#include "carillon/resource/substrate/roles.h"

namespace carillon::substrate {

struct SubstrateOptions {
    engine::RegisterOptions state;
    std::vector<std::string> names;     ///< of the QPUs, by controller
    std::vector<std::uint32_t> qubits;  ///< by controller: those it has when a round begins; others
                                        ///< are |0> when it uses them first
    /// What is said of an act that waits in vain; nothing: a text that names its key.
    std::function<std::string(std::uint32_t controller, const Act& act)> waiting;
};

/// The side of the ranks that hold the qubits. The sequencer takes the acts of all controllers,
/// puts them in the order of Turns, and hands those about qubits to the members, which all do them.
///
/// For each round every controller posts acts up to its kEnd; rounds begin with fresh qubits.
template <class Real>
class Substrate {
  public:
    using Handle = typename Performer<Real>::Handle;

    Substrate(host::Ranks& ranks, const Roles& roles, SubstrateOptions options);

    /// Serves one round.
    ///
    /// Throws: what ended the run on any rank; PeerLost. Then close() comes next.
    void run_round();
    /// After the last round, or what was thrown: takes what is still on its way.
    void close();

    /// What the last round left.
    Performer<Real>& performer() { return *performer_; }
    /// Of a qubit of a controller, on the sequencer.
    Handle handle(std::uint32_t controller, std::uint32_t qubit) {
        return handles_[controller].at(qubit);
    }

    // For Turns.
    const Act* next(std::uint32_t controller);
    void done(std::uint32_t controller) { inboxes_[controller].act = nullptr; }
    void perform(std::uint32_t controller, const Act& act);
    void pair(std::uint32_t first, const Act& a, std::uint32_t second, const Act& b);
    void carry(std::uint32_t from, const Act& leaves, std::uint32_t to, const Act& arrives);
    void send(std::uint32_t, const Act&) {}
    void receive(std::uint32_t, const Act&) {}
    std::string waiting(std::uint32_t controller, const Act& act) const;

  private:
    /// What a controller sent that was not looked at yet.
    struct Inbox {
        std::deque<std::vector<std::byte>> messages;
        ActReader reader;
        const Act* act = nullptr;
        bool open = false;   ///< the reader has a message
        bool ended = false;  ///< its round is over
    };

    void begin_round();
    void lead();
    void follow();
    void tell_all(const Failure& failure);
    void wait_for_acts();
    void post_replies();
    Handle find_handle(std::uint32_t controller, std::uint32_t qubit);
    bool submit(const Act& act);
    bool hand_on(std::byte mark);
    bool do_batch(std::vector<std::byte> batch);
    bool do_act(const Act& act);
    void allocate_up_to(Handle handle);

    host::Ranks* ranks_;
    Roles roles_;
    SubstrateOptions options_;
    host::Group group_;
    Outbox outbox_;
    std::unique_ptr<Performer<Real>> performer_;
    std::vector<std::vector<Handle>> handles_;  ///< by controller and its number of the qubit
    Handle next_handle_ = 0;
    Handle allocated_ = 0;
    int left_ = 0;                                 ///< controllers that closed
    std::vector<Inbox> inboxes_;                   ///< by controller
    std::vector<std::vector<std::byte>> replies_;  ///< by controller, not sent yet
    std::vector<std::byte> batch_;                 ///< for the members, not handed on yet
    std::vector<std::uint32_t> operands_;
};

extern template class Substrate<float>;
extern template class Substrate<double>;

}  // namespace carillon::substrate
