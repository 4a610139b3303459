// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/portfolio.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <thread>

#include "carillon/base/error.h"
#include "carillon/workload/partition/anneal.h"
#include "carillon/workload/partition/diversity.h"
#include "carillon/workload/partition/effort.h"
#include "carillon/workload/partition/migration.h"
#include "carillon/workload/partition/moves.h"
#include "carillon/workload/partition/parallel.h"
#include "carillon/workload/partition/recombine.h"
#include "carillon/workload/partition/sites.h"

namespace carillon {
namespace {

constexpr int kSiteSweeps = 16;
constexpr double kCool = 0.4;               ///< first temperature of annealing that only refines
constexpr std::size_t kPool = 16;           ///< static placements kept while searching on
constexpr std::size_t kFirst = 2;           ///< members to try before the more costly ones
constexpr std::uint64_t kScoutShare = 10;   ///< of the work of one search for moves
constexpr std::size_t kScoutedGates = 500;  ///< in smaller programs all searches are short
constexpr std::size_t kManyGates = 4000;    ///< with more, moves are searched from one start
constexpr std::uint64_t kScoutSeed = 0x5c000000;
constexpr double kFarBehind = 0.8;  ///< cost ratio at which one kind of search is dropped
constexpr int kMostDoublings = 6;   ///< of the work of one search while searching on

/// A search to run: its name, and what it finds.
struct Task {
    std::string name;
    std::function<Candidate(Workspace&)> search;
};

Candidate annealed(Workspace& work, const Candidate& start, std::uint64_t steps, std::string name) {
    Assignment a = resume(work, start);
    AnnealOptions options;
    options.work = steps;
    options.enough = work.problem.least;
    options.deadline = work.deadline;
    if (too_little_to_heat(steps, work.problem.graph)) {
        options.hot = kCool;
        options.patience = 0.1;
    }
    anneal(a, work.random, options);
    optimise_sites(a, work.random, kSiteSweeps);
    if (a.cost() >= start.state.cost) return {start.state, start.cuts, std::move(name)};
    return {a.snapshot(), start.cuts, std::move(name)};
}

Candidate moved(Workspace& work, const Candidate& start, std::uint64_t steps, std::string name) {
    Assignment a = anneal_moves(resume(work, start), work.problem.timed, work.random, steps,
                                work.problem.least, work.deadline);
    optimise_sites(a, work.random, kSiteSweeps);
    return {a.snapshot(), a.cuts(), std::move(name)};
}

/// Anneals a placement with moves once more, at its own time slices.
Candidate moved_on(Workspace& work, const Candidate& start, std::uint64_t steps, std::string name) {
    Assignment a = resume(work, start);
    MigrationOptions options;
    options.work = steps;
    options.enough = work.problem.least;
    options.deadline = work.deadline;
    migrate(a, work.random, options);
    optimise_sites(a, work.random, kSiteSweeps);
    if (a.cost() >= start.state.cost) return {start.state, start.cuts, std::move(name)};
    return {a.snapshot(), a.cuts(), std::move(name)};
}

class Portfolio {
  public:
    Portfolio(PartitionProblem& problem, const PortfolioPlan& plan, const PartitionOptions& options)
        : problem_(problem),
          plan_(plan),
          options_(options),
          deadline_(options.time_limit_s),
          threads_(options.threads > 0
                       ? options.threads
                       : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {}

    PortfolioResult run() {
        construct();
        if (plan_.moving > 0) scout();
        if (plan_.annealings > 0 && !(moving_pays() && !plan_.until_deadline)) improve();
        if (plan_.recombinations > 0) cross();
        if (plan_.moving > 0) move();
        if (plan_.until_deadline && deadline_.set()) search_on();
        result_.still = pool_[0];
        result_.moving = std::move(moving_best_);
        return std::move(result_);
    }

  private:
    bool done() const {
        const bool have = !pool_.empty();
        return have && (problem_.enough(best_cost()) || deadline_.over());
    }

    std::int64_t best_cost() const {
        const std::int64_t still = pool_[0].state.cost;
        return moving_best_.method.empty() ? still : std::min(still, moving_best_.state.cost);
    }

    /// Runs the tasks at once and takes in what they find, in their order.
    std::vector<Candidate> run_all(const std::vector<Task>& tasks, bool scouts = false) {
        std::vector<Candidate> found(tasks.size());
        const std::size_t first = result_.members.size();
        // Scouts leave the seeds of the others as they are without.
        const std::uint64_t seed = scouts ? kScoutSeed : first - scouts_;
        if (scouts) scouts_ += tasks.size();
        for (const Task& task : tasks) result_.members.push_back({task.name, 0, 0, {}});
        run_parallel(tasks.size(), threads_, [&](std::size_t i) {
            PartitionMember& member = result_.members[first + i];
            const double start = deadline_.elapsed_s();
            Workspace work(problem_, derived_seed(options_.seed, seed + i), deadline_);
            try {
                found[i] = tasks[i].search(work);
                member.pairs = static_cast<std::uint64_t>(found[i].state.cost);
            } catch (const InternalError& error) {
                member.refused = error.what();
            }
            member.seconds = deadline_.elapsed_s() - start;
            tell(member, found[i]);
        });
        for (const Candidate& candidate : found) {
            if (!candidate.method.empty()) offer(candidate);
        }
        return found;
    }

    void tell(const PartitionMember& member, const Candidate& candidate) {
        const std::lock_guard lock(telling_);
        if (!candidate.method.empty()) told_best_ = std::min(told_best_, candidate.state.cost);
        if (!options_.progress || told_best_ == kNothing) return;
        options_.progress(
            {member.name, static_cast<std::uint64_t>(told_best_), deadline_.elapsed_s()});
    }

    /// Takes the candidate in: static ones by cost, first come first, no two with the same homes.
    void offer(const Candidate& candidate) {
        if (!candidate.cuts.empty()) {
            const bool better =
                moving_best_.method.empty() || candidate.state.cost < moving_best_.state.cost;
            if (better) moving_best_ = candidate;
            return;
        }
        for (Candidate& known : pool_) {
            if (known.state.homes != candidate.state.homes) continue;
            if (candidate.state.cost >= known.state.cost) return;
            pool_.erase(pool_.begin() + (&known - pool_.data()));
            break;
        }
        const auto after = std::upper_bound(
            pool_.begin(), pool_.end(), candidate,
            [](const Candidate& a, const Candidate& b) { return a.state.cost < b.state.cost; });
        pool_.insert(after, candidate);
        if (pool_.size() > kPool) pool_.pop_back();
    }

    Task from_nothing(const Member& member) const {
        return {member.name, [member](Workspace& work) {
                    std::vector<std::uint32_t> homes = member.homes(work);
                    const std::string fault = fault_of(work.problem, homes);
                    if (!fault.empty()) throw InternalError(fault);
                    return with_sites(work, std::move(homes), member.name);
                }};
    }

    void construct() {
        std::vector<std::vector<std::uint32_t>> homes;
        for (std::size_t i = 0; i < plan_.members.size() && !done();) {
            const std::size_t end =
                i < kFirst ? std::min(kFirst, plan_.members.size()) : plan_.members.size();
            std::vector<Task> tasks;
            for (; i < end; ++i) tasks.push_back(from_nothing(plan_.members[i]));
            for (const Candidate& candidate : run_all(tasks)) {
                if (candidate.method.empty()) continue;
                homes.push_back(candidate.state.homes);
                if (candidate.method == "contiguous") contiguous_ = candidate;
            }
        }
        result_.diversity = mean_disagreement(homes);
        if (pool_.empty()) {
            std::string why;
            for (const PartitionMember& m : result_.members) why += m.name + " " + m.refused + "; ";
            throw InternalError("no partitioner gave homes that fit: " + why);
        }
    }

    /// Short searches: they tell whether the long ones had better move qubits or anneal homes.
    void scout() {
        if (done() || problem_.graph.gates.size() < kScoutedGates) return;
        problem_.add_time();
        run_all({moves_from(pool_[0], plan_.moves_steps / kScoutShare),
                 annealing_of(pool_[0], plan_.anneal_steps / kScoutShare)},
                true);
    }

    /// Whether the search for moves has left what stands still far behind, or the reverse.
    bool moving_pays() const {
        return scouts_ > 0 && !moving_best_.method.empty() &&
               static_cast<double>(moving_best_.state.cost) <
                   kFarBehind * static_cast<double>(pool_[0].state.cost);
    }
    bool still_pays() const {
        return scouts_ > 0 && !moving_best_.method.empty() &&
               static_cast<double>(pool_[0].state.cost) <
                   kFarBehind * static_cast<double>(moving_best_.state.cost);
    }

    /// The `count` best static placements, in turn when there are fewer.
    std::vector<Candidate> best_static(std::size_t count) const {
        std::vector<Candidate> starts;
        for (std::size_t i = 0; i < count; ++i) starts.push_back(pool_[i % pool_.size()]);
        return starts;
    }

    Task annealing_of(Candidate start, std::uint64_t steps) const {
        const std::string name = "annealing from " + start.method;
        return {name, [start = std::move(start), steps](Workspace& work) {
                    return annealed(work, start, steps, "annealing");
                }};
    }

    void improve() {
        if (done()) return;
        std::vector<Task> tasks;
        for (Candidate& start : best_static(plan_.annealings)) {
            tasks.push_back(annealing_of(std::move(start), plan_.anneal_steps));
        }
        run_all(tasks);
    }

    Task child_of(const Candidate& a, const Candidate& b, std::uint64_t steps) const {
        return {"recombination", [a, b, steps](Workspace& work) {
                    return recombine(work, a, b, steps, "recombination");
                }};
    }

    /// Recombines the best with each of the next, then the second best ...
    void cross() {
        if (done()) return;
        std::vector<Task> tasks;
        for (std::size_t i = 0; i < pool_.size(); ++i) {
            for (std::size_t j = i + 1; j < pool_.size(); ++j) {
                if (tasks.size() == plan_.recombinations) break;
                if (disputed_qubits(problem_, pool_[i], pool_[j]).empty()) continue;
                tasks.push_back(child_of(pool_[i], pool_[j], plan_.anneal_steps));
            }
        }
        run_all(tasks);
    }

    Task moves_from(Candidate start, std::uint64_t steps) const {
        const std::string name = "moves from " + start.method;
        return {name, [start = std::move(start), steps](Workspace& work) {
                    return moved(work, start, steps, start.method + ", moves");
                }};
    }

    /// Moves from the best static placements and from the contiguous one, which is the better start
    /// for some programs that work their way through their qubits.
    void move() {
        if (done()) return;
        problem_.add_time();
        std::vector<Task> tasks;
        const bool best_only = contiguous_.method.empty() || still_pays() || plan_.moving < 2;
        const std::size_t others = best_only ? 0 : 1;
        for (std::size_t i = 0; i < pool_.size() && i + others < plan_.moving; ++i) {
            tasks.push_back(moves_from(pool_[i], plan_.moves_steps));
        }
        if (others > 0) tasks.push_back(moves_from(contiguous_, plan_.moves_steps));
        run_all(tasks);
    }

    /// Rounds of ever longer searches of each kind, from all that was found, until the deadline.
    void search_on() {
        Random random(derived_seed(options_.seed, 0xffffffff));
        for (int round = 0; !done(); ++round) {
            const int doublings = std::min(round, kMostDoublings);
            std::vector<Task> tasks;
            const auto any = [&]() -> const Candidate& {
                return pool_[random.below(pool_.size())];
            };
            for (int i = 0; i < threads_; ++i) {
                const std::uint64_t steps = plan_.anneal_steps << doublings;
                tasks.push_back(annealing_of(any(), steps));
                const Candidate& a = any();
                const Candidate& b = any();
                if (!disputed_qubits(problem_, a, b).empty()) {
                    tasks.push_back(child_of(a, b, steps));
                }
                if (plan_.moving == 0 || plan_.moves_steps == 0) continue;
                problem_.add_time();
                tasks.push_back(moves_from(any(), plan_.moves_steps << doublings));
                if (moving_best_.method.empty()) continue;
                tasks.push_back({"moves again",
                                 [start = moving_best_, more = plan_.moves_steps](Workspace& work) {
                                     return moved_on(work, start, more, start.method);
                                 }});
            }
            run_all(tasks);
        }
    }

    static constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::max();

    PartitionProblem& problem_;
    const PortfolioPlan& plan_;
    const PartitionOptions& options_;
    Deadline deadline_;
    int threads_;
    std::vector<Candidate> pool_;  ///< static, rising cost
    Candidate contiguous_, moving_best_;
    PortfolioResult result_;
    std::size_t scouts_ = 0;
    std::mutex telling_;
    std::int64_t told_best_ = kNothing;
};

}  // namespace

PortfolioPlan portfolio_plan(const PartitionProblem& problem, const PartitionOptions& options,
                             bool wide) {
    PortfolioPlan plan;
    const Effort effort = options.effort;
    plan.anneal_steps = anneal_work(effort, problem.graph);
    const std::uint64_t moves = options.allow_moves ? moves_work(effort, problem.graph) : 0;
    plan.moves_steps = moves / 2;
    plan.moving = moves == 0 ? 0 : problem.graph.gates.size() > kManyGates ? 1 : 2;
    plan.annealings = 1;
    for (const Member& member : all_members()) {
        const bool always = member.name == "contiguous" || member.name == "order" ||
                            member.name == "multilevel" || member.name == "tabu";
        if (wide || always) plan.members.push_back(member);
    }
    if (!wide) return plan;
    const std::size_t scale = effort == Effort::kLow ? 1 : effort == Effort::kNormal ? 2 : 4;
    plan.annealings = 2 * scale;
    plan.recombinations = 2 * scale;
    if (moves > 0) plan.moving = 1 + scale;
    plan.until_deadline = true;
    return plan;
}

PortfolioResult run_portfolio(PartitionProblem& problem, const PortfolioPlan& plan,
                              const PartitionOptions& options) {
    return Portfolio(problem, plan, options).run();
}

}  // namespace carillon
