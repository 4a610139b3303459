// SPDX-License-Identifier: Apache-2.0
// Amplitudes that circuits move between ranks: measured here, counted for QuEST and Aer.
//
// carillon_bench_traffic [--qubits 24 26] [--ranks 4 16] [--families qft ...]
//
// Ranks are threads; all are one node each, so that every exchange is by messages, unless
// --one-node. Prints a table in Markdown.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "carillon/base/error.h"
#include "carillon/resource/engine/rank_state.h"
#include "carillon/resource/engine/register.h"
#include "carillon/resource/host/ranks.h"
#include "traffic/circuits.h"
#include "traffic/rivals.h"

namespace carillon::bench {
namespace {

using engine::Register;
using Handle = engine::AffineFrame::Handle;

struct Options {
    std::vector<std::uint32_t> qubits = {24, 26};
    std::vector<int> ranks = {4, 16};
    std::vector<std::string> families = traffic_families();
    bool one_node = false;
};

enum class Input : std::uint8_t { kRandom, kZero };

struct Measured {
    double states = 0;
    std::uint64_t exchanges = 0;
    double seconds = 0, plan_s = 0;
};

/// A number in (-1, 1) for every index.
double noise(std::uint64_t index) {
    index = (index ^ index >> 31) * 0x9e3779b97f4a7c15;
    index = (index ^ index >> 29) * 0xbf58476d1ce4e5b9;
    return static_cast<double>(static_cast<std::int64_t>(index)) * 0x1p-63;
}

void load_noise(Register<float>& reg, const std::vector<Handle>& handles) {
    const double scale = std::sqrt(1.5 * std::ldexp(1.0, -static_cast<int>(handles.size())));
    reg.load(handles, [&](std::uint64_t first, std::span<Complex> out) {
        for (std::uint64_t k = 0; k < out.size(); ++k)
            out[k] = {scale * noise(2 * (first + k)), scale * noise(2 * (first + k) + 1)};
    });
}

void apply(Register<float>& reg, const std::vector<Handle>& handles, const Circuit& circuit) {
    for (const Operation& op : circuit.body()) {
        std::vector<Handle> operands;
        std::vector<double> angles;
        for (const QubitId q : circuit.qubits(op))
            operands.push_back(handles[static_cast<std::size_t>(q)]);
        for (const Param& p : circuit.parameters(op)) angles.push_back(p.value);
        reg.gate(op.gate, op.controls, angles, operands);
    }
    reg.settle_all(handles);
    reg.flush();
}

double state_bytes(const host::Ranks& ranks) {
    const auto& t = ranks.traffic()[static_cast<std::size_t>(host::Traffic::kState)];
    return static_cast<double>(t.bytes + t.window_bytes);
}

Measured measure(const Circuit& circuit, Input input, int ranks, bool one_node) {
    Measured result;
    std::mutex mutex;
    const double whole = std::ldexp(8.0, static_cast<int>(circuit.num_qubits));
    host::run_as_threads(
        {.ranks = ranks, .ranks_per_node = one_node ? 0 : 1}, [&](host::Ranks& host) {
            Register<float> reg({.threads = 1, .ranks = &host});
            std::vector<Handle> handles;
            for (std::uint32_t k = 0; k < circuit.num_qubits; ++k)
                handles.push_back(reg.allocate());
            if (input == Input::kRandom) load_noise(reg, handles);
            const double before = state_bytes(host);
            const auto start = std::chrono::steady_clock::now();
            apply(reg, handles, circuit);
            const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
            const auto* state =
                dynamic_cast<const engine::RankState<float>*>(reg.affine().state().large());
            const std::lock_guard lock(mutex);
            result.states += (state_bytes(host) - before) / whole;
            if (host.rank() != 0) return;
            result.seconds = elapsed.count();
            if (state == nullptr) return;
            result.exchanges = state->exchanges();
            result.plan_s = state->planning_s();
        });
    return result;
}

void print_row(const Circuit& circuit, int ranks, const Options& options) {
    const int outside = static_cast<int>(std::log2(ranks));
    const Moved quest = quest_traffic(circuit, outside);
    const Moved by_name = aer_traffic(circuit, outside, AerDiagonal::kByName);
    const Moved by_matrix = aer_traffic(circuit, outside, AerDiagonal::kAll);
    const double aer = std::min(by_name.states, by_matrix.states);
    const Measured random = measure(circuit, Input::kRandom, ranks, options.one_node);
    const Measured zero = measure(circuit, Input::kZero, ranks, options.one_node);
    const auto cell = [](const Moved& m) {
        char text[64];
        std::snprintf(text, sizeof text, "%.3f (%llu)", m.states,
                      static_cast<unsigned long long>(m.exchanges));
        return std::string(text);
    };
    std::printf("|%s|%u|%d|%.3f (%llu)|%.3f (%llu)|%s|%s|%s|%.2f|%.2f|%.2f|%.2f|%.1f|\n",
                circuit.name.c_str(), circuit.num_qubits, ranks, random.states,
                static_cast<unsigned long long>(random.exchanges), zero.states,
                static_cast<unsigned long long>(zero.exchanges), cell(quest).c_str(),
                cell(by_name).c_str(), cell(by_matrix).c_str(), random.states / quest.states,
                random.states / aer, zero.states / aer, random.seconds, 1e3 * random.plan_s);
    std::fflush(stdout);
}

int run(const Options& options) {
    std::printf(
        "|circuit|qubits|ranks|ours, random input|ours, from 0..0|QuEST|Aer, by name|Aer, all "
        "diagonal|ours/QuEST|ours/Aer|from 0..0/Aer|s|planning ms|\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (const std::string& family : options.families)
        for (const std::uint32_t qubits : options.qubits) {
            const Circuit circuit = traffic_circuit(family, qubits);
            for (const int ranks : options.ranks) print_row(circuit, ranks, options);
        }
    return 0;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    carillon::bench::Options options;
    CLI::App app{"Amplitudes moved between ranks: measured, and counted for QuEST and Aer."};
    app.add_option("--qubits", options.qubits, "numbers of qubits")->check(CLI::Range(18, 40));
    app.add_option("--ranks", options.ranks, "numbers of ranks, powers of two")
        ->check(CLI::IsMember({2, 4, 8, 16}));
    app.add_option("--families", options.families, "circuits")
        ->check(CLI::IsMember(carillon::bench::traffic_families()));
    app.add_flag("--one-node", options.one_node, "ranks share a node and trade through a window");
    CLI11_PARSE(app, argc, argv);
    try {
        return carillon::bench::run(options);
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << '\n';
        return 1;
    }
}
