// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/safe_state.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "carillon/base/error.h"
#include "carillon/resource/engine/random_program_for_test.h"
#include "carillon/resource/host/started.h"

namespace carillon::engine {
namespace {

constexpr int kGates = 120;

/// When which ranks die: each before its n-th message.
struct Death {
    int rank = -1;
    std::uint64_t sent = 0;
};

struct Survived {
    int ranks = 0;               ///< that came to the end
    std::uint64_t messages = 0;  ///< that the one with most of them sent
    SafetyReport report;
};

std::vector<Complex> amplitudes_alone(std::uint64_t seed, int qubits, bool measure) {
    RandomProgram<double> alone(seed, qubits, {.threads = 1});
    alone.run(kGates, measure);
    return alone.amplitudes();
}

RegisterOptions over(host::Ranks& host, const SafetyOptions& safety, int spread_axes = 1) {
    return {.threads = 1, .ranks = &host, .spread_axes = spread_axes, .safety = safety};
}

/// Runs the program with deaths on the way, and expects what one process gives.
Survived run_with_deaths(std::uint64_t seed, const host::ThreadRanksOptions& ranks, bool measure,
                         std::vector<Death> deaths, SafetyOptions safety = {}) {
    constexpr int kQubits = 16;
    const std::vector<Complex> expected = amplitudes_alone(seed, kQubits, measure);
    Survived survived;
    std::mutex mutex;
    host::ThreadRanksOptions options = ranks;
    options.before_send = [&](const host::Ranks& host, std::uint64_t sent) {
        for (const Death& death : deaths)
            if (host.rank() == death.rank && sent == death.sent) throw host::Died{};
    };
    host::run_as_threads(options, [&](host::Ranks& host) {
        SafetyOptions own = safety;
        own.on = true;
        own.seconds = 0;
        own.report = std::make_shared<SafetyReport>();
        RandomProgram<double> program(seed, kQubits, over(host, own));
        program.run(kGates, measure);
        const std::vector<Complex> found = program.amplitudes();
        program.qubits().close();
        host::conclude(host, {});
        const std::lock_guard lock(mutex);
        double worst = 0;
        for (std::size_t i = 0; i < found.size(); ++i)
            worst = std::max(worst, std::abs(found[i] - expected[i]));
        EXPECT_LT(worst, 1e-12) << "seed " << seed << " on rank " << host.rank();
        ++survived.ranks;
        std::uint64_t messages = 0;
        for (const host::TrafficCount& count : host.traffic()) messages += count.messages;
        survived.messages = std::max(survived.messages, messages);
        survived.report = *own.report;
    });
    return survived;
}

TEST(SafeState, without_deaths_it_is_the_state_of_one_process) {
    for (const bool measure : {false, true}) {
        const Survived survived = run_with_deaths(1, {4, 2}, measure, {});
        EXPECT_EQ(survived.ranks, 4);
        EXPECT_GT(survived.report.checkpoints, 1U);
        EXPECT_TRUE(survived.report.recoveries.empty());
    }
}

TEST(SafeState, a_rank_that_dies_at_any_moment_changes_nothing) {
    Random random(11);
    int recovered = 0;
    for (int k = 0; k < 30; ++k) {
        const auto seed = static_cast<std::uint64_t>(k % 6);
        const host::ThreadRanksOptions ranks{4, 1 + k % 4};
        const bool measure = k % 2 == 1;
        const std::uint64_t messages = run_with_deaths(seed, ranks, measure, {}).messages;
        const Death death{static_cast<int>(random.below(4)), random.below(messages)};
        const Survived survived = run_with_deaths(seed, ranks, measure, {death});
        ASSERT_GE(survived.ranks, 3);
        for (const Recovery& recovery : survived.report.recoveries) {
            EXPECT_EQ(recovery.dead, std::vector<int>{death.rank});
            EXPECT_LE(recovery.parts, 2U);  // half as many
            ++recovered;
        }
    }
    EXPECT_GT(recovered, 12);  // the others came when all was done
}

TEST(SafeState, a_spare_rank_takes_the_place_of_a_dead_one) {
    const Survived survived = run_with_deaths(3, {5, 1}, false, {{2, 25}});
    ASSERT_EQ(survived.report.recoveries.size(), 1U);
    EXPECT_EQ(survived.report.recoveries[0].parts, 4U);
    EXPECT_EQ(survived.ranks, 4);
}

TEST(SafeState, several_deaths_one_after_another_are_survived) {
    Random random(5);
    for (int k = 0; k < 10; ++k) {
        // Never both partners at once: 0 and 4, 1 and 5, ... are partners of eight.
        const Survived survived = run_with_deaths(
            static_cast<std::uint64_t>(k), {9, 3}, false,
            {{1, 10 + random.below(20)}, {6, 40 + random.below(20)}, {8, 20 + random.below(60)}});
        EXPECT_GE(survived.ranks, 6);
    }
}

TEST(SafeState, both_partners_dead_at_once_is_a_clear_error) {
    try {
        run_with_deaths(3, {4, 1}, false, {{1, 25}, {3, 25}});
    } catch (const ResourceError& error) {
        EXPECT_NE(std::string(error.what()).find("no sound copy of part"), std::string::npos)
            << error.what();
        return;
    }
    // They may have died one after the other, with a checkpoint between.
}

TEST(SafeState, a_flipped_bit_in_a_copy_is_found_and_the_partners_copy_is_used) {
    SafetyOptions safety;
    safety.after_copy = [](int rank, std::span<std::byte> copy) {
        // Own copies of rank 0, whose partner keeps a sound one: every second call is of its own.
        static thread_local int calls = 0;
        if (rank == 0 && calls++ % 2 == 0 && !copy.empty()) copy[copy.size() / 3] ^= std::byte{16};
    };
    const Survived survived = run_with_deaths(4, {4, 1}, false, {{1, 15}}, safety);
    ASSERT_EQ(survived.report.recoveries.size(), 1U);
    EXPECT_EQ(survived.report.recoveries[0].mended, 1U);
}

class SafeFolders : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("carillon_safe_" +
                   std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    static constexpr int kQubits = 18;
    static constexpr int kSpreadAxes = 15;  ///< the least that 8 ranks share

    /// The whole job dies: every rank before its n-th message.
    void die_at(int ranks, std::uint64_t sent) {
        host::ThreadRanksOptions options{ranks, 1};
        options.before_send = [&](const host::Ranks&, std::uint64_t count) {
            if (count == sent) throw host::Died{};
        };
        const auto work = [&](host::Ranks& host) {
            SafetyOptions safety;
            safety.on = true;
            safety.seconds = 0;
            safety.folder = folder_.string();
            RandomProgram<double> program(7, kQubits, over(host, safety, kSpreadAxes));
            program.run(kGates, true);
            FAIL() << "it came to the end";
        };
        try {
            host::run_as_threads(options, work);
        } catch (const ResourceError&) {  // of those that lost too many before they died
        }
    }
    std::uint64_t resume_on(int ranks, std::uint64_t seed = 7) {
        const std::vector<Complex> expected = amplitudes_alone(seed, kQubits, true);
        std::atomic<std::uint64_t> step = 0;
        host::run_as_threads({ranks, 0}, [&](host::Ranks& host) {
            SafetyOptions safety;
            safety.on = true;
            safety.seconds = 0;
            safety.resume = folder_.string();
            safety.report = std::make_shared<SafetyReport>();
            RandomProgram<double> program(seed, kQubits, over(host, safety, kSpreadAxes));
            program.run(kGates, true);
            const std::vector<Complex> found = program.amplitudes();
            program.qubits().close();
            host::conclude(host, {});
            double worst = 0;
            for (std::size_t i = 0; i < found.size(); ++i)
                worst = std::max(worst, std::abs(found[i] - expected[i]));
            EXPECT_LT(worst, 1e-12);
            step = safety.report->resumed_at;
        });
        return step;
    }

    std::filesystem::path folder_;
};

TEST_F(SafeFolders, another_run_goes_on_with_any_number_of_ranks) {
    die_at(4, 25);
    for (const int ranks : {2, 4, 8}) EXPECT_GT(resume_on(ranks), 0U) << ranks;
}

TEST_F(SafeFolders, another_program_is_refused) {
    die_at(4, 25);
    EXPECT_THROW(resume_on(4, 8), InputError);
}

TEST_F(SafeFolders, a_damaged_part_is_refused) {
    die_at(4, 25);
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        if (entry.path().filename().string().rfind("part-", 0) != 0) continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(5000);
        file.put('\x55');
    }
    EXPECT_THROW(resume_on(4), ResourceError);
}

TEST_F(SafeFolders, an_empty_folder_is_refused) {
    EXPECT_THROW(resume_on(2), InputError);
}

}  // namespace
}  // namespace carillon::engine
