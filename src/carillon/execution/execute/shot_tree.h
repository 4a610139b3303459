// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/execution/execute/circuit_runner.h"

namespace carillon {

/// Runs many shots of a circuit together for as long as their measurements agree: where they do
/// not, the state is copied and both parts go on. Every shot has the outcomes that it would have
/// alone.
///
/// At most as many states are held as fit into memory; shots that part beyond that begin anew.
template <class Real>
class ShotTree {
  public:
    /// Args:
    ///     start: a runner at the beginning, or further on when no measurement came yet.
    ///     state_limit: most states to hold beside `start`, at least one.
    ShotTree(const CircuitRunner<Real>& start, std::size_t state_limit)
        : start_(start), state_limit_(state_limit) {}

    /// Calls end(runner, shots) for the shots that came to the same end.
    template <class End>
    void run(std::vector<std::uint64_t> shots, const End& end) {
        if (shots.empty()) return;
        waiting_.push_back({start_, std::move(shots)});
        while (!waiting_.empty()) {
            Branch branch = std::move(waiting_.back());
            waiting_.pop_back();
            run_branch(branch);
            end(branch.runner, branch.shots);
            if (waiting_.empty() && !again_.empty()) {
                waiting_.push_back({start_, std::move(again_.back())});
                again_.pop_back();
            }
        }
    }

  private:
    struct Branch {
        CircuitRunner<Real> runner;
        std::vector<std::uint64_t> shots;
    };

    void run_branch(Branch& branch) {
        while (branch.runner.run_to_draw()) {
            branch.runner.start_shot(branch.shots.front());
            if (branch.shots.size() == 1 || !branch.runner.draw_is_open()) {
                branch.runner.draw();
                continue;
            }
            std::vector<double> uniforms;
            for (const std::uint64_t shot : branch.shots)
                uniforms.push_back(branch.runner.uniform(shot));
            const bool room = waiting_.size() + 1 < state_limit_;
            branch.runner.qubits().flush();
            std::vector<CircuitRunner<Real>> before;
            if (room) before.push_back(branch.runner);
            const double one = branch.runner.draw();
            std::vector<std::uint64_t> same, other;
            for (std::size_t k = 0; k < uniforms.size(); ++k)
                ((uniforms[k] < one) == (uniforms[0] < one) ? same : other)
                    .push_back(branch.shots[k]);
            branch.shots = std::move(same);
            if (other.empty()) continue;
            if (!room) {
                again_.push_back(std::move(other));
                continue;
            }
            before[0].start_shot(other.front());
            before[0].draw();
            waiting_.push_back({std::move(before[0]), std::move(other)});
        }
    }

    const CircuitRunner<Real>& start_;
    std::size_t state_limit_;
    std::vector<Branch> waiting_;
    std::vector<std::vector<std::uint64_t>> again_;
};

}  // namespace carillon
