// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon::substrate {

/// Messages on their way that nobody waits for. So two ranks can send to each other before either
/// receives.
class Outbox {
  public:
    explicit Outbox(host::Ranks& ranks) : ranks_(&ranks) {}

    void send(std::vector<std::byte> bytes, int to, int tag, host::Traffic kind) {
        sweep();
        Letter& letter = letters_.emplace_back(std::move(bytes), nullptr);
        letter.ticket = ranks_->start_send(letter.bytes, to, tag, kind);
    }
    /// Forgets those that are through. Returns: whether all are.
    bool sweep() {
        letters_.remove_if([](const Letter& letter) { return letter.ticket->done(); });
        return letters_.empty();
    }

  private:
    struct Letter {
        Letter(std::vector<std::byte> b, host::Ticket t)
            : bytes(std::move(b)), ticket(std::move(t)) {}
        std::vector<std::byte> bytes;
        host::Ticket ticket;
    };

    host::Ranks* ranks_;
    std::list<Letter> letters_;
};

}  // namespace carillon::substrate
