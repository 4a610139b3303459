// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>

#include "carillon/base/error.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/numbers.h"
#include "carillon/interface/cli/options.h"
#include "carillon/language/circuit/pauli_sum.h"
#include "carillon/resource/engine/evolution.h"
#include "carillon/resource/engine/npy.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::cli {

namespace {

/// What `evolve` has beside the options it shares with other verbs.
struct EvolveOptions {
    std::string hamiltonian;  ///< file
    std::uint32_t qubits = 0;
    std::string state = "0";
    double time = 0;
    std::string method = "trotter2";
    std::uint32_t steps = 1;
    std::string observable;  ///< file
    std::string state_out;
};

struct Outcome {
    double norm = 0, energy_before = 0, energy = 0, seconds = 0;
    std::optional<double> expectation;
    host::TrafficCount moved;
};

engine::EvolutionMethod method_from_name(const std::string& name) {
    if (name == "trotter1") return engine::EvolutionMethod::kTrotter1;
    if (name == "trotter2") return engine::EvolutionMethod::kTrotter2;
    if (name == "trotter4") return engine::EvolutionMethod::kTrotter4;
    return engine::EvolutionMethod::kChebyshev;
}

bool is_file(const EvolveOptions& o) {
    return o.state.ends_with(".npy");
}

/// From --qubits or from the state.
std::uint32_t qubits_of(const EvolveOptions& o) {
    constexpr std::uint32_t kMost = 48;
    std::uint64_t size = o.qubits;
    if (is_file(o)) {
        const std::uint64_t amplitudes = engine::NpyReader(o.state).size();
        size = static_cast<std::uint64_t>(std::bit_width(amplitudes)) - 1;
        if (!std::has_single_bit(amplitudes))
            throw InputError(o.state + ": " + std::to_string(amplitudes) +
                             " amplitudes are no power of two");
    } else if (o.state.size() > 1) {
        size = o.state.size();
    }
    if (size == 0) throw InputError("say how many qubits there are: --qubits N, or --state 0+01");
    if (o.qubits != 0 && o.qubits != size)
        throw InputError("--qubits says " + std::to_string(o.qubits) + ", and the state has " +
                         std::to_string(size));
    if (size > kMost)
        throw InputError("at most " + std::to_string(kMost) + " qubits, not " +
                         std::to_string(size));
    return static_cast<std::uint32_t>(size);
}

template <class Real>
void read_state(engine::StateVector<Real>& state, const std::string& path) {
    engine::NpyReader file(path);
    if (state.large() != nullptr)
        throw ResourceError(path + ": a state over ranks begins as a product, not from a file");
    state.fill([&](std::uint64_t, std::span<Complex> out) { file.read(out); });
    file.check_norm();
}

/// One letter for every qubit, the last for qubit 0; or one for all.
template <class Real>
void set_product(engine::StateVector<Real>& state, const std::string& letters) {
    constexpr double kHalf = std::numbers::sqrt2 / 2;
    for (int q = 0; q < state.axes(); ++q) {
        const std::size_t at =
            letters.size() == 1 ? 0 : letters.size() - 1 - static_cast<std::size_t>(q);
        const char letter = letters[at];
        if (letter != '0' && letter != '1' && letter != '+' && letter != '-')
            throw InputError("--state " + letters + ": '" + letter +
                             "' is none of 0, 1, + and -; a file's name ends with .npy");
        if (letter == '1' || letter == '-') state.shift(std::uint64_t{1} << q);
        if (letter == '+' || letter == '-') state.apply_one({kHalf, kHalf, kHalf, -kHalf}, q);
    }
}

template <class Real>
void write_state(const engine::StateVector<Real>& state, const std::string& path, bool here) {
    std::vector<std::uint64_t> indices;
    const auto read = [&](std::uint64_t first, std::span<Complex> out) {
        indices.resize(out.size());
        for (std::uint64_t k = 0; k < out.size(); ++k) indices[k] = first + k;
        state.read(indices, out);
    };
    engine::write_npy(here ? path : "", state.size(), sizeof(Real) == 4, read);
}

template <class Real>
Outcome evolve(const Options& options, const EvolveOptions& o, std::uint32_t qubits,
               const PauliSum& hamiltonian, const std::optional<PauliSum>& observable) {
    const JobOptions& job = options.job;
    engine::StateOptions how;
    how.threads = job.threads;
    how.max_memory_bytes = job.max_memory_bytes;
    how.ranks = job.ranks;
    engine::StateVector<Real> state(how);
    state.reset(static_cast<int>(qubits));
    if (is_file(o))
        read_state(state, o.state);
    else
        set_product(state, o.state);
    const engine::PauliStrings h = engine::strings_of(hamiltonian);
    Outcome outcome;
    outcome.energy_before = energy(state, h);
    const auto moved = [&] {
        return job.ranks != nullptr
                   ? job.ranks->traffic()[static_cast<std::size_t>(host::Traffic::kState)]
                   : host::TrafficCount{};
    };
    const host::TrafficCount before = moved();
    const auto start = std::chrono::steady_clock::now();
    engine::evolve(state, h,
                   {.method = method_from_name(o.method),
                    .time = o.time,
                    .steps = static_cast<int>(o.steps),
                    .tolerance = sizeof(Real) == 4 ? 1e-8 : 1e-13});
    outcome.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    outcome.moved = moved();
    outcome.moved.messages -= before.messages;
    outcome.moved.bytes -= before.bytes;
    outcome.moved.window_bytes -= before.window_bytes;
    outcome.norm = state.weight();
    outcome.energy = energy(state, h);
    if (observable) outcome.expectation = energy(state, engine::strings_of(*observable));
    if (!o.state_out.empty())
        write_state(state, o.state_out, job.ranks == nullptr || job.ranks->rank() == 0);
    return outcome;
}

void print(const Options& options, const EvolveOptions& o, std::uint32_t qubits,
           const PauliSum& hamiltonian, const Outcome& r) {
    const int ranks = options.job.ranks != nullptr ? options.job.ranks->size() : 1;
    if (options.json) {
        nlohmann::ordered_json json = {{"hamiltonian", o.hamiltonian},
                                       {"qubits", qubits},
                                       {"terms", hamiltonian.terms.size()},
                                       {"method", o.method},
                                       {"time", o.time},
                                       {"steps", o.steps},
                                       {"energy_before", r.energy_before},
                                       {"energy", r.energy},
                                       {"norm", r.norm}};
        if (r.expectation) json["expectation"] = *r.expectation;
        json["ranks"] = ranks;
        json["messages_sent"] = r.moved.messages;
        json["bytes_sent"] = r.moved.bytes + r.moved.window_bytes;
        json["wall_s"] = r.seconds;
        std::cout << json.dump(2) << '\n';
        return;
    }
    std::printf("%u qubits, %zu terms, %s in %u step%s to time %g\n", qubits,
                hamiltonian.terms.size(), o.method.c_str(), o.steps, o.steps == 1 ? "" : "s",
                o.time);
    std::printf("energy       %.10f (before: %.10f)\nnorm         %.12f\n", r.energy,
                r.energy_before, r.norm);
    if (r.expectation) std::printf("expectation  %.10f\n", *r.expectation);
    std::printf("wall time    %.3f s\n", r.seconds);
    if (ranks > 1)
        std::printf("sent         %llu messages, %llu bytes by rank 0 of %d\n",
                    static_cast<unsigned long long>(r.moved.messages),
                    static_cast<unsigned long long>(r.moved.bytes + r.moved.window_bytes), ranks);
}

int do_evolve(const Options& options, const EvolveOptions& o) {
    const std::uint32_t qubits = qubits_of(o);
    const PauliSum hamiltonian = parse_pauli_sum(read_file(o.hamiltonian), o.hamiltonian, qubits);
    std::optional<PauliSum> observable;
    if (!o.observable.empty())
        observable = parse_pauli_sum(read_file(o.observable), o.observable, qubits);
    const Outcome outcome = options.job.single_precision
                                ? evolve<float>(options, o, qubits, hamiltonian, observable)
                                : evolve<double>(options, o, qubits, hamiltonian, observable);
    if (options.job.ranks == nullptr || options.job.ranks->rank() == 0)
        print(options, o, qubits, hamiltonian, outcome);
    return 0;
}

void add_evolution(CLI::App& app, const std::shared_ptr<EvolveOptions>& o) {
    app.add_option("hamiltonian", o->hamiltonian,
                   "file with the Hamiltonian, one term a line, such as 0.5 Z0 Z1 or 0.1 IZXY")
        ->required()
        ->type_name("FILE");
    app.add_option("--qubits", o->qubits, "number of qubits [as the state has]")
        ->check(whole_from(1, "a number of qubits"));
    app.add_option("--state", o->state,
                   "state to start from: 0, 1, + or - for every qubit, the last for qubit 0; one "
                   "for all; or a NumPy file [0]")
        ->type_name("LETTERS|FILE.npy");
    app.add_option("--time", o->time, "how long the Hamiltonian acts")->required();
    app.add_option("--method", o->method,
                   "trotter1, trotter2, trotter4, or chebyshev, which is exact to rounding "
                   "[trotter2]")
        ->check(CLI::IsMember({"trotter1", "trotter2", "trotter4", "chebyshev"}));
    app.add_option("--steps", o->steps, "equal parts of the time [1]")
        ->check(whole_from(1, "a number of steps"));
    app.add_option("--expectation", o->observable,
                   "expectation value of the observable in a file afterwards")
        ->type_name("FILE");
    app.add_option("--state-out", o->state_out, "write the state as a NumPy file")
        ->type_name("FILE.npy");
}

}  // namespace

Command evolve_command(host::Ranks* ranks) {
    Command command{
        {"evolve",
         "let a Hamiltonian act on a state for a time",
         "Applies exp(-i H t) for a Hamiltonian that is a sum of Pauli strings. Trotter formulas "
         "of order 1, 2 and 4 make an error that falls with that power of the number of steps; "
         "chebyshev makes none above rounding, and needs room for three states. Started by mpirun "
         "or srun, the state is spread over the ranks.",
         {"carillon evolve examples/heisenberg.txt --state 0101010101 --time 1 --steps 20",
          "carillon evolve examples/heisenberg.txt --state 0101010101 --time 1 --method chebyshev "
          "--expectation examples/staggered.txt"}},
        [ranks](CLI::App& app) -> std::function<int()> {
            auto options = std::make_shared<Options>();
            options->job.ranks = ranks;
            auto evolution = std::make_shared<EvolveOptions>();
            add_evolution(app, evolution);
            add_setting(app, options, "--precision", "precision", "double or float [double]");
            add_setting(app, options, "--threads", "threads",
                        "threads of the simulator [one per core]")
                ->type_name("N");
            add_setting(app, options, "--max-memory", "max_memory",
                        "most memory for a state, such as 4GiB [what is free]")
                ->type_name("SIZE");
            add_output(app, options);
            return [&app, options, evolution] {
                settle(app, *options);
                return do_evolve(*options, *evolution);
            };
        }};
    command.over_ranks = true;
    return command;
}

}  // namespace carillon::cli
