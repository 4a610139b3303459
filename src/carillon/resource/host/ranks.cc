// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/ranks.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace carillon::host {

std::string_view traffic_name(Traffic kind) {
    static constexpr std::array<std::string_view, kTrafficKinds> kNames{
        "control", "state", "classical", "work", "checkpoint"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::vector<int> Ranks::lost() const {
    std::vector<int> dead;
    for (int r = 0; r < size(); ++r)
        if (!alive(r)) dead.push_back(r);
    return dead;
}

void Ranks::check_lost() const {
    for (int r = 0; r < size(); ++r)
        if (!alive(r) && !std::binary_search(acknowledged_.begin(), acknowledged_.end(), r))
            throw PeerLost(r, "rank " + std::to_string(r) + " died");
}

void Ranks::wait_until(const std::function<bool()>& condition) {
    using Clock = std::chrono::steady_clock;
    constexpr int kEager = 64, kYielding = 4096, kSleepingWaits = 1000;
    constexpr auto kNap = std::chrono::microseconds(20);
    // Who yields a core that others want may wait for their whole time slices; who sleeps is woken
    // at once. So after a yield that took long the next waits sleep.
    if (sleeping_waits_ > 0) --sleeping_waits_;
    for (int turn = 0; !condition(); ++turn) {
        if (turn < kEager) continue;
        check_lost();
        if (sleeping_waits_ > 0 || turn >= kYielding) {
            std::this_thread::sleep_for(kNap);
            continue;
        }
        const auto before = Clock::now();
        sched_yield();
        if (Clock::now() - before > kNap) sleeping_waits_ = kSleepingWaits;
    }
}

void Ranks::finish(Ticket& ticket) {
    wait_until([&] { return ticket->done(); });
    ticket.reset();
}

Arrival Ranks::next(int tag) {
    std::optional<Arrival> arrival;
    wait_until([&] { return (arrival = poll(tag)).has_value(); });
    return std::move(*arrival);
}

}  // namespace carillon::host
