// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/qmpi.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/resource/substrate/substrate.h"

namespace carillon::qmpi {
namespace {

using Program = std::function<void(Communicator&)>;
using Register = engine::Register<double>;

/// Angle that makes the state of rank `r` one that no Pauli leaves alone.
double angle(int r) {
    return 0.4 + 0.3 * r;
}

struct Found {
    UsageByOperation usage;
    std::vector<Complex> amplitudes;  ///< of the listed qubits
};

/// Runs a program on threads, and reads the state of qubits, given as (rank, id).
Found run_on(int qpus, const Program& program,
             const std::vector<std::pair<int, std::uint32_t>>& read = {}, std::uint64_t seed = 1,
             int holders = 1) {
    Found found;
    Options options{.qpus = qpus, .seed = seed, .threads = 1};
    options.inspect = [&](substrate::Substrate<double>& held) {
        std::vector<std::uint32_t> handles;
        for (const auto& [rank, id] : read)
            handles.push_back(held.handle(static_cast<std::uint32_t>(rank), id));
        if (!read.empty()) found.amplitudes = held.performer().qubits().amplitudes(handles);
    };
    host::run_as_threads({.ranks = qpus + holders}, [&](host::Ranks& ranks) {
        const UsageByOperation usage = run(ranks, options, program);
        if (ranks.rank() == 0) found.usage = usage;
    });
    return found;
}

std::string input_error(int qpus, const Program& program) {
    try {
        run_on(qpus, program);
    } catch (const InputError& error) {
        return error.what();
    }
    return "none";
}

/// |<a|b>|.
double overlap(const std::vector<Complex>& a, const std::vector<Complex>& b) {
    Complex sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += std::conj(a[k]) * b.at(k);
    return std::abs(sum);
}

/// Amplitudes of Ry(angle(r)) |0> on every rank, rank 0 least significant.
double product_amplitude(std::uint64_t x, int ranks) {
    double product = 1;
    for (int r = 0; r < ranks; ++r)
        product *= (x >> r & 1) != 0 ? std::sin(angle(r) / 2) : std::cos(angle(r) / 2);
    return product;
}

TEST(Qmpi, a_copy_costs_a_pair_and_a_bit_and_a_bit_to_undo) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const Found copied = run_on(
            2,
            [](Communicator& c) {
                if (c.rank() == 0) {
                    const Qubit q = c.allocate();
                    c.ry(angle(0), q);
                    c.send(q, 1);
                } else {
                    c.receive(0);
                }
            },
            {{0, 0}, {1, 0}}, seed);
        const std::vector<Complex> expected{std::cos(0.2), 0, 0, std::sin(0.2)};
        EXPECT_NEAR(overlap(copied.amplitudes, expected), 1, 1e-12);
        EXPECT_EQ(copied.usage, (UsageByOperation{{"send", {1, 1}}}));

        const Found undone = run_on(
            2,
            [](Communicator& c) {
                if (c.rank() == 0) {
                    const Qubit q = c.allocate();
                    c.ry(angle(0), q);
                    c.send(q, 1);
                    c.unsend(q, 1);
                } else {
                    c.unreceive(c.receive(0), 0);
                }
            },
            {{0, 0}}, seed);
        EXPECT_NEAR(overlap(undone.amplitudes, {std::cos(0.2), std::sin(0.2)}), 1, 1e-12);
        EXPECT_EQ(undone.usage, (UsageByOperation{{"send", {1, 1}}, {"unsend", {0, 1}}}));
    }
}

TEST(Qmpi, a_move_costs_a_pair_and_two_bits) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const Found found = run_on(
            2,
            [](Communicator& c) {
                if (c.rank() == 0) {
                    const Qubit stays = c.allocate(), goes = c.allocate();
                    c.ry(0.9, stays);
                    c.cx(stays, goes);
                    c.rx(0.5, goes);
                    c.send_move(goes, 1, 7);
                } else {
                    c.rz(0.8, c.receive_move(0, 7));
                }
            },
            {{0, 0}, {1, 0}}, seed);
        Register one({.threads = 1});
        const std::vector<std::uint32_t> q{one.allocate(), one.allocate()};
        one.gate(GateKind::kRy, 0, std::array{0.9}, std::array{q[0]});
        one.gate(GateKind::kX, 1, {}, q);
        one.gate(GateKind::kRx, 0, std::array{0.5}, std::array{q[1]});
        one.gate(GateKind::kRz, 0, std::array{0.8}, std::array{q[1]});
        EXPECT_NEAR(overlap(found.amplitudes, one.amplitudes(q)), 1, 1e-12);
        EXPECT_EQ(found.usage, (UsageByOperation{{"send_move", {1, 2}}}));
    }
}

TEST(Qmpi, epr_halves_are_a_bell_pair) {
    const Found found = run_on(3,
                               [](Communicator& c) {
                                   if (c.rank() == 1) return;
                                   c.prepare_epr(c.allocate(), 2 - c.rank());
                               },
                               {{0, 0}, {2, 0}});
    EXPECT_NEAR(overlap(found.amplitudes, {std::sqrt(0.5), 0, 0, std::sqrt(0.5)}), 1, 1e-12);
    EXPECT_EQ(found.usage, (UsageByOperation{{"prepare_epr", {1, 0}}}));
}

TEST(Qmpi, bcast_makes_a_ghz_state_and_unbcast_undoes_it) {
    for (const int n : {2, 3, 4, 7})
        for (const int root : {0, n - 1}) {
            const auto fan_out = [&](bool undo) {
                return [&, undo](Communicator& c) {
                    const Qubit mine = c.rank() == root ? c.allocate() : Qubit{};
                    if (c.rank() == root) c.h(mine);
                    const Qubit copy = c.bcast(mine, root);
                    if (undo) c.unbcast(copy, root);
                };
            };
            std::vector<std::pair<int, std::uint32_t>> all;
            for (int r = 0; r < n; ++r) all.emplace_back(r, 0);
            const Found ghz = run_on(n, fan_out(false), all);
            std::vector<Complex> expected(std::size_t{1} << n);
            expected.front() = expected.back() = std::sqrt(0.5);
            EXPECT_NEAR(overlap(ghz.amplitudes, expected), 1, 1e-12);
            const auto cost = static_cast<std::uint64_t>(n - 1);
            EXPECT_EQ(ghz.usage, (UsageByOperation{{"bcast", {cost, cost}}}));
            const Found plus = run_on(n, fan_out(true), {{root, 0}});
            EXPECT_NEAR(overlap(plus.amplitudes, {std::sqrt(0.5), std::sqrt(0.5)}), 1, 1e-12);
            EXPECT_EQ(plus.usage.at("unbcast"), (Usage{0, cost}));
        }
}

TEST(Qmpi, reduce_gives_the_parity_of_all_and_unreduce_takes_it_back) {
    for (const int n : {1, 2, 3, 4, 6})
        for (const int root : {0, n / 2}) {
            // A phase on the parity: exp(-i t/2 Z...Z) of all qubits.
            constexpr double kTurn = 0.7;
            const Found found = run_on(
                n,
                [&](Communicator& c) {
                    const Qubit q = c.allocate();
                    c.ry(angle(c.rank()), q);
                    Parity parity = c.reduce(q, root);
                    EXPECT_EQ(parity.has_result, c.rank() == root);
                    if (parity.has_result) c.rz(kTurn, parity.result);
                    c.unreduce(q, root, parity);
                },
                [&] {
                    std::vector<std::pair<int, std::uint32_t>> all;
                    for (int r = 0; r < n; ++r) all.emplace_back(r, 0);
                    return all;
                }());
            std::vector<Complex> expected;
            for (std::uint64_t x = 0; x < std::uint64_t{1} << n; ++x)
                expected.push_back(product_amplitude(x, n) *
                                   std::polar(1.0, std::popcount(x) % 2 ? kTurn / 2 : -kTurn / 2));
            EXPECT_NEAR(overlap(found.amplitudes, expected), 1, 1e-12) << n << " ranks";
            const auto cost = static_cast<std::uint64_t>(n - 1);
            EXPECT_EQ(found.usage.at("reduce"), (Usage{cost, cost}));
            EXPECT_EQ(found.usage.at("unreduce"), (Usage{0, cost}));
        }
}

TEST(Qmpi, scan_gives_every_rank_the_parity_up_to_it) {
    for (const int n : {1, 2, 5}) {
        std::vector<std::pair<int, std::uint32_t>> all;
        for (int r = 0; r < n; ++r) all.emplace_back(r, 0);
        const Found found = run_on(
            n,
            [&](Communicator& c) {
                const Qubit q = c.allocate();
                c.ry(angle(c.rank()), q);
                Parity parity = c.scan(q);
                c.rz(0.3 + c.rank(), parity.result);
                c.unscan(q, parity);
            },
            all);
        std::vector<Complex> expected;
        for (std::uint64_t x = 0; x < std::uint64_t{1} << n; ++x) {
            double phase = 0;
            for (int r = 0; r < n; ++r) {
                const std::uint64_t up_to = x & ((std::uint64_t{2} << r) - 1);
                phase += (std::popcount(up_to) % 2 ? 0.5 : -0.5) * (0.3 + r);
            }
            expected.push_back(std::polar(product_amplitude(x, n), phase));
        }
        EXPECT_NEAR(overlap(found.amplitudes, expected), 1, 1e-12) << n << " ranks";
        const auto cost = static_cast<std::uint64_t>(n - 1);
        EXPECT_EQ(found.usage.at("scan"), (Usage{cost, cost}));
        EXPECT_EQ(found.usage.at("unscan"), (Usage{0, cost}));
    }
}

TEST(Qmpi, gather_and_scatter_move_qubits) {
    constexpr int kRanks = 4;
    std::vector<std::pair<int, std::uint32_t>> all;
    std::atomic<std::uint32_t> first_id[kRanks];
    const Found found = run_on(kRanks,
                               [&](Communicator& c) {
                                   Qubit q = c.allocate();
                                   c.ry(angle(c.rank()), q);
                                   const std::vector<Qubit> here = c.gather(q, 1);
                                   EXPECT_EQ(here.size(), c.rank() == 1 ? 4U : 0U);
                                   if (c.rank() == 1) c.cz(here[0], here[3]);
                                   q = c.scatter(here, 1);
                                   first_id[c.rank()] = q.id;
                               },
                               {});
    EXPECT_EQ(found.usage.at("gather"), (Usage{3, 6}));
    EXPECT_EQ(found.usage.at("scatter"), (Usage{3, 6}));
    for (int r = 0; r < kRanks; ++r) all.emplace_back(r, first_id[r].load());
    const Found again = run_on(
        kRanks,
        [&](Communicator& c) {
            const Qubit q = c.allocate();
            c.ry(angle(c.rank()), q);
            const std::vector<Qubit> here = c.gather(q, 1);
            if (c.rank() == 1) c.cz(here[0], here[3]);
            c.scatter(here, 1);
        },
        all);
    std::vector<Complex> expected;
    for (std::uint64_t x = 0; x < 16; ++x)
        expected.push_back((x & 9) == 9 ? -product_amplitude(x, 4) : product_amplitude(x, 4));
    EXPECT_NEAR(overlap(again.amplitudes, expected), 1, 1e-12);
}

/// A ring of spins, `spins` on each rank: steps of exp(-i t sum ZZ) and exp(-i t sum X).
TEST(Qmpi, a_ring_of_spins_evolves_as_in_one_register) {
    constexpr int kRanks = 3, kSpins = 2, kSteps = 3;
    const auto program = [](Communicator& c) {
        std::vector<Qubit> spins;
        for (int s = 0; s < kSpins; ++s) spins.push_back(c.allocate());
        for (const Qubit q : spins) c.ry(angle(c.rank()), q);
        const int left = (c.rank() + kRanks - 1) % kRanks, right = (c.rank() + 1) % kRanks;
        for (int step = 0; step < kSteps; ++step) {
            c.rzz(0.3, spins[0], spins[1]);
            Qubit next;
            if (c.rank() == 0) next = c.receive(right);
            c.send(spins[0], left);
            if (c.rank() != 0) next = c.receive(right);
            c.rzz(0.3, spins[1], next);
            c.unreceive(next, right);
            c.unsend(spins[0], left);
            for (const Qubit q : spins) c.rx(0.4, q);
        }
    };
    std::vector<std::pair<int, std::uint32_t>> all;
    for (int r = 0; r < kRanks; ++r)
        for (std::uint32_t s = 0; s < kSpins; ++s) all.emplace_back(r, s);
    for (const int holders : {1, 2}) {
        const Found found = run_on(kRanks, program, all, 5, holders);
        Register one({.threads = 1});
        std::vector<std::uint32_t> q;
        for (int k = 0; k < kRanks * kSpins; ++k) q.push_back(one.allocate());
        for (int k = 0; k < kRanks * kSpins; ++k)
            one.gate(GateKind::kRy, 0, std::array{angle(k / kSpins)}, std::array{q[k]});
        for (int step = 0; step < kSteps; ++step) {
            for (int k = 0; k < kRanks * kSpins; ++k)
                one.gate(GateKind::kRzz, 0, std::array{0.3},
                         std::array{q[k], q[(k + 1) % (kRanks * kSpins)]});
            for (const std::uint32_t h : q)
                one.gate(GateKind::kRx, 0, std::array{0.4}, std::array{h});
        }
        EXPECT_NEAR(overlap(found.amplitudes, one.amplitudes(q)), 1, 1e-12);
        EXPECT_EQ(found.usage.at("send"), (Usage{kRanks * kSteps, kRanks * kSteps}));
        EXPECT_EQ(found.usage.at("unsend"), (Usage{0, kRanks * kSteps}));
    }
}

TEST(Qmpi, equal_seeds_give_equal_outcomes_whoever_is_faster) {
    const auto outcomes = [](std::uint64_t seed) {
        std::vector<std::uint64_t> all(5);
        run_on(
            5,
            [&](Communicator& c) {
                for (int round = 0; round < 40; ++round) {
                    const Qubit mine = c.rank() == 0 ? c.allocate() : Qubit{};
                    if (c.rank() == 0) c.h(mine);
                    const Qubit copy = c.bcast(mine, 0);
                    c.ry(0.7, copy);
                    all[static_cast<std::size_t>(c.rank())] =
                        2 * all[static_cast<std::size_t>(c.rank())] + (c.measure(copy) ? 1 : 0);
                    c.free(copy);
                }
            },
            {}, seed);
        return all;
    };
    const auto first = outcomes(1);
    EXPECT_EQ(first, outcomes(1));
    EXPECT_NE(first, outcomes(2));
}

TEST(Qmpi, ranks_that_wait_for_each_other_are_an_input_error) {
    EXPECT_EQ(input_error(2, [](Communicator& c) { c.receive_bit(1 - c.rank(), 3); }),
              "the QPUs wait for each other:\n"
              "  rank 0 waits for a bit of rank 1, tag 3\n"
              "  rank 1 waits for a bit of rank 0, tag 3");
    EXPECT_EQ(input_error(2,
                          [](Communicator& c) {
                              if (c.rank() == 0) c.prepare_epr(c.allocate(), 1);
                          }),
              "the QPUs wait for each other:\n"
              "  rank 0 waits for a Bell pair with rank 1, tag 0");
}

TEST(Qmpi, mistakes_are_input_errors_on_all_ranks) {
    EXPECT_EQ(input_error(2,
                          [](Communicator& c) {
                              if (c.rank() == 1) c.send_bit(true, 2);
                              c.receive_bit(1 - c.rank());
                          }),
              "rank 1 has no peer 2; there are ranks 0 to 1, itself among them");
    EXPECT_EQ(input_error(1,
                          [](Communicator& c) {
                              const Qubit q = c.allocate();
                              c.h(q);
                              c.free(q);
                          }),
              "a qubit is given back that is neither |0> nor |1>; measure it first");
    EXPECT_EQ(input_error(1,
                          [](Communicator& c) {
                              const Qubit q = c.allocate();
                              c.free(q);
                              c.x(q);
                          }),
              "rank 0 uses a qubit that it does not have, or has no more");
    EXPECT_EQ(input_error(3,
                          [](Communicator& c) {
                              const Qubit q = c.allocate();
                              if (c.rank() == 2) c.gate(GateKind::kRx, 0, {q});
                              c.receive_bit((c.rank() + 1) % 3);
                          }),
              "a rx with 0 controls has 1 qubits and 1 angles, not 1 and 0");
}

TEST(Qmpi, a_rank_that_dies_ends_the_run_on_the_others) {
    const auto program = [](host::Ranks& ranks) {
        run(ranks, {.qpus = 3, .threads = 1}, [](Communicator& c) {
            if (c.rank() == 1) throw host::Died{};
            for (;;) {
                const Qubit q = c.allocate();
                c.h(q);
                c.measure(q);
                c.free(q);
            }
        });
    };
    EXPECT_THROW(host::run_as_threads({.ranks = 4}, program), host::PeerLost);
}

TEST(Qmpi, the_number_of_ranks_must_fit) {
    try {
        host::run_as_threads({.ranks = 5}, [](host::Ranks& ranks) {
            run(ranks, {.qpus = 2}, [](Communicator&) {});
        });
        FAIL();
    } catch (const InputError& error) {
        EXPECT_EQ(std::string(error.what()),
                  "the program needs 2 ranks to control its QPUs, one each, and 1, 2, 4 or another "
                  "power of two to hold the qubits; there are 5: start 4 or 6");
    }
}

}  // namespace
}  // namespace carillon::qmpi
