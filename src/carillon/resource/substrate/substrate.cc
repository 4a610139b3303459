// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/substrate.h"

#include <array>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/substrate/reply.h"
#include "carillon/resource/substrate/turns.h"

namespace carillon::substrate {

namespace {

constexpr std::size_t kBatchBytes = 64 << 10;
constexpr std::size_t kMostReplies = 64;
/// Passes over states of so many axes take longer than a message.
constexpr int kLargeState = 16;

/// First byte of a batch.
constexpr std::byte kActsFollow{0}, kRoundIsOver{1}, kFailed{2};

}  // namespace

template <class Real>
Substrate<Real>::Substrate(host::Ranks& ranks, const Roles& roles, SubstrateOptions options)
    : ranks_(&ranks),
      roles_(roles),
      options_(std::move(options)),
      group_(ranks, roles.substrate_ranks(), kSubstrateGroup),
      outbox_(ranks),
      inboxes_(static_cast<std::size_t>(roles.controllers)),
      replies_(static_cast<std::size_t>(roles.controllers)) {}

template <class Real>
void Substrate<Real>::begin_round() {
    performer_ = std::make_unique<Performer<Real>>(options_.state);
    handles_.assign(static_cast<std::size_t>(roles_.controllers), {});
    next_handle_ = allocated_ = 0;
    for (std::size_t c = 0; c < options_.qubits.size(); ++c)
        for (std::uint32_t q = 0; q < options_.qubits[c]; ++q) {
            handles_[c].push_back(next_handle_++);
            allocate_up_to(handles_[c].back());
        }
    for (Inbox& inbox : inboxes_) inbox.ended = false;
    batch_.assign(1, kActsFollow);
}

template <class Real>
void Substrate<Real>::run_round() {
    if (ranks_->rank() == Roles::kSequencer)
        lead();
    else
        follow();
}

// The sequencer.

template <class Real>
void Substrate<Real>::lead() {
    bool members_wait = roles_.substrate > 1;
    try {
        begin_round();
        Turns<Substrate>(*this, inboxes_.size()).run();
        hand_on(kRoundIsOver);
        members_wait = false;
        if (roles_.substrate > 1) group_.agree({});
    } catch (const host::PeerLost&) {
        throw;
    } catch (...) {
        const Failure failure = Failure::of(std::current_exception());
        if (members_wait) {
            std::vector<std::byte> text = failure.bytes();
            text.insert(text.begin(), kFailed);
            group_.broadcast(text);
        }
        tell_all(failure);
        failure.raise();
    }
    for (std::vector<std::byte>& reply : replies_)
        reply.push_back(static_cast<std::byte>(Reply::kRound));
    post_replies();
}

template <class Real>
void Substrate<Real>::tell_all(const Failure& failure) {
    for (std::vector<std::byte>& reply : replies_) {
        reply.push_back(static_cast<std::byte>(Reply::kFailure));
        const std::vector<std::byte> bytes = failure.bytes();
        reply.insert(reply.end(), bytes.begin(), bytes.end());
    }
    post_replies();
}

template <class Real>
void Substrate<Real>::post_replies() {
    for (std::size_t c = 0; c < replies_.size(); ++c)
        if (!replies_[c].empty())
            outbox_.send(std::exchange(replies_[c], {}), roles_.rank_of(static_cast<int>(c)),
                         kReplies, host::Traffic::kControl);
}

template <class Real>
void Substrate<Real>::wait_for_acts() {
    post_replies();
    if (batch_.size() > 1) hand_on(kActsFollow);
    host::Arrival arrival = ranks_->next(kActs);
    const auto from = static_cast<std::size_t>(roles_.controller_at(arrival.from));
    if (arrival.bytes.empty() && ++left_ > 0)
        throw InternalError("controller " + std::to_string(from) + " left before the end");
    inboxes_[from].messages.push_back(std::move(arrival.bytes));
}

template <class Real>
const Act* Substrate<Real>::next(std::uint32_t controller) {
    Inbox& inbox = inboxes_[controller];
    if (inbox.act != nullptr || inbox.ended) return inbox.act;
    while (inbox.reader.empty()) {
        if (std::exchange(inbox.open, false))
            replies_[controller].push_back(static_cast<std::byte>(Reply::kRead));
        while (inbox.messages.empty()) wait_for_acts();
        inbox.reader.open(std::move(inbox.messages.front()));
        inbox.messages.pop_front();
        inbox.open = true;
    }
    inbox.act = &inbox.reader.next();
    if (inbox.act->kind == ActKind::kEnd) {
        inbox.ended = true;
        inbox.act = nullptr;
    }
    return inbox.act;
}

template <class Real>
auto Substrate<Real>::find_handle(std::uint32_t controller, std::uint32_t qubit) -> Handle {
    constexpr std::uint32_t kMostQubits = 1 << 24;
    std::vector<Handle>& own = handles_[controller];
    if (qubit >= kMostQubits) throw InternalError("an act names a qubit that nobody can have");
    while (own.size() <= qubit) own.push_back(next_handle_++);
    return own[qubit];
}

template <class Real>
void Substrate<Real>::perform(std::uint32_t controller, const Act& act) {
    if (act.kind == ActKind::kFail)
        Failure{static_cast<Failure::Kind>(act.key), std::string(act.text)}.raise();
    operands_.clear();
    for (const std::uint32_t qubit : act.qubits)
        operands_.push_back(find_handle(controller, qubit));
    Act own = act;
    own.peer = controller;
    own.qubits = operands_;
    const bool outcome = submit(own);
    if (act.kind != ActKind::kMeasure) return;
    replies_[controller].push_back(static_cast<std::byte>(outcome ? Reply::kOne : Reply::kZero));
    if (replies_[controller].size() >= kMostReplies ||
        performer_->qubits().peak_axes() >= kLargeState)
        post_replies();
}

template <class Real>
void Substrate<Real>::pair(std::uint32_t first, const Act& a, std::uint32_t second, const Act& b) {
    operands_ = {find_handle(first, a.qubits[0]), find_handle(second, b.qubits[0])};
    Act both;
    both.kind = ActKind::kPair;
    both.qubits = operands_;
    submit(both);
}

template <class Real>
void Substrate<Real>::carry(std::uint32_t from, const Act& leaves, std::uint32_t to,
                            const Act& arrives) {
    operands_ = {find_handle(from, leaves.qubits[0]), find_handle(to, arrives.qubits[0])};
    Act both;
    both.kind = ActKind::kArrive;
    both.qubits = operands_;
    submit(both);
}

template <class Real>
std::string Substrate<Real>::waiting(std::uint32_t controller, const Act& act) const {
    if (options_.waiting) return options_.waiting(controller, act);
    const auto name = [&](std::uint32_t c) {
        return c < options_.names.size() ? options_.names[c] : "controller " + std::to_string(c);
    };
    const char* what = act.kind == ActKind::kPair      ? "pair "
                       : act.kind == ActKind::kReceive ? "message "
                                                       : "transfer ";
    return name(controller) + " waits for " + what + std::to_string(act.key) + " with " +
           name(act.peer);
}

/// Does an act about qubits here and on all members. Returns: its outcome.
template <class Real>
bool Substrate<Real>::submit(const Act& act) {
    if (roles_.substrate == 1) return do_act(act);
    pack(act, batch_);
    const bool needs_outcome = act.kind == ActKind::kMeasure || act.kind == ActKind::kReset;
    return needs_outcome || batch_.size() >= kBatchBytes ? hand_on(kActsFollow) : false;
}

/// Gives the batch to the members and does it here. Returns: the outcome of its last measurement.
template <class Real>
bool Substrate<Real>::hand_on(std::byte mark) {
    if (roles_.substrate == 1) return false;
    batch_[0] = mark;
    std::vector<std::byte> batch = std::exchange(batch_, {kActsFollow});
    group_.broadcast(batch);
    return do_batch(std::move(batch));
}

// All who hold qubits.

template <class Real>
void Substrate<Real>::allocate_up_to(Handle handle) {
    for (; allocated_ <= handle; ++allocated_) performer_->qubits().allocate();
}

template <class Real>
bool Substrate<Real>::do_batch(std::vector<std::byte> batch) {
    batch.erase(batch.begin());
    ActReader reader;
    reader.open(std::move(batch));
    bool outcome = false;
    while (!reader.empty()) {
        const Act& act = reader.next();
        const bool result = do_act(act);
        if (act.kind == ActKind::kMeasure || act.kind == ActKind::kReset) outcome = result;
    }
    return outcome;
}

template <class Real>
bool Substrate<Real>::do_act(const Act& act) {
    for (const Handle handle : act.qubits) allocate_up_to(handle);
    try {
        return performer_->perform(act);
    } catch (const InputError& error) {
        if (act.kind != ActKind::kGate || act.peer >= options_.names.size()) throw;
        throw InputError("QPU " + options_.names[act.peer] + ": " + error.what());
    }
}

/// A member's round. What goes wrong here goes wrong on the sequencer too, which then ends the run;
/// or else it comes out when the round is over.
template <class Real>
void Substrate<Real>::follow() {
    std::string wrong;
    const auto try_to = [&](const auto& work) {
        try {
            if (wrong.empty()) work();
        } catch (const host::PeerLost&) {
            throw;
        } catch (...) {
            wrong = Failure::of(std::current_exception()).text;
        }
    };
    try_to([&] { begin_round(); });
    for (;;) {
        std::vector<std::byte> batch;
        group_.broadcast(batch);
        const std::byte mark = batch.at(0);
        if (mark == kFailed) Failure::from(std::span(batch).subspan(1)).raise();
        try_to([&] { do_batch(std::move(batch)); });
        if (mark == kRoundIsOver) return group_.agree(wrong);
    }
}

template <class Real>
void Substrate<Real>::close() {
    if (ranks_->rank() != Roles::kSequencer) return;
    while (left_ < roles_.controllers) {
        if (ranks_->next(kActs).bytes.empty()) ++left_;
        outbox_.sweep();
    }
    ranks_->wait_until([&] { return outbox_.sweep(); });
}

template class Substrate<float>;
template class Substrate<double>;

}  // namespace carillon::substrate
