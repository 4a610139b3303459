// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/trials.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "carillon/base/error.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/execution/execute/shot_blocks.h"

namespace carillon {

namespace {

/// What all shots drawn from one state gave.
Tally whole_tally(SimulateResult result) {
    Tally tally;
    tally.shots = result.shots;
    tally.counts = std::move(result.counts);
    if (result.answers.observable) tally.expectation.add(result.answers.observable->value);
    return tally;
}

/// Programs that are run shot by shot have no state to ask.
void refuse_questions(const SimulateOptions& options) {
    if (options.questions.any()) throw InputError(kNoFinalState);
}

/// Shots [begin, end) of part number `part` when `all` are cut into `parts`.
TreePart cut(std::uint64_t all, std::uint64_t part, std::uint64_t parts) {
    const std::uint64_t each = all / parts, more = all % parts;
    return {each * part + std::min(part, more), each * (part + 1) + std::min(part + 1, more)};
}

/// All shots at once, drawn from the final state.
class SampledCircuit : public Trials {
  public:
    SampledCircuit(Circuit circuit, const SimulateOptions& options)
        : circuit_(std::move(circuit)), options_(options) {}
    bool divisible() const override { return false; }
    Tally run(std::uint64_t part, std::uint64_t) override {
        return part == 0 ? whole_tally(simulate(circuit_, options_)) : Tally{};
    }

  private:
    Circuit circuit_;
    SimulateOptions options_;
};

/// Shots that run together until their measurements differ. A part is a part of that tree, so that
/// shots which stay together are in one part; of very many shots each part is of some only, as
/// sorting them by outcome would become the work.
template <class Real>
class CircuitShots : public Trials {
  public:
    CircuitShots(Circuit circuit, const SimulateOptions& options)
        : circuit_(std::move(circuit)), options_(options) {}
    bool divisible() const override { return true; }
    Tally run(std::uint64_t part, std::uint64_t parts) override {
        if (!blocks_) blocks_.emplace(circuit_, options_, options_.threads);
        const std::uint64_t ranges = std::clamp<std::uint64_t>(wanted_ranges(), 1, parts);
        const std::uint64_t trees = parts / ranges;
        SimulateResult result;
        if (part >= ranges * trees) return {};
        const TreePart range = cut(options_.shots, part / trees, ranges);
        if (range.begin == range.end) return {};
        const TreePart tree = cut(range.end - range.begin, part % trees, trees);
        if (tree.begin == tree.end) return {};
        blocks_->run(range.begin, range.end, result.counts, result, tree);
        return whole_tally(std::move(result));
    }

  private:
    /// Ranges of shots that are so short that sorting them takes no longer than one way through
    /// the program.
    std::uint64_t wanted_ranges() const {
        if (options_.per_shot) return options_.shots;
        constexpr double kSortOne = 40, kApplyOne = 0.5;  // ns: a shot; an amplitude and a gate
        constexpr double kLeast = 1 << 14;                // shots
        const double way = kApplyOne * static_cast<double>(circuit_.body().size()) *
                           std::ldexp(1.0, static_cast<int>(std::min(circuit_.num_qubits, 40U)));
        const double shots = std::max(kLeast, way / kSortOne);
        return static_cast<std::uint64_t>(static_cast<double>(options_.shots) / shots);
    }

    Circuit circuit_;
    SimulateOptions options_;
    std::optional<ShotBlocks<Real>> blocks_;  ///< made when shots are first run
};

class ProgramShots : public Trials {
  public:
    ProgramShots(DistributedProgram program, const SimulateOptions& options)
        : program_(std::move(program)), options_(options), divisible_(!can_sample(program_)) {
        if (divisible_) refuse_questions(options);
    }
    bool divisible() const override { return divisible_; }
    Tally run(std::uint64_t part, std::uint64_t parts) override {
        ProgramRunResult result;
        if (divisible_) {
            const TreePart range = cut(options_.shots, part, parts);
            run_program_shots(program_, options_, range.begin, range.end, result);
        } else if (part == 0) {
            result = run_program(program_, options_);
        }
        const ProgramCounters counters = result.counters;
        Tally tally = whole_tally(std::move(result));
        tally.pairs = counters.pairs;
        tally.classical_bits = counters.classical_bits;
        return tally;
    }

  private:
    DistributedProgram program_;
    SimulateOptions options_;
    bool divisible_;
};

}  // namespace

std::unique_ptr<Trials> circuit_trials(Circuit circuit, const SimulateOptions& options) {
    if (!options.per_shot && can_sample(circuit))
        return std::make_unique<SampledCircuit>(std::move(circuit), options);
    refuse_questions(options);
    if (options.single_precision)
        return std::make_unique<CircuitShots<float>>(std::move(circuit), options);
    return std::make_unique<CircuitShots<double>>(std::move(circuit), options);
}

std::unique_ptr<Trials> program_trials(DistributedProgram program, const SimulateOptions& options) {
    return std::make_unique<ProgramShots>(std::move(program), options);
}

}  // namespace carillon
