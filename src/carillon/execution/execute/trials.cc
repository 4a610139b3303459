// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/trials.h"

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

/// All shots at once, drawn from the final state.
class SampledCircuit : public Trials {
  public:
    SampledCircuit(Circuit circuit, const SimulateOptions& options)
        : circuit_(std::move(circuit)), options_(options) {}
    bool divisible() const override { return false; }
    Tally run(std::uint64_t begin, std::uint64_t end) override {
        options_.shots = end - begin;
        return whole_tally(simulate(circuit_, options_));
    }

  private:
    Circuit circuit_;
    SimulateOptions options_;
};

template <class Real>
class CircuitShots : public Trials {
  public:
    CircuitShots(Circuit circuit, const SimulateOptions& options)
        : circuit_(std::move(circuit)), options_(options) {}
    bool divisible() const override { return true; }
    Tally run(std::uint64_t begin, std::uint64_t end) override {
        if (!blocks_) blocks_.emplace(circuit_, options_, options_.threads);
        SimulateResult result;
        result.shots = end - begin;
        blocks_->run(begin, end, result.counts, result);
        return whole_tally(std::move(result));
    }

  private:
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
    Tally run(std::uint64_t begin, std::uint64_t end) override {
        ProgramRunResult result;
        if (divisible_) {
            run_program_shots(program_, options_, begin, end, result);
        } else {
            options_.shots = end - begin;
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
