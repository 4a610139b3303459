// SPDX-License-Identifier: Apache-2.0
// Times the state-vector engine on a circuit without measurements: gate application only, from
// |0...0>.
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "bandwidth.h"
#include "carillon/language/qasm/reader.h"
#include "gatewise.h"

namespace {

using namespace carillon;

struct Options {
    std::string file;
    std::string precision = "float";
    int threads = 0;
    int repeats = 1;
    std::vector<std::uint64_t> amplitudes;
    bool json = false;
};

template <class Real>
engine::StateVector<Real> zero_state(int qubits, const engine::StateOptions& options) {
    engine::StateVector<Real> state(options);
    state.reset(qubits);
    return state;
}

/// What the plan of the circuit does: arithmetic, and bytes to and from memory.
template <class Real>
void count_work(const Circuit& circuit, engine::StateOptions options, nlohmann::json& result) {
    options.record = true;
    auto state = zero_state<Real>(static_cast<int>(circuit.num_qubits), options);
    bench::apply_gates(state, circuit);
    state.flush();
    double flops = 0, bytes = 0;
    for (const engine::passes::PassRecord& r : state.records()) {
        flops += r.part * r.cost.flops;
        bytes += r.part * r.cost.bytes;
    }
    result["flops"] = flops;
    result["moved_bytes"] = bytes;
}

template <class Real>
nlohmann::json measure(const Circuit& circuit, const Options& options) {
    engine::StateOptions state_options;
    state_options.threads = options.threads;
    const int qubits = static_cast<int>(circuit.num_qubits);
    nlohmann::json result = {{"seconds", nlohmann::json::array()}};
    for (int r = 0; r < options.repeats; ++r) {
        auto state = zero_state<Real>(qubits, state_options);
        const std::uint64_t passes = state.passes();
        const auto start = std::chrono::steady_clock::now();
        const bench::Axes axes = bench::apply_gates(state, circuit);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        result["seconds"].push_back(elapsed.count());
        if (r + 1 < options.repeats) continue;
        result["passes"] = state.passes() - passes;
        result["bytes"] = state.bytes();
        result["threads"] = state.team().threads();
        result["amplitudes"] = nlohmann::json::array();
        for (const std::uint64_t index : options.amplitudes) {
            std::uint64_t at = 0;
            for (std::size_t q = 0; q < axes.size(); ++q) at |= (index >> q & 1) << axes[q];
            const Complex a = state.amplitude(at);
            result["amplitudes"].push_back({a.real(), a.imag()});
        }
        result["probe_gbs"] = bench::in_place_bandwidth(state.team(), state.bytes());
    }
    count_work<Real>(circuit, state_options, result);
    return result;
}

nlohmann::json run(const Options& options) {
    const ReadResult read = read_qasm_file(options.file);
    nlohmann::json result = options.precision == "float" ? measure<float>(read.circuit, options)
                                                         : measure<double>(read.circuit, options);
    result["circuit"] = options.file;
    result["qubits"] = read.circuit.num_qubits;
    result["gates"] = summarize(read.circuit).gates;
    result["precision"] = options.precision;
    return result;
}

void print_text(const nlohmann::json& r) {
    std::cout << r["circuit"].get<std::string>() << ": " << r["qubits"] << " qubits, " << r["gates"]
              << " gates, " << r["precision"].get<std::string>() << ", " << r["threads"]
              << " threads, " << r["passes"] << " passes, probe " << r["probe_gbs"] << " GB/s\n";
    for (const auto& seconds : r["seconds"]) std::cout << seconds << " s\n";
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Times the state-vector engine on an OpenQASM circuit without measurements");
    app.add_option("file", options.file, "OpenQASM file")->required();
    app.add_option("--precision", options.precision)->check(CLI::IsMember({"float", "double"}));
    app.add_option("--threads", options.threads, "0: one per core")->check(CLI::NonNegativeNumber);
    app.add_option("--repeats", options.repeats)->check(CLI::PositiveNumber);
    app.add_option("--amplitudes", options.amplitudes, "indices of amplitudes to report");
    app.add_flag("--json", options.json);
    CLI11_PARSE(app, argc, argv);
    try {
        const nlohmann::json result = run(options);
        if (options.json)
            std::cout << result.dump() << "\n";
        else
            print_text(result);
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << "\n";
        return 1;
    }
}
