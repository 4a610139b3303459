// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/simulate_density.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/at_line.h"
#include "carillon/execution/execute/final_measurements.h"
#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/resource/engine/density_matrix.h"
#include "carillon/resource/engine/memory.h"

namespace carillon {

namespace {

using engine::Channel;

constexpr double kRest = 1e-12;  ///< of the distribution that a loop may leave inside

/// The channels of a noise model, joined where they come one after the other.
class Noise {
  public:
    explicit Noise(const NoiseModel& model) : model_(model) {
        check(model);
        const Durations& d = model.durations;
        std::optional<Channel> each;
        if (model.bit_flip > 0) append(each, engine::bit_flip(model.bit_flip));
        if (model.phase_flip > 0) append(each, engine::phase_flip(model.phase_flip));
        if (model.phase_damping > 0) append(each, engine::phase_damping(model.phase_damping));
        if (model.amplitude_damping > 0)
            append(each,
                   engine::amplitude_damping(model.amplitude_damping, model.excited_population));
        if (model.one_qubit_depolarizing > 0)
            append(after_one_, engine::depolarizing(1, model.one_qubit_depolarizing));
        if (each) append(after_one_, *each);
        append(after_one_, relaxed(d.one_qubit_ns));
        after_two_ = each;
        append(after_two_, relaxed(d.two_qubit_ns));
        before_measure_ = relaxed(d.measure_ns);
        if (model.reset_error > 0) after_reset_ = engine::bit_flip(model.reset_error);
        append(after_reset_, relaxed(d.reset_ns));
    }

    const std::optional<Channel>& after_one() const { return after_one_; }
    /// On each qubit of a gate on two or more.
    const std::optional<Channel>& after_two() const { return after_two_; }
    const std::optional<Channel>& before_measure() const { return before_measure_; }
    const std::optional<Channel>& after_reset() const { return after_reset_; }
    const NoiseModel& model() const { return model_; }

    std::optional<Channel> relaxed(double ns) const {
        if (ns == 0 || (model_.t1_ns == 0 && model_.t2_ns == 0)) return {};
        return engine::relaxation(ns, model_.t1_ns, model_.t2_ns, model_.excited_population);
    }
    double depolarizing(std::size_t qubits) const {
        if (qubits == 2) return model_.two_qubit_depolarizing;
        if (model_.more_qubits_depolarizing >= 0) return model_.more_qubits_depolarizing;
        if (!model_.has_gate_noise()) return 0;
        throw InputError("no noise is given for a gate on " + std::to_string(qubits) +
                         " qubits; give depolarizing.more_qubits in the noise file, or write the "
                         "gate as gates on one and two qubits");
    }

  private:
    static void append(std::optional<Channel>& all, const std::optional<Channel>& more) {
        if (more) all = all ? engine::then(*all, *more) : *more;
    }

    const NoiseModel& model_;
    std::optional<Channel> after_one_, after_two_, before_measure_, after_reset_;
};

/// Classical memory as bytes, equal for equal memories.
std::string bytes_of(const ClassicalState& memory) {
    std::string bytes(memory.bits.begin(), memory.bits.end());
    for (const Value& v : memory.variables) {
        std::array<char, 16> raw;
        std::memcpy(raw.data(), &v.bits, 8);
        std::memcpy(raw.data() + 8, &v.real, 8);
        bytes.append(raw.data(), raw.size());
    }
    return bytes;
}

template <class Real>
class DensityRun {
  public:
    DensityRun(const Circuit& circuit, const NoiseModel& noise, const SimulateOptions& options)
        : circuit_(circuit),
          noise_(noise),
          options_(options),
          final_(final_measurements(circuit)),
          limit_(options.max_memory_bytes) {
        if (limit_ == 0) limit_ = engine::available_memory_bytes();
    }

    void run(DensityResult& result) {
        Branches branches;
        branches.push_back(
            {circuit_.initial_state(), Density(static_cast<int>(circuit_.num_qubits),
                                               {.threads = options_.threads,
                                                .max_memory_bytes = options_.max_memory_bytes,
                                                .locality = options_.locality})});
        run_block(BlockId{0}, branches);
        if (has_output()) collect(branches, result);
        result.peak_branches = peak_;
        result.peak_bytes =
            peak_ * engine::DensityMatrix<Real>::bytes_for(static_cast<int>(circuit_.num_qubits));
    }

  private:
    using Density = engine::DensityMatrix<Real>;
    struct Branch {
        ClassicalState memory;
        Density rho;
    };
    using Branches = std::vector<Branch>;

    bool has_output() const {
        bool written = false;
        visit_operations(circuit_, [&](const Operation& op, BlockId, std::size_t) {
            written |= op.kind == OpKind::kMeasure || op.kind == OpKind::kAssign;
        });
        return written;
    }
    static int index(QubitId q) { return static_cast<int>(q.value); }

    void run_block(BlockId id, Branches& branches) {
        const Block& block = circuit_.block(id);
        for (std::size_t i = 0; i < block.size() && !branches.empty(); ++i) {
            at_line_of(block[i], [&] {
                if (id == BlockId{0} && final_[i])
                    defer(block[i], branches);
                else
                    run(block[i], branches);
            });
        }
    }

    void run(const Operation& op, Branches& branches) {
        switch (op.kind) {
            case OpKind::kGate:
                for (Branch& branch : branches) gate(op, branch);
                return;
            case OpKind::kMeasure:
                return measure(op, branches);
            case OpKind::kReset:
                for (Branch& branch : branches) {
                    const int q = index(circuit_.qubits(op)[0]);
                    branch.rho.reset(q);
                    on(branch.rho, noise_.after_reset(), q);
                }
                return;
            case OpKind::kBarrier:
                return;
            case OpKind::kDelay:
                if (const auto idle = noise_.relaxed(circuit_.parameters(op)[0].value))
                    for (Branch& branch : branches)
                        for (const QubitId q : circuit_.qubits(op)) on(branch.rho, idle, index(q));
                return;
            case OpKind::kAssign:
                for (Branch& branch : branches) {
                    const Value v = evaluate(circuit_.exprs, op.condition, branch.memory);
                    if (op.variable.valid())
                        assign_variable(branch.memory, op.variable, v);
                    else
                        assign_bits(branch.memory, op.bit, op.bit_count, v);
                }
                return join(branches);
            case OpKind::kIf:
                return run_if(op, branches);
            case OpKind::kWhile:
                return run_while(op, branches);
        }
    }

    static void on(Density& rho, const std::optional<Channel>& channel, int qubit) {
        if (channel) rho.apply(*channel, {&qubit, 1});
    }

    void gate(const Operation& op, Branch& branch) {
        std::vector<int> qubits;
        for (const QubitId q : circuit_.qubits(op)) qubits.push_back(index(q));
        if (op.gate == GateKind::kUnitary) {
            branch.rho.unitary(circuit_.matrices[op.matrix], op.controls, qubits);
        } else {
            std::vector<double> angles;
            for (const Param& p : circuit_.parameters(op))
                angles.push_back(p.constant()
                                     ? p.value
                                     : evaluate(circuit_.exprs, p.expr, branch.memory).as_double());
            branch.rho.gate(op.gate, op.controls, angles, qubits);
        }
        if (qubits.size() == 1) on(branch.rho, noise_.after_one(), qubits[0]);
        if (qubits.size() < 2) return;
        if (const double p = noise_.depolarizing(qubits.size()); p > 0) {
            if (qubits.size() > 2) check_fits(alive_ + 1);
            branch.rho.depolarize(p, qubits);
        }
        for (const int q : qubits) on(branch.rho, noise_.after_two(), q);
    }

    /// A measurement at the end: its outcome is read from the populations.
    void defer(const Operation& op, Branches& branches) {
        const QubitId q = circuit_.qubits(op)[0];
        for (Branch& branch : branches) on(branch.rho, noise_.before_measure(), index(q));
        measured_.push_back(index(q));
        bits_.push_back(op.bit);
    }

    void measure(const Operation& op, Branches& branches) {
        const int q = index(circuit_.qubits(op)[0]);
        const engine::ReadoutError& e = noise_.model().readout;
        const std::array<Channel, 2> readings = {
            engine::reading(1 - e.one_from_zero, e.zero_from_one),
            engine::reading(e.one_from_zero, 1 - e.zero_from_one)};
        Branches result;
        for (Branch& branch : branches) {
            on(branch.rho, noise_.before_measure(), q);
            if (!op.bit.valid()) {
                branch.rho.dephase(q);
                result.push_back(std::move(branch));
                continue;
            }
            const std::vector<double> p = branch.rho.probabilities({&q, 1});
            const std::array<double, 2> read = {
                p[0] * (1 - e.one_from_zero) + p[1] * e.zero_from_one,
                p[0] * e.one_from_zero + p[1] * (1 - e.zero_from_one)};
            const double least = kNothing * (read[0] + read[1]);
            const bool both = read[0] > least && read[1] > least;
            if (both) check_fits(++alive_);
            for (const std::size_t outcome : {0, 1}) {
                if (!(read[outcome] > least)) continue;
                Branch next = both && outcome == 0 ? branch : std::move(branch);
                next.memory.bits[op.bit.value] = outcome == 1;
                next.rho.apply(readings[outcome], {&q, 1});
                result.push_back(std::move(next));
                if (!both) break;
            }
        }
        branches = std::move(result);
        join(branches);
    }

    void run_if(const Operation& op, Branches& branches) {
        Branches taken, others;
        for (Branch& branch : branches) {
            const bool yes = evaluate(circuit_.exprs, op.condition, branch.memory).truthy();
            (yes ? taken : others).push_back(std::move(branch));
        }
        run_block(op.body, taken);
        if (op.otherwise.valid()) run_block(op.otherwise, others);
        branches = std::move(taken);
        std::move(others.begin(), others.end(), std::back_inserter(branches));
        join(branches);
    }

    void run_while(const Operation& op, Branches& branches) {
        Branches left;
        for (std::uint64_t iteration = 0;; ++iteration) {
            Branches inside;
            for (Branch& branch : branches) {
                const bool yes = evaluate(circuit_.exprs, op.condition, branch.memory).truthy();
                (yes ? inside : left).push_back(std::move(branch));
            }
            double weight = iteration == 0 ? 1 : 0;
            for (std::size_t k = 0; iteration > 0 && k < inside.size(); ++k)
                weight += inside[k].rho.trace();
            branches = std::move(inside);
            if (branches.empty() || weight < kRest) break;
            if (iteration == options_.max_loop_iterations)
                throw InputError("the loop ran " + std::to_string(iteration) +
                                 " times without ending; raise the limit of loop iterations if it "
                                 "is meant to");
            run_block(op.body, branches);
            join(left);
        }
        std::move(left.begin(), left.end(), std::back_inserter(branches));
        join(branches);
    }

    /// Adds up branches whose memories are equal: what follows cannot tell them apart.
    void join(Branches& branches) {
        if (branches.size() < 2) return;
        std::unordered_map<std::string, std::size_t> known;
        Branches result;
        for (Branch& branch : branches) {
            const auto [at, fresh] = known.emplace(bytes_of(branch.memory), result.size());
            if (fresh)
                result.push_back(std::move(branch));
            else
                result[at->second].rho.add(1, branch.rho), --alive_;
        }
        branches = std::move(result);
    }

    void check_fits(std::size_t matrices) {
        const int qubits = static_cast<int>(circuit_.num_qubits);
        const std::uint64_t each = Density::bytes_for(qubits);
        peak_ = std::max(peak_, matrices);
        if (matrices <= limit_ / each) return;
        throw ResourceError(
            "the outcomes so far need " + std::to_string(matrices) + " density matrices of " +
            std::to_string(qubits) + " qubits at once, " + engine::bytes_text(matrices * each) +
            ", and " + engine::bytes_text(limit_) +
            (options_.max_memory_bytes != 0 ? " are allowed; " : " are available; ") +
            std::to_string(Density::fits(limit_ / matrices)) +
            " qubits would fit with as many; a program that measures less before its end needs "
            "fewer");
    }

    void collect(Branches& branches, DensityResult& result) {
        const std::vector<engine::ReadoutError> errors(measured_.size(), noise_.model().readout);
        double total = 0;
        for (Branch& branch : branches) {
            std::vector<double> p = branch.rho.probabilities(measured_);
            engine::misread(p, errors);
            for (std::size_t outcome = 0; outcome < p.size(); ++outcome) {
                if (!(p[outcome] > kNothing)) continue;
                for (std::size_t k = 0; k < bits_.size(); ++k)
                    branch.memory.bits[bits_[k].value] = outcome >> k & 1;
                result.probabilities[outcome_key(circuit_.bit_registers, circuit_.variables,
                                                 branch.memory)] += p[outcome];
                total += p[outcome];
            }
        }
        for (auto& [outcome, p] : result.probabilities) p /= total;
    }

    /// Probabilities below are rounding.
    static constexpr double kNothing = sizeof(Real) == sizeof(float) ? 1e-8 : 1e-16;

    const Circuit& circuit_;
    Noise noise_;
    const SimulateOptions& options_;
    std::vector<bool> final_;
    std::uint64_t limit_;
    std::size_t alive_ = 1, peak_ = 1;
    std::vector<int> measured_;
    std::vector<BitId> bits_;
};

/// Shots by the inverse of the cumulative distribution, outcomes in the order of their names.
void draw(const SimulateOptions& options, DensityResult& result) {
    std::vector<double> cumulative;
    std::vector<const std::string*> names;
    double sum = 0;
    for (const auto& [outcome, p] : result.probabilities) {
        cumulative.push_back(sum += p);
        names.push_back(&outcome);
    }
    std::vector<std::uint64_t> counts(names.size());
    for (std::uint64_t shot = 0; shot < options.shots; ++shot) {
        const double u = sum * keyed_uniform(options.seed, kStreamSampling, shot, 0);
        const auto at = std::upper_bound(cumulative.begin(), cumulative.end(), u);
        ++counts[std::min(static_cast<std::size_t>(at - cumulative.begin()), names.size() - 1)];
    }
    for (std::size_t k = 0; k < names.size(); ++k)
        if (counts[k] > 0) result.counts[*names[k]] = counts[k];
}

}  // namespace

DensityResult simulate_density(const Circuit& circuit, const NoiseModel& noise,
                               const SimulateOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    DensityResult result;
    result.shots = options.shots;
    if (options.single_precision)
        DensityRun<float>(circuit, noise, options).run(result);
    else
        DensityRun<double>(circuit, noise, options).run(result);
    if (!result.probabilities.empty()) draw(options, result);
    result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

std::string density_text(const DensityResult& result) {
    constexpr std::size_t kRows = 20;
    std::vector<std::pair<std::string, double>> rows(result.probabilities.begin(),
                                                     result.probabilities.end());
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::size_t widest = 7;
    for (std::size_t k = 0; k < std::min(rows.size(), kRows); ++k)
        widest = std::max(widest, rows[k].first.size());
    std::string out =
        fmt::format("{:<{}} {:>12} {:>12}\n", "outcome", widest, "probability", "shots");
    for (std::size_t k = 0; k < std::min(rows.size(), kRows); ++k) {
        const auto count = result.counts.find(rows[k].first);
        out += fmt::format("{:<{}} {:>12.8f} {:>12}\n", printable(rows[k].first), widest,
                           rows[k].second,
                           format_count(count == result.counts.end() ? 0 : count->second));
    }
    if (rows.size() > kRows) out += fmt::format("... and {} more\n", rows.size() - kRows);
    if (result.binding) out += "\n" + host::bind_text(*result.binding);
    return out;
}

std::string density_json(const DensityResult& result, std::uint64_t seed) {
    using Json = nlohmann::ordered_json;
    Json j = {{"counts", Json(result.counts)},
              {"probabilities", Json(result.probabilities)},
              {"shots", result.shots},
              {"seed", seed},
              {"density_matrices", result.peak_branches},
              {"memory_bytes", result.peak_bytes}};
    if (result.binding) j["binding"] = Json::parse(host::bind_json(*result.binding));
    return j.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace carillon
