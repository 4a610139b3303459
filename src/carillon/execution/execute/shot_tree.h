// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/execution/execute/circuit_runner.h"

namespace carillon {

/// Some of the shots of a tree: those at places [begin, end) when they stand in the order of their
/// outcomes, the first measurement most significant.
struct TreePart {
    std::uint64_t begin = 0;
    std::uint64_t end = UINT64_MAX;

    bool touches(std::uint64_t first, std::uint64_t count) const {
        return first < end && first + count > begin;
    }
    bool has(std::uint64_t place) const { return place >= begin && place < end; }
};

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
    ///
    /// Args:
    ///     part: only ends whose first shot is in it are told. Parts that have every place once
    ///         have every shot once, and together run little more than the whole tree: the way to
    ///         the border between two parts is gone on both sides.
    template <class End>
    void run(std::vector<std::uint64_t> shots, const End& end, const TreePart& part = {}) {
        if (shots.empty()) return;
        part_ = part;
        waiting_.push_back({start_, std::move(shots), 0});
        while (!waiting_.empty()) {
            Branch branch = std::move(waiting_.back());
            waiting_.pop_back();
            if (run_branch(branch) && part_.has(branch.first)) end(branch.runner, branch.shots);
            if (waiting_.empty() && !again_.empty()) {
                waiting_.push_back({start_, std::move(again_.back().shots), again_.back().first});
                again_.pop_back();
            }
        }
    }

  private:
    /// Shots whose outcomes agree so far, and the place of the first of them.
    struct Group {
        std::vector<std::uint64_t> shots;
        std::uint64_t first = 0;
    };
    struct Branch {
        CircuitRunner<Real> runner;
        std::vector<std::uint64_t> shots;
        std::uint64_t first = 0;
    };

    bool wanted(const Group& group) const {
        return !group.shots.empty() && part_.touches(group.first, group.shots.size());
    }

    /// Runs to the end; false when what is left of the branch is none of the part's.
    bool run_branch(Branch& branch) {
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
            Group same, other;
            part_shots(branch, uniforms, branch.runner.draw(), same, other);
            if (!wanted(same)) {
                if (!wanted(other)) return false;
                if (!room) {
                    again_.push_back(std::move(other));
                    return false;
                }
                branch.runner = go_other(before[0], other);
                same = std::move(other);
                other = {};
            }
            branch.shots = std::move(same.shots);
            branch.first = same.first;
            if (!wanted(other)) continue;
            if (room)
                waiting_.push_back(
                    {go_other(before[0], other), std::move(other.shots), other.first});
            else
                again_.push_back(std::move(other));
        }
        return true;
    }
    /// Sorts the shots by whether they go the way of the first, which was just gone.
    static void part_shots(const Branch& branch, const std::vector<double>& uniforms, double one,
                           Group& same, Group& other) {
        const bool gone = uniforms[0] < one;
        for (std::size_t k = 0; k < uniforms.size(); ++k)
            ((uniforms[k] < one) == gone ? same : other).shots.push_back(branch.shots[k]);
        same.first = branch.first + (gone ? other.shots.size() : 0);
        other.first = branch.first + (gone ? 0 : same.shots.size());
    }
    static CircuitRunner<Real> go_other(CircuitRunner<Real>& before, const Group& other) {
        before.start_shot(other.shots.front());
        before.draw();
        return std::move(before);
    }

    const CircuitRunner<Real>& start_;
    std::size_t state_limit_;
    std::vector<Branch> waiting_;
    std::vector<Group> again_;
    TreePart part_;
};

}  // namespace carillon
