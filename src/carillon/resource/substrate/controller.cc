// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/controller.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/substrate/reply.h"

namespace carillon::substrate {

namespace {

constexpr std::size_t kActBytes = 32 << 10;  ///< in a message
constexpr std::size_t kBundleBytes = 4 << 10;
constexpr int kMostUnderWay = 16;

/// A bit on the wire.
struct WireBit {
    std::uint64_t key = 0;
    std::uint64_t round_and_bit = 0;  ///< 2 round + bit
};

void append(std::vector<std::byte>& bytes, const void* from, std::size_t size) {
    const std::size_t at = bytes.size();
    bytes.resize(at + size);
    std::memcpy(bytes.data() + at, from, size);
}

}  // namespace

Controller::Controller(host::Ranks& ranks, const Roles& roles)
    : ranks_(&ranks),
      roles_(roles),
      index_(roles.controller_at(ranks.rank())),
      outbox_(ranks),
      bundles_(static_cast<std::size_t>(roles.controllers)),
      expected_(static_cast<std::size_t>(roles.controllers)),
      closed_(static_cast<std::size_t>(roles.controllers)),
      sent_(static_cast<std::size_t>(roles.controllers)) {}

void Controller::post(const Act& act) {
    if (act.kind == ActKind::kMeasure) ++open_;
    pack(act, acts_);
    if (acts_.size() >= kActBytes) post_acts();
}

void Controller::post_acts() {
    if (acts_.empty()) return;
    if (under_way_ >= kMostUnderWay) {
        for (std::size_t peer = 0; peer < bundles_.size(); ++peer) post_bits(peer);
        wait([&] { return under_way_ < kMostUnderWay; });
    }
    ++under_way_;
    outbox_.send(std::exchange(acts_, {}), Roles::kSequencer, kActs, host::Traffic::kControl);
}

void Controller::post_bits(std::size_t peer) {
    Bundle& bundle = bundles_[peer];
    if (bundle.bits == 0) return;
    ++sent_[peer].messages;
    sent_[peer].bits += bundle.bits;
    ++bundle.number;
    bundle.bits = 0;
    outbox_.send(std::exchange(bundle.bytes, {}), roles_.rank_of(static_cast<int>(peer)), kLetters,
                 host::Traffic::kClassical);
}

void Controller::post_all() {
    for (std::size_t peer = 0; peer < bundles_.size(); ++peer) post_bits(peer);
    post_acts();
}

/// Waits while it takes what comes. Throws what ended the run elsewhere.
void Controller::wait(const std::function<bool()>& condition) {
    ranks_->wait_until([&] {
        outbox_.sweep();
        read_letters();
        read_replies();
        return condition();
    });
}

void Controller::read_replies() {
    while (const auto arrival = ranks_->poll(kReplies)) {
        for (std::size_t k = 0; k < arrival->bytes.size(); ++k) {
            switch (const auto reply = static_cast<Reply>(arrival->bytes[k])) {
                case Reply::kFailure:
                    failure_ = Failure::from(std::span(arrival->bytes).subspan(k + 1));
                    throw RunEnded{};
                case Reply::kRead:
                    --under_way_;
                    break;
                case Reply::kRound:
                    ++rounds_over_;
                    break;
                case Reply::kZero:
                case Reply::kOne:
                    outcomes_.push_back(reply == Reply::kOne);
            }
        }
    }
}

void Controller::read_letters() {
    while (const auto arrival = ranks_->poll(kLetters)) read_letter(*arrival);
}

void Controller::read_letter(const host::Arrival& arrival) {
    const auto from = static_cast<std::uint32_t>(roles_.controller_at(arrival.from));
    std::uint64_t number = 0;
    if (arrival.bytes.size() < sizeof number) throw InternalError("a message of bits is cut short");
    std::memcpy(&number, arrival.bytes.data(), sizeof number);
    if (number == kLastLetter) {
        closed_[from] = true;
        return;
    }
    if (number != expected_[from]++ && !over_)
        throw InternalError("message " + std::to_string(expected_[from] - 1) +
                            " of bits from controller " + std::to_string(from) + " to controller " +
                            std::to_string(index_) + " was lost");
    for (std::size_t at = sizeof number; at + sizeof(WireBit) <= arrival.bytes.size();
         at += sizeof(WireBit)) {
        WireBit bit;
        std::memcpy(&bit, arrival.bytes.data() + at, sizeof bit);
        if (bit.round_and_bit / 2 >= round_)
            mail_[{bit.round_and_bit / 2, from, bit.key}].push_back(bit.round_and_bit % 2 != 0);
    }
}

bool Controller::outcome() {
    if (open_ == 0) throw InternalError("Controller: no outcome is open");
    if (outcomes_.empty()) {
        post_all();
        wait([&] { return !outcomes_.empty(); });
    }
    --open_;
    const bool result = outcomes_.front();
    outcomes_.pop_front();
    return result;
}

void Controller::send(const Act& act, bool bit) {
    post(act);
    Bundle& bundle = bundles_[act.peer];
    if (bundle.bits++ == 0) append(bundle.bytes, &bundle.number, sizeof bundle.number);
    const WireBit wire{act.key, 2 * round_ + (bit ? 1 : 0)};
    append(bundle.bytes, &wire, sizeof wire);
    if (bundle.bytes.size() >= kBundleBytes) post_bits(act.peer);
}

bool Controller::receive(const Act& act) {
    post(act);
    const MailKey key{round_, act.peer, act.key};
    auto mail = mail_.find(key);
    if (mail == mail_.end()) {
        post_all();
        wait([&] { return (mail = mail_.find(key)) != mail_.end(); });
    }
    const bool bit = mail->second.front();
    mail->second.pop_front();
    if (mail->second.empty()) mail_.erase(mail);
    return bit;
}

void Controller::end_round() {
    Act end;
    end.kind = ActKind::kEnd;
    post(end);
    ++round_;
    mail_.erase(mail_.begin(), mail_.lower_bound({round_, 0, 0}));
}

void Controller::run(const std::function<void()>& work) {
    const auto until_failure = [&](const std::function<void()>& attempt) {
        try {
            attempt();
        } catch (const RunEnded&) {
        } catch (const host::PeerLost&) {
            throw;
        } catch (const host::Died&) {
            throw;
        } catch (...) {
            if (!failure_) fail(Failure::of(std::current_exception()));
        }
    };
    until_failure([&] { until_failure([&] { work(), finish(); }); });
    close();
    if (failure_) failure_->raise();
}

void Controller::finish() {
    post_all();
    wait([&] { return rounds_over_ == round_; });
}

void Controller::fail(const Failure& failure) {
    Act act;
    act.kind = ActKind::kFail;
    act.key = static_cast<std::uint64_t>(failure.kind);
    act.text = failure.text;
    post(act);
    wait_for_failure();
}

void Controller::wait_for_failure() {
    over_ = true;
    post_all();
    wait([] { return false; });
    throw InternalError("Controller: went on after a failure");
}

void Controller::close() {
    over_ = true;
    for (int peer = 0; peer < roles_.controllers; ++peer) {
        if (peer == index_) continue;
        std::vector<std::byte> last;
        append(last, &kLastLetter, sizeof kLastLetter);
        outbox_.send(std::move(last), roles_.rank_of(peer), kLetters, host::Traffic::kControl);
    }
    outbox_.send({}, Roles::kSequencer, kActs, host::Traffic::kControl);
    closed_[static_cast<std::size_t>(index_)] = true;
    ranks_->wait_until([&] {
        read_letters();
        return outbox_.sweep() && std::ranges::all_of(closed_, std::identity{});
    });
}

}  // namespace carillon::substrate
