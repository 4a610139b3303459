// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/safe_state.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "carillon/base/error.h"
#include "carillon/resource/engine/random_program_for_test.h"

namespace carillon::engine {
namespace {

constexpr int kGates = 120;

/// When which ranks die: each before its n-th message.
struct Death {
    int rank = -1;
    std::uint64_t sent = 0;
};

struct Survived {
    int ranks = 0;  ///< that came to the end
    SafetyReport report;
};

std::vector<Complex> amplitudes_alone(std::uint64_t seed, int qubits, bool measure) {
    RandomProgram<double> alone(seed, qubits, {.threads = 1});
    alone.run(kGates, measure);
    return alone.amplitudes();
}

RegisterOptions over(host::Ranks& host, const SafetyOptions& safety) {
    return {.threads = 1, .ranks = &host, .spread_axes = 1, .safety = safety};
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
        const std::lock_guard lock(mutex);
        double worst = 0;
        for (std::size_t i = 0; i < found.size(); ++i)
            worst = std::max(worst, std::abs(found[i] - expected[i]));
        EXPECT_LT(worst, 1e-12) << "seed " << seed << " on rank " << host.rank();
        ++survived.ranks;
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
    for (int k = 0; k < 40; ++k) {
        const Death death{static_cast<int>(random.below(4)), random.below(160)};
        const Survived survived =
            run_with_deaths(static_cast<std::uint64_t>(k), {4, 1 + k % 4}, k % 2 == 1, {death});
        ASSERT_GE(survived.ranks, 3);
        for (const Recovery& recovery : survived.report.recoveries) {
            EXPECT_EQ(recovery.dead, std::vector<int>{death.rank});
            EXPECT_LE(recovery.parts, 2U);  // half as many
            ++recovered;
        }
    }
    EXPECT_GT(recovered, 20);
}

TEST(SafeState, a_spare_rank_takes_the_place_of_a_dead_one) {
    const Survived survived = run_with_deaths(3, {5, 0}, false, {{2, 60}});
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
            {{1, 20 + random.below(40)}, {6, 70 + random.below(30)}, {8, 60 + random.below(60)}});
        EXPECT_GE(survived.ranks, 6);
    }
}

TEST(SafeState, both_partners_dead_at_once_is_a_clear_error) {
    try {
        run_with_deaths(3, {4, 0}, false, {{1, 60}, {3, 60}});
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
    const Survived survived = run_with_deaths(4, {4, 2}, false, {{1, 60}}, safety);
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

    static constexpr int kQubits = 16;

    /// The whole job dies: every rank before its n-th message.
    void die_at(int ranks, std::uint64_t sent) {
        host::ThreadRanksOptions options{ranks, 0};
        options.before_send = [&](const host::Ranks&, std::uint64_t count) {
            if (count == sent) throw host::Died{};
        };
        host::run_as_threads(options, [&](host::Ranks& host) {
            SafetyOptions safety{.on = true, .seconds = 0, .folder = folder_.string()};
            RandomProgram<double> program(7, kQubits, over(host, safety));
            program.run(kGates, true);
            FAIL() << "it came to the end";
        });
    }
    std::uint64_t resume_on(int ranks, std::uint64_t seed = 7) {
        const std::vector<Complex> expected = amplitudes_alone(seed, kQubits, true);
        std::atomic<std::uint64_t> step = 0;
        host::run_as_threads({ranks, 0}, [&](host::Ranks& host) {
            SafetyOptions safety{.on = true, .seconds = 0, .resume = folder_.string()};
            safety.report = std::make_shared<SafetyReport>();
            RandomProgram<double> program(seed, kQubits, over(host, safety));
            program.run(kGates, true);
            const std::vector<Complex> found = program.amplitudes();
            program.qubits().close();
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
    die_at(4, 100);
    for (const int ranks : {2, 4, 8}) EXPECT_GT(resume_on(ranks), 0U) << ranks;
}

TEST_F(SafeFolders, another_program_is_refused) {
    die_at(4, 100);
    EXPECT_THROW(resume_on(4, 8), InputError);
}

TEST_F(SafeFolders, a_damaged_part_is_refused) {
    die_at(4, 100);
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
