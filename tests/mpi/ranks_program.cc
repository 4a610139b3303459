// SPDX-License-Identifier: Apache-2.0
// What mpirun and srun start in the tests of ranks.
//   carillon_ranks conform [BYTES]   the rules that every kind of ranks keeps, with messages of up
//   to BYTES
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "carillon/resource/host/conformance.h"
#include "carillon/resource/host/group.h"
#include "carillon/resource/host/regroup.h"
#include "carillon/resource/host/started.h"

namespace {

using namespace carillon;
using namespace carillon::host;

std::size_t number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size())
        throw InputError("expected a number, not " + std::string(text));
    return value;
}

int conform(Ranks& ranks, const std::vector<std::string>& words) {
    check_conformance(ranks, words.size() > 1 ? number(words[1]) : std::size_t{1} << 18);
    if (ranks.rank() == 0) std::printf("%s conform\n", ranks.description().c_str());
    return 0;
}

constexpr std::string_view kPause = "pause=";

/// Milliseconds between turns.
std::size_t pause_ms(const std::vector<std::string>& words) {
    const bool given = words.size() > 1 && words[1].starts_with(kPause);
    return given ? number(words[1].substr(kPause.size())) : 0;
}

/// "2@30": rank 2 at turn 30.
std::map<int, int> deaths(const std::vector<std::string>& words) {
    std::map<int, int> turns;
    for (std::size_t k = 1; k < words.size(); ++k) {
        if (words[k].starts_with(kPause)) continue;
        const std::size_t at = words[k].find('@');
        if (at == std::string::npos) throw InputError("expected RANK@TURN, not " + words[k]);
        turns[static_cast<int>(number(words[k].substr(0, at)))] =
            static_cast<int>(number(words[k].substr(at + 1)));
    }
    return turns;
}

/// Milliseconds on a clock that all processes of a machine share.
double clock_ms() {
    return std::chrono::duration<double, std::milli>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// A message that is large enough to be under way when its sender or receiver dies.
void exchange(Group& group, int turn) {
    constexpr std::size_t kBytes = 300000;
    const int size = group.size();
    std::vector<std::byte> out(kBytes, static_cast<std::byte>(turn)), in(kBytes);
    Ticket sent = group.ranks().start_send(out, group.rank_at((group.index() + 1) % size), 7,
                                           Traffic::kState);
    Ticket came =
        group.ranks().start_receive(in, group.rank_at((group.index() + size - 1) % size), 7);
    group.ranks().finish(came);
    group.ranks().finish(sent);
    if (in.front() != out.front() || in.back() != out.back())
        throw InternalError("a message holds what was sent before a death");
}

/// One turn of the work: a sum that tells whether all who should be in it are.
void work(Group& group, int turn) {
    exchange(group, turn);
    std::uint64_t sum = 1U << group.ranks().rank();
    group.sum(std::span<std::uint64_t>(&sum, 1));
    std::uint64_t expected = 0;
    for (const int rank : group.members()) expected |= 1U << rank;
    if (sum != expected) throw InternalError("a sum holds what dead ranks left");
}

/// Ends this process, or only stops it for longer than the time after which others take it for
/// dead.
void die(int signal) {
    const char* lease = std::getenv("CARILLON_LEASE_MS");
    if (signal == SIGSTOP && lease != nullptr && fork() == 0) {
        ::usleep(1500U * static_cast<unsigned>(number(lease)));
        ::kill(getppid(), SIGCONT);
        _exit(0);
    }
    ::kill(getpid(), signal);
}

int survive(Ranks& ranks, const std::vector<std::string>& words, int signal) {
    constexpr int kTurns = 60;
    const std::map<int, int> dying = deaths(words);
    const std::size_t pause = pause_ms(words);
    Group group = Group::world(ranks);
    for (std::int64_t turn = 0;;) {
        try {
            for (; turn < kTurns; ++turn) {
                const auto mine = dying.find(ranks.rank());
                if (mine != dying.end() && mine->second == turn) {
                    std::fprintf(stderr, "rank %d: dies at %.3f\n", ranks.rank(), clock_ms());
                    die(signal);
                }
                work(group, static_cast<int>(turn));
                std::this_thread::sleep_for(std::chrono::milliseconds(pause));
            }
            turn = kThrough;
            group.barrier();
            break;
        } catch (const PeerLost& lost) {
            const double noticed = clock_ms();
            const Survivors left = regroup(ranks, turn);
            group = Group(ranks, left.ranks, 1);
            turn = left.progress;
            std::fprintf(stderr, "rank %d: rank %d lost at %.3f, regrouped at %.3f\n", ranks.rank(),
                         lost.rank(), noticed, clock_ms());
            if (turn == kThrough) break;
        }
    }
    if (ranks.rank() == group.members().front())
        std::printf("%d of %d ranks did the work\n", group.size(), ranks.size());
    return 0;
}

/// Microseconds of one turn, over many.
double each_us(int turns, const std::function<void()>& turn) {
    const double begin = clock_ms();
    for (int k = 0; k < turns; ++k) turn();
    return (clock_ms() - begin) * 1000 / turns;
}

/// Time of a message from the first rank to the last and back.
double round_trip_us(Ranks& ranks, std::size_t bytes, int turns) {
    const int last = ranks.size() - 1;
    std::vector<std::byte> room(bytes);
    Group::world(ranks).barrier();
    if (ranks.rank() != 0 && ranks.rank() != last) return 0;
    return each_us(turns, [&] {
        if (ranks.rank() == 0) ranks.send(room, last, 1, Traffic::kState);
        ranks.receive(room, last - ranks.rank(), 1);
        if (ranks.rank() == last) ranks.send(room, 0, 1, Traffic::kState);
    });
}

int measure(Ranks& ranks) {
    constexpr std::size_t kLarge = std::size_t{1} << 26;
    const double small = round_trip_us(ranks, 8, 2000);
    const double large = round_trip_us(ranks, kLarge, 10);
    double counter = 0;
    {
        const auto number = ranks.open_counter();
        if (ranks.rank() == ranks.size() - 1)
            counter = each_us(1000, [&] { number->fetch_add(1); });
        Group::world(ranks).barrier();
        counter = Group::world(ranks).most(counter);
    }
    Group world = Group::world(ranks);
    const double barrier = each_us(200, [&] { world.barrier(); });
    const double window = each_us(20, [&] { ranks.open_window(1 << 20); });
    if (ranks.rank() == 0)
        std::printf(
            "%s\n8 bytes one way %.1f us, 64 MiB one way %.2f GB/s, counter %.2f us, barrier %.1f "
            "us, "
            "window %.0f us\n",
            ranks.description().c_str(), small / 2, static_cast<double>(kLarge) * 2 / large / 1e3,
            counter, barrier, window);
    return 0;
}

int fail(Ranks& ranks, const std::vector<std::string>& words) {
    if (words.size() != 2) throw InputError("fail needs a rank");
    if (ranks.rank() == static_cast<int>(number(words[1]))) throw ResourceError("this rank failed");
    Group::world(ranks).barrier();
    return 0;
}

int run(Ranks& ranks, const std::vector<std::string>& words) {
    const std::string verb = words.empty() ? "" : words[0];
    if (verb == "conform") return conform(ranks, words);
    if (verb == "kill") return survive(ranks, words, SIGKILL);
    if (verb == "stop") return survive(ranks, words, SIGSTOP);
    if (verb == "measure") return measure(ranks);
    if (verb == "fail") return fail(ranks, words);
    throw InputError("unknown test \"" + verb + "\"");
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    return run_as_started("carillon_ranks", [&](Ranks& ranks) { return run(ranks, words); });
}
