// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/ensemble.h"

#include <algorithm>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon {

namespace {

/// A part of the shots of an entry.
struct Task {
    std::uint32_t entry;
    std::uint32_t part, parts;
};

/// An entry is one task, and several where there are few entries for the workers. The plan is the
/// same on all ranks: it depends on nothing that could fail.
std::vector<Task> plan_tasks(std::span<const EnsembleEntry> entries, int workers) {
    constexpr std::uint64_t kTasksEach = 8;  // wanted for every worker
    std::vector<Task> tasks;
    const std::uint64_t wanted = kTasksEach * static_cast<std::uint64_t>(workers);
    const std::uint64_t most = workers == 1 ? 1 : (wanted + entries.size() - 1) / entries.size();
    for (std::uint32_t e = 0; e < entries.size(); ++e) {
        const auto parts =
            static_cast<std::uint32_t>(std::clamp<std::uint64_t>(entries[e].shots, 1, most));
        for (std::uint32_t part = 0; part < parts; ++part) tasks.push_back({e, part, parts});
    }
    return tasks;
}

/// Runs tasks on one rank, with the entry opened last at hand.
class TaskRunner {
  public:
    TaskRunner(std::span<const EnsembleEntry> entries, const std::vector<Task>& tasks,
               const OpenEntry& open)
        : entries_(entries), tasks_(&tasks), open_(&open) {}

    host::ChunkResult run(host::UnitRange range) {
        host::ChunkResult result;
        for (std::uint64_t t = range.begin; t < range.end; ++t) {
            const Task& task = (*tasks_)[t];
            const Tally tally = run_task(task);
            // An entry in several tasks counts once.
            if (!tally.error.empty() && task.part == 0) ++result.failures;
            const auto bytes = to_bytes(tally);
            result.bytes.insert(result.bytes.end(), bytes.begin(), bytes.end());
        }
        return result;
    }

  private:
    Tally run_task(const Task& task) {
        try {
            if (!trials_ || opened_ != task.entry) {
                trials_.reset();
                trials_ = (*open_)(entries_[task.entry]);
                opened_ = task.entry;
            }
            return trials_->run(task.part, task.parts);
        } catch (const InputError& error) {
            trials_.reset();
            Tally tally;
            tally.error = error.what();
            return tally;
        }
    }

    std::span<const EnsembleEntry> entries_;
    const std::vector<Task>* tasks_;
    const OpenEntry* open_;
    std::unique_ptr<Trials> trials_;
    std::uint32_t opened_ = 0;
};

EnsembleResult put_together(std::size_t entries, const std::vector<Task>& tasks,
                            host::WorkResult work) {
    EnsembleResult result;
    result.entries.resize(entries);
    result.tasks = tasks.size();
    std::vector<bool> done(tasks.size());
    for (const host::WorkPiece& piece : work.pieces) {
        std::span<const std::byte> bytes = piece.bytes;
        for (std::uint64_t t = piece.range.begin; t < piece.range.end; ++t) {
            done[t] = true;
            result.entries[tasks[t].entry].tally.add(take_tally(bytes));
        }
    }
    for (EntryResult& entry : result.entries) {
        entry.error = entry.tally.error;
        entry.wrong = !entry.error.empty();
    }
    for (const host::FailedUnits& failed : work.report.failed)
        for (std::uint64_t t = failed.range.begin; t < failed.range.end; ++t) {
            std::string& error = result.entries[tasks[t].entry].error;
            if (error.empty()) error = failed.message;
            done[t] = true;
        }
    for (std::size_t t = 0; t < tasks.size(); ++t)
        if (!done[t]) result.entries[tasks[t].entry].run = false;
    for (EntryResult& entry : result.entries) {
        if (!entry.ok()) entry.tally = {};
        entry.distinct = entry.tally.counts.size();
    }
    result.sharing = std::move(work.report);
    return result;
}

}  // namespace

std::uint64_t entry_seed(std::uint64_t seed, std::uint64_t index) {
    if (index == 0) return seed;
    const auto words = philox({static_cast<std::uint32_t>(index),
                               static_cast<std::uint32_t>(index >> 32), kStreamEntries, 0},
                              seed);
    return (std::uint64_t{words[0]} << 32 | words[1]) >> 11;
}

std::uint64_t EnsembleResult::failures() const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        entries, [](const EntryResult& entry) { return !entry.error.empty(); }));
}

std::uint64_t EnsembleResult::shots() const {
    std::uint64_t sum = 0;
    for (const EntryResult& entry : entries) sum += entry.tally.shots;
    return sum;
}

void run_ensemble(host::Ranks& ranks, std::span<const EnsembleEntry> entries, const OpenEntry& open,
                  const EnsembleOptions& options,
                  const std::function<void(const EnsembleResult&)>& deliver) {
    const std::vector<Task> tasks = plan_tasks(entries, ranks.size());
    TaskRunner runner(entries, tasks, open);
    host::WorkShare share(ranks, options.sharing);
    host::WorkResult work =
        share.run(tasks.size(), [&runner](host::UnitRange range) { return runner.run(range); });
    if (work.here) {
        EnsembleResult result = put_together(entries.size(), tasks, std::move(work));
        result.ranks = ranks.description();
        result.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - options.begun).count();
        deliver(result);
    }
    share.close();
}

}  // namespace carillon
