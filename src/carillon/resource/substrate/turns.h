// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/resource/substrate/act.h"

namespace carillon::substrate {

/// Lets streams act in turns: the one whose act has the lowest order comes first (the lowest
/// stream among equals), and one that waits for its partner or a message is passed over. So what
/// happens to the qubits depends on the streams alone, not on who is faster.
///
/// Args of the template:
///     Player: has the streams and does what they want:
///         const Act* next(stream)     the act it stands at, the same until done(); null at its end
///         void done(stream)           that act is over
///         void perform(stream, act)   kGate, kMeasure, kReset, kDefer, kFree, kFail
///         void pair(first, act, second, act)    both sides are there
///         void carry(from, act, to, act)        likewise
///         void send(stream, act)      kSend
///         void receive(stream, act)   the message has been sent
///         std::string waiting(stream, act)      a line about an act that waits in vain
template <class Player>
class Turns {
  public:
    Turns(Player& player, std::size_t streams)
        : player_(player), waits_(streams, false), size_(static_cast<std::uint32_t>(streams)) {}

    /// Until all streams are over. Throws: InputError when all that are left wait for each other.
    void run() {
        for (std::uint32_t stream = 0; stream < size_; ++stream) make_ready(stream);
        while (!ready_.empty()) {
            const std::uint32_t stream = ready_.top().stream;
            ready_.pop();
            const Act* act = player_.next(stream);
            // Goes on with this stream as long as no other comes before it.
            while (act != nullptr &&
                   (ready_.empty() || !(Turn{act->order, stream} > ready_.top()))) {
                if (!advance(stream, *act)) break;
                act = player_.next(stream);
            }
            if (act != nullptr && !waits_[stream]) ready_.push({act->order, stream});
        }
        check_all_over();
    }

  private:
    struct Turn {
        std::uint32_t order, stream;
        friend bool operator>(const Turn& a, const Turn& b) {
            return a.order != b.order ? a.order > b.order : a.stream > b.stream;
        }
    };
    /// Messages of one key: how many were sent and not taken, and who waits for one.
    struct Mail {
        std::uint64_t sent = 0;
        std::uint32_t receiver = Act::kNobody;
    };
    using Halves = std::unordered_map<std::uint64_t, std::uint32_t>;  ///< stream that came first

    void make_ready(std::uint32_t stream) {
        waits_[stream] = false;
        if (const Act* act = player_.next(stream)) ready_.push({act->order, stream});
    }
    bool wait(std::uint32_t stream) {
        waits_[stream] = true;
        return false;
    }

    /// False when the stream has to wait.
    bool advance(std::uint32_t stream, const Act& act) {
        switch (act.kind) {
            case ActKind::kPair:
                return meet(halves_, stream, act);
            case ActKind::kLeave:
            case ActKind::kArrive:
                return meet(travellers_, stream, act);
            case ActKind::kSend: {
                Mail& mail = mail_[act.key];
                ++mail.sent;
                player_.send(stream, act);
                if (mail.receiver != Act::kNobody)
                    make_ready(std::exchange(mail.receiver, Act::kNobody));
                break;
            }
            case ActKind::kReceive: {
                Mail& mail = mail_[act.key];
                if (mail.sent == 0) {
                    mail.receiver = stream;
                    return wait(stream);
                }
                --mail.sent;
                player_.receive(stream, act);
                break;
            }
            default:
                player_.perform(stream, act);
        }
        player_.done(stream);
        return true;
    }

    bool meet(Halves& halves, std::uint32_t stream, const Act& act) {
        const auto [place, came_first] = halves.try_emplace(act.key, stream);
        if (came_first) return wait(stream);
        const std::uint32_t peer = place->second;
        const Act& other = *player_.next(peer);
        if (act.kind == ActKind::kPair)
            player_.pair(peer, other, stream, act);
        else if (act.kind == ActKind::kArrive)
            player_.carry(peer, other, stream, act);
        else
            player_.carry(stream, act, peer, other);
        halves.erase(place);
        player_.done(peer);
        make_ready(peer);
        player_.done(stream);
        return true;
    }

    void check_all_over() {
        constexpr int kShown = 8;
        std::string message = "the QPUs wait for each other:";
        int waiting = 0;
        for (std::uint32_t stream = 0; stream < size_; ++stream)
            if (waits_[stream] && ++waiting <= kShown)
                message += "\n  " + player_.waiting(stream, *player_.next(stream));
        if (waiting > kShown) message += "\n  and " + std::to_string(waiting - kShown) + " more";
        if (waiting > 0) throw InputError(message);
    }

    Player& player_;
    std::vector<bool> waits_;
    std::uint32_t size_;
    std::priority_queue<Turn, std::vector<Turn>, std::greater<>> ready_;
    Halves halves_, travellers_;
    std::unordered_map<std::uint64_t, Mail> mail_;
};

}  // namespace carillon::substrate
