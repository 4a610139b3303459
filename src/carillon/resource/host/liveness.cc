// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/liveness.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>

namespace carillon::host {

namespace {

using std::chrono::milliseconds;

constexpr int kBeatsPerLease = 5;
constexpr milliseconds kFlagsTick{100};      ///< to see what others wrote in the flags
constexpr milliseconds kProcessTick{5};      ///< to look at processes that have no pidfd
constexpr milliseconds kConnectTime{10000};  ///< when there is no lease
constexpr milliseconds kFarewellTime{200};
constexpr int kSilencesOfDeadNode = 2;

Frame gone(int rank, RankState state) {
    return {Frame::kGone, rank, static_cast<std::uint64_t>(state), 0};
}

std::atomic_ref<std::uint8_t> flag(std::span<std::byte> flags, int rank) {
    return std::atomic_ref<std::uint8_t>(
        reinterpret_cast<std::uint8_t&>(flags[static_cast<std::size_t>(rank)]));
}

}  // namespace

Liveness::Liveness(LivenessPlan plan, Listener listener, std::span<std::byte> flags)
    : plan_(std::move(plan)),
      listener_(std::move(listener)),
      flags_(flags),
      told_(plan_.node_of.size(), RankState::kAlive),
      finished_(plan_.node_of.size(), false),
      last_beat_(Clock::now()),
      last_turn_(Clock::now()),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    nodes_ = 1 + *std::max_element(plan_.node_of.begin(), plan_.node_of.end());
    silences_.resize(static_cast<std::size_t>(nodes_));
    for (int r = 0; r < size(); ++r)
        if (r != plan_.rank && node_of(r) == node_of(plan_.rank))
            processes_.emplace(r, ProcessWatch(plan_.process[static_cast<std::size_t>(r)]));
    sigset_t all, before;  // signals are for the program's own threads
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Liveness::~Liveness() {
    stop_ = true;
    eventfd_write(wake_.number(), 1);
    thread_.join();
}

RankState Liveness::state(int rank) const {
    return static_cast<RankState>(flag(flags_, rank).load(std::memory_order_acquire));
}

void Liveness::leave() {
    if (state(plan_.rank) != RankState::kAlive) return;
    mark(plan_.rank, RankState::kLeft);
    eventfd_write(wake_.number(), 1);
    const int leader = first_alive_on(node_of(plan_.rank));
    if (nodes_ == 1 || leader < 0) return;
    // The one who has the connections need not wait until it looks at the flags.
    if (auto socket = visit(plan_, leader, kFarewellTime))
        socket->send(gone(plan_.rank, RankState::kLeft));
}

void Liveness::offer_counter(std::uint64_t number, std::atomic<std::int64_t>* value) {
    const std::lock_guard lock(counters_mutex_);
    counters_[number] = value;
}

void Liveness::withdraw_counter(std::uint64_t number) {
    const std::lock_guard lock(counters_mutex_);
    counters_.erase(number);
}

/// States only grow: one that is dead stays it.
void Liveness::mark(int rank, RankState state) {
    auto known = flag(flags_, rank);
    const auto wanted = static_cast<std::uint8_t>(state);
    std::uint8_t before = known.load();
    while (before < wanted && !known.compare_exchange_weak(before, wanted)) {
    }
}

void Liveness::run() {
    while (!stop_) {
        wait_for_news();
        check_own_sleep();
        if (state(plan_.rank) == RankState::kDead) break;  // the others go on without this rank
        check_leases();
        keep_connections();
        tell_news();
        std::erase_if(links_, [](const Link& link) { return link.closed; });
    }
    say_goodbye();
    links_.clear();
}

/// Milliseconds until something must be done; -1: never.
int Liveness::patience() const {
    const bool unseen = std::any_of(processes_.begin(), processes_.end(),
                                    [](const auto& watch) { return watch.second.number() < 0; });
    if (unseen) return static_cast<int>(kProcessTick.count());
    if (nodes_ == 1) return -1;
    const milliseconds beat = plan_.lease / kBeatsPerLease;
    return static_cast<int>((beat.count() > 0 ? std::min(beat, kFlagsTick) : kFlagsTick).count());
}

void Liveness::wait_for_news() {
    std::vector<pollfd> asked{{wake_.number(), POLLIN, 0}, {listener_.number(), POLLIN, 0}};
    for (const Link& link : links_)
        asked.push_back(
            {link.socket.number(), static_cast<short>(link.connecting ? POLLOUT : POLLIN), 0});
    for (const auto& [rank, watch] : processes_) asked.push_back({watch.number(), POLLIN, 0});
    poll(asked.data(), asked.size(), patience());

    eventfd_t value = 0;
    eventfd_read(wake_.number(), &value);
    const std::size_t links = links_.size();  // an accepted one comes behind
    for (std::size_t k = 0; k < links; ++k) {
        if (asked[2 + k].revents == 0) continue;
        if (links_[k].connecting)
            finish_connect(links_[k]);
        else
            take_all(links_[k]);
    }
    while (auto socket = listener_.accept()) links_.emplace_back(std::move(*socket), Clock::now());
    std::erase_if(processes_, [&](const auto& watch) {
        if (!watch.second.ended()) return false;
        mark(watch.first, RankState::kDead);
        return true;
    });
}

void Liveness::take_all(Link& link) {
    std::vector<Frame> frames;
    const FrameSocket::Status status = link.socket.take(frames);
    link.heard = Clock::now();
    for (const Frame& frame : frames)
        if (!link.closed) take(link, frame);
    if (status == FrameSocket::Status::kClosed) lose(link);
}

void Liveness::take(Link& link, const Frame& frame) {
    const bool known = frame.rank >= 0 && frame.rank < size();
    switch (frame.kind) {
        case Frame::kHello:
        case Frame::kVisit:
            return welcome(link, frame);
        case Frame::kGone:
            if (link.rank >= 0 && known) mark(frame.rank, static_cast<RankState>(frame.value));
            return;
        case Frame::kBye:
            if (link.rank >= 0) finished_[static_cast<std::size_t>(link.rank)] = true;
            link.closed = true;
            return;
        case Frame::kAdd:
            if (link.rank >= 0) answer_add(link, frame);
            return;
        default:
            return;
    }
}

void Liveness::welcome(Link& link, const Frame& frame) {
    const bool ours = frame.value == plan_.key && frame.amount == plan_.rank && frame.rank >= 0 &&
                      frame.rank < size();
    if (!ours || (link.outgoing && frame.rank != link.rank)) {  // a stranger, or not whom we meant
        link.closed = true;
        return;
    }
    link.rank = frame.rank;
    link.visitor = frame.kind == Frame::kVisit;
    if (link.visitor) return;
    if (!link.outgoing) send(link, {Frame::kHello, plan_.rank, plan_.key, link.rank});
    link.greeted = true;
    silences_[static_cast<std::size_t>(node_of(link.rank))] = 0;
    for (int r = 0; r < size(); ++r)
        if (state(r) != RankState::kAlive) send(link, gone(r, state(r)));
}

void Liveness::answer_add(Link& link, const Frame& frame) {
    const std::lock_guard lock(counters_mutex_);
    const auto counter = counters_.find(frame.value);
    if (counter == counters_.end())
        send(link, {Frame::kUnknown, plan_.rank, frame.value, 0});
    else
        send(link,
             {Frame::kSum, plan_.rank, frame.value, counter->second->fetch_add(frame.amount)});
}

void Liveness::connect_to(int rank, std::size_t address) {
    const Endpoint& to = plan_.endpoint[static_cast<std::size_t>(rank)];
    for (; address < to.count; ++address) {
        auto socket = FrameSocket::start_connect(to.addresses[address], to.port);
        if (!socket) continue;
        Link& link = links_.emplace_back(std::move(*socket), Clock::now());
        link.rank = rank;
        link.outgoing = link.connecting = true;
        link.address = address;
        return;
    }
    mark(rank, RankState::kDead);  // it refused on all its addresses
}

void Liveness::finish_connect(Link& link) {
    if (link.socket.connect_error() != 0) return lose(link);
    link.connecting = false;
    send(link, {Frame::kHello, plan_.rank, plan_.key, link.rank});
}

void Liveness::send(Link& link, const Frame& frame) {
    if (!link.closed && !link.socket.send(frame)) lose(link);
}

/// Goes on with another address of a rank that one could not connect to. The link may move.
bool Liveness::try_next_address(Link& link) {
    const int rank = link.rank;
    const std::size_t next = link.address + 1;
    link.closed = true;
    if (next >= plan_.endpoint[static_cast<std::size_t>(rank)].count) return false;
    connect_to(rank, next);
    return true;
}

/// The other end is gone: its process ended.
void Liveness::lose(Link& link) {
    if (link.closed) return;
    link.closed = true;
    const int rank = link.rank;
    if (rank < 0 || link.visitor || finished_[static_cast<std::size_t>(rank)]) return;
    if (link.connecting && try_next_address(link)) return;
    mark(rank, RankState::kDead);
}

/// A rank that was silent for a lease is dead; when the next of its node is silent too, so is the
/// whole node.
void Liveness::give_up_silent(Link& link) {
    const int rank = link.rank, node = node_of(rank);
    if (link.connecting && try_next_address(link)) return;
    link.socket.send(gone(rank, RankState::kDead));  // should it wake up again
    link.closed = true;
    mark(rank, RankState::kDead);
    if (++silences_[static_cast<std::size_t>(node)] < kSilencesOfDeadNode) return;
    for (int r = 0; r < size(); ++r)
        if (node_of(r) == node) mark(r, RankState::kDead);
}

void Liveness::check_leases() {
    const Clock::time_point now = Clock::now();
    const std::size_t links = links_.size();  // new ones come behind
    for (std::size_t k = 0; k < links; ++k) {
        Link& link = links_[k];
        const milliseconds limit =
            link.greeted || plan_.lease.count() > 0 ? plan_.lease : kConnectTime;
        if (link.closed || link.visitor || limit.count() == 0 || now - link.heard < limit) continue;
        if (link.rank < 0)
            link.closed = true;  // never said who it is
        else
            give_up_silent(link);
    }
}

/// One who slept for longer than the lease was taken for dead.
void Liveness::check_own_sleep() {
    const Clock::time_point now = Clock::now();
    const bool watched =
        std::any_of(links_.begin(), links_.end(), [](const Link& link) { return link.greeted; });
    if (watched && plan_.lease.count() > 0 && now - last_turn_ > plan_.lease)
        mark(plan_.rank, RankState::kDead);
    last_turn_ = now;
}

int Liveness::first_alive_on(int node) const {
    for (int r = 0; r < size(); ++r)
        if (node_of(r) == node && state(r) == RankState::kAlive) return r;
    return -1;
}

/// The living nodes that follow this one at distances 1, 2, 4, ..., or the next living ones after.
/// The next one is always among them, so that all living nodes hang together.
std::vector<int> Liveness::wanted_nodes() const {
    std::set<int> wanted;
    for (int distance = 1; distance < nodes_; distance *= 2)
        for (int d = distance; d < nodes_; ++d) {
            const int node = (node_of(plan_.rank) + d) % nodes_;
            if (first_alive_on(node) < 0) continue;
            wanted.insert(node);
            break;
        }
    return {wanted.begin(), wanted.end()};
}

bool Liveness::has_link_to(int node) const {
    return std::any_of(links_.begin(), links_.end(), [&](const Link& link) {
        return link.outgoing && !link.closed && node_of(link.rank) == node;
    });
}

void Liveness::keep_connections() {
    if (nodes_ == 1 || first_alive_on(node_of(plan_.rank)) != plan_.rank) return;
    for (const int node : wanted_nodes()) {
        const int rank = first_alive_on(node);
        if (rank < 0 || finished_[static_cast<std::size_t>(rank)] || has_link_to(node)) continue;
        connect_to(rank, 0);
    }
}

void Liveness::tell_news() {
    const Clock::time_point now = Clock::now();
    const auto to_all = [&](const Frame& frame) {
        for (Link& link : links_)
            if (link.greeted) send(link, frame);
    };
    for (int r = 0; r < size(); ++r) {
        const RankState known = state(r);
        if (known == told_[static_cast<std::size_t>(r)]) continue;
        told_[static_cast<std::size_t>(r)] = known;
        to_all(gone(r, known));
    }
    if (plan_.lease.count() == 0 || now - last_beat_ < plan_.lease / kBeatsPerLease) return;
    last_beat_ = now;
    to_all({Frame::kBeat, plan_.rank, 0, 0});
}

void Liveness::say_goodbye() {
    for (Link& link : links_)
        if (!link.closed && link.greeted) link.socket.send({Frame::kBye, plan_.rank, 0, 0});
}

std::optional<FrameSocket> visit(const LivenessPlan& plan, int rank, milliseconds limit) {
    const Endpoint& to = plan.endpoint[static_cast<std::size_t>(rank)];
    for (std::size_t k = 0; k < to.count; ++k) {
        auto socket = FrameSocket::start_connect(to.addresses[k], to.port);
        if (!socket) continue;
        pollfd ask{socket->number(), POLLOUT, 0};
        if (poll(&ask, 1, static_cast<int>(limit.count())) != 1 || socket->connect_error() != 0)
            continue;
        if (socket->send({Frame::kVisit, plan.rank, plan.key, rank})) return socket;
    }
    return std::nullopt;
}

}  // namespace carillon::host
