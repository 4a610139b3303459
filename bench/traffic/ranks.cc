// SPDX-License-Identifier: Apache-2.0
// Time of a circuit on many ranks of many nodes, from its plan and measured rates.
//
// carillon_bench_ranks [--circuit brickwork] [--qubits 40] [--nodes 128 256 512 1024] [--json]
// carillon_bench_ranks --check
//
// Time = passes of every stage, as the planner of passes predicts them from rates measured here on
// one thread for every rank, and exchanges over shared memory and a torus (torus.h). --check
// compares with runs on 1 and 2 ranks here, and bytes on 4, 8 and 16.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <exception>
#include <iostream>
#include <mutex>
#include <numeric>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "carillon/resource/engine/kernels/tile.h"
#include "carillon/resource/engine/passes/explain.h"
#include "carillon/resource/engine/passes/stages.h"
#include "carillon/resource/engine/passes/undone_flips.h"
#include "carillon/resource/engine/rank_state.h"
#include "carillon/resource/engine/state_vector.h"
#include "traffic/circuits.h"
#include "traffic/feed.h"
#include "traffic/rivals.h"
#include "traffic/torus.h"

namespace carillon::bench {
namespace {

namespace passes = engine::passes;

constexpr double kAmplitude = 8;        ///< bytes, single precision
constexpr double kBuffers = 8 << 20;    ///< of an exchange by messages, per rank
constexpr std::uint64_t kSamples = 16;  ///< parts whose work is predicted
constexpr int kRankBits = 3;

struct Options {
    std::string circuit = "brickwork";
    std::uint32_t qubits = 40;
    std::vector<int> nodes = {128, 256, 512, 1024};
    double link_gbs = 10, latency_us = 1, shared_gbs = 20, memory_gbs = 0, vector_gops = 0;
    bool json = false, check = false;
};

struct Prediction {
    int ranks = 0;
    std::size_t exchanges = 0;
    double compute_s = 0, exchange_s = 0, states_moved = 0, balance = 1, link_use = 0;
    double wire_s = 0;  ///< of the exchange, between nodes
    std::uint64_t messages = 0;
    double total() const { return compute_s + exchange_s; }
};

passes::Speeds speeds_for(const Options& o) {
    engine::ThreadTeam team(1);
    passes::Speeds speeds = passes::measure_speeds<float>(team);
    if (o.memory_gbs > 0) speeds.bytes_per_s = 1e9 * o.memory_gbs;
    if (o.vector_gops > 0) speeds.vector_ops_per_s = 1e9 * o.vector_gops;
    return speeds;
}

/// Where axes are, as RankState keeps it.
class Layout {
  public:
    Layout(int axes, int inside) : inside_(inside), axis_at_(static_cast<std::size_t>(axes)) {
        std::iota(axis_at_.begin(), axis_at_.end(), 0);
    }
    std::uint64_t mask() const {
        std::uint64_t mask = 0;
        for (int p = 0; p < inside_; ++p) mask |= std::uint64_t{1} << axis_at_[at(p)];
        return mask;
    }
    /// Returns: the bits of a rank's number that are exchanged.
    std::uint64_t bring(std::uint64_t axes) {
        std::uint64_t bits = 0;
        int place = inside_;
        for (std::size_t k = at(inside_); k < axis_at_.size(); ++k) {
            if ((axes >> axis_at_[k] & 1) == 0) continue;
            do --place;
            while ((axes >> axis_at_[at(place)] & 1) != 0);
            std::swap(axis_at_[k], axis_at_[at(place)]);
            bits |= std::uint64_t{1} << (k - at(inside_));
        }
        return bits;
    }
    std::vector<int> places() const {
        std::vector<int> place(axis_at_.size(), -1);
        for (int p = 0; p < inside_; ++p) place[at(axis_at_[at(p)])] = p;
        return place;
    }
    std::uint64_t outside(std::uint64_t part) const {
        std::uint64_t values = 0;
        for (std::size_t k = at(inside_); k < axis_at_.size(); ++k)
            values |= (part >> (k - at(inside_)) & 1) << axis_at_[k];
        return values;
    }

  private:
    static std::size_t at(int place) { return static_cast<std::size_t>(place); }
    int inside_;
    std::vector<int> axis_at_;
};

double stage_seconds(const passes::Items& items, const passes::Stage& stage, const Layout& layout,
                     std::uint64_t part, const passes::Geometry& geometry,
                     const passes::Speeds& speeds) {
    Complex scalar = 1;
    const passes::Items mine =
        passes::localise(items, stage.items, layout.places(), layout.outside(part), scalar);
    double seconds = 0;
    for (const passes::Pass& pass : passes::plan(mine, geometry))
        seconds +=
            passes::predict(passes::cost_of(pass, geometry, static_cast<std::size_t>(kAmplitude)),
                            speeds, geometry, 1, 1);
    return seconds;
}

Prediction predict(const Circuit& circuit, int outside, const Torus& torus,
                   const passes::Speeds& speeds) {
    const int axes = static_cast<int>(circuit.num_qubits), inside = axes - outside;
    passes::Collector collector;
    feed(CollectorSink{collector}, circuit);
    Complex scalar;
    const passes::Items items = passes::narrowed(
        passes::without_undone_flips(collector.take(scalar)), engine::RankState<float>::kMostFlips);
    Layout layout(axes, inside);
    passes::StagePlan wanted;
    wanted.axes = axes;
    wanted.inside = inside;
    wanted.cost = engine::RankState<float>::kExchange;
    const auto stages = passes::plan_stages(items, wanted, layout.mask());
    const auto geometry = passes::make_geometry(inside, engine::kernels::lane_bits<float>(),
                                                static_cast<std::size_t>(kAmplitude), 1);
    const std::uint64_t parts = std::uint64_t{1} << outside;
    const double part_bytes = std::ldexp(kAmplitude, inside);
    Prediction result{.ranks = 1 << outside};
    double slowest = 0, mean = 0, weighted_use = 0;
    for (const passes::Stage& stage : stages) {
        if (const std::uint64_t bits = layout.bring(stage.axes); bits != 0) {
            const ExchangeTime time = exchange_time(torus, bits, part_bytes);
            ++result.exchanges;
            result.exchange_s += time.seconds;
            const double wire = time.seconds - time.shared_s;
            result.wire_s += wire;
            weighted_use += wire * time.link_use;
            result.messages += time.messages;
            result.states_moved += 1 - std::ldexp(1.0, -std::popcount(bits));
        }
        double worst = 0, sum = 0;
        const std::uint64_t samples = std::min(parts, kSamples);
        for (std::uint64_t k = 0; k < samples; ++k) {
            const double seconds = stage_seconds(
                items, stage, layout, k * (parts - 1) / std::max<std::uint64_t>(samples - 1, 1),
                geometry, speeds);
            worst = std::max(worst, seconds);
            sum += seconds / static_cast<double>(samples);
        }
        slowest += worst;
        mean += sum;
    }
    result.compute_s = slowest;
    result.balance = slowest > 0 ? mean / slowest : 1;
    result.link_use = result.wire_s > 0 ? weighted_use / result.wire_s : 0;
    return result;
}

/// One pass for every gate at the speed of memory, and its exchanges, one partner each.
Prediction predict_quest(const Circuit& circuit, int outside, const Torus& torus,
                         const passes::Speeds& speeds) {
    const Moved moved = quest_traffic(circuit, outside);
    const double part_bytes =
        std::ldexp(kAmplitude, static_cast<int>(circuit.num_qubits) - outside);
    Prediction result{.ranks = 1 << outside, .exchanges = moved.exchanges};
    result.compute_s =
        static_cast<double>(circuit.body().size()) * 2 * part_bytes / speeds.bytes_per_s;
    for (const auto& [bit, states] : moved.by_bit)
        // exchange_time sends half a part for one bit.
        result.exchange_s +=
            exchange_time(torus, std::uint64_t{1} << bit, 2 * states * part_bytes).seconds;
    result.states_moved = moved.states;
    result.messages = moved.messages;
    return result;
}

int run_model(const Options& o) {
    const passes::Speeds speeds = speeds_for(o);
    const Circuit circuit = traffic_circuit(o.circuit, o.qubits);
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    std::printf(
        "%s",
        o.json ? ""
               : "|nodes|ranks|GiB each|compute s|exchange s|total s|speed-up|efficiency %|QuEST's "
                 "way s|times faster|exchanges|messages|link use %|balance %|memory %|\n"
                 "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    double first = 0;
    for (const int nodes : o.nodes) {
        const int node_bits = std::bit_width(static_cast<unsigned>(nodes)) - 1;
        const int outside = node_bits + kRankBits;
        const Torus torus{.node_bits = node_bits,
                          .rank_bits = kRankBits,
                          .link_bytes_s = 1e9 * o.link_gbs,
                          .shared_bytes_s = 1e9 * o.shared_gbs,
                          .latency_s = 1e-6 * o.latency_us};
        const Prediction p = predict(circuit, outside, torus, speeds);
        const Prediction q = predict_quest(circuit, outside, torus, speeds);
        if (first == 0) first = p.total() * nodes;
        const double speedup = first / o.nodes[0] / p.total();
        const double part = std::ldexp(kAmplitude, static_cast<int>(o.qubits) - outside);
        const double memory = part / (part + kBuffers);
        const double efficiency = speedup * o.nodes[0] / nodes;
        rows.push_back({{"circuit", o.circuit},
                        {"qubits", o.qubits},
                        {"nodes", nodes},
                        {"compute_s", p.compute_s},
                        {"exchange_s", p.exchange_s},
                        {"speed_up", speedup},
                        {"quest_s", q.total()},
                        {"link_use", p.link_use},
                        {"balance", p.balance},
                        {"memory", memory}});
        if (!o.json)
            std::printf("|%d|%d|%.2f|%.2f|%.2f|%.2f|%.2f|%.0f|%.1f|%.1f|%zu|%llu|%.0f|%.1f|%.1f|\n",
                        nodes, p.ranks, part / (1 << 30), p.compute_s, p.exchange_s, p.total(),
                        speedup, 100 * efficiency, q.total(), q.total() / p.total(), p.exchanges,
                        static_cast<unsigned long long>(p.messages), 100 * p.link_use,
                        100 * p.balance, 100 * memory);
        std::fflush(stdout);
    }
    if (o.json)
        std::cout << rows.dump(1) << '\n';
    else
        std::printf(
            "\nRates of one rank: %.1f GB/s to and from memory, %.2f G vector operations/s\n",
            speeds.bytes_per_s / 1e9, speeds.vector_ops_per_s / 1e9);
    return 0;
}

struct Run {
    double seconds = 0;  ///< of the processor, of the rank that took most
    double states = 0;
};

/// Of this thread, so that other work on the machine counts for less.
double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The circuit on threads as ranks of one node, from a state without zeros.
Run measured(const Circuit& circuit, int ranks) {
    Run run;
    std::mutex mutex;
    host::run_as_threads({.ranks = ranks}, [&](host::Ranks& host) {
        engine::StateOptions options;
        options.threads = 1;
        options.ranks = &host;
        options.spread_axes = 1;
        engine::StateVector<float> state(options);
        state.reset(static_cast<int>(circuit.num_qubits));
        const float value = std::ldexp(1.0F, -static_cast<int>(circuit.num_qubits) / 2);
        state.fill(
            [&](std::uint64_t, std::span<Complex> out) { std::ranges::fill(out, Complex{value}); });
        const double start = processor_seconds();
        feed(state, circuit);
        state.flush();
        const double elapsed = processor_seconds() - start;
        const auto& moved = host.traffic()[static_cast<std::size_t>(host::Traffic::kState)];
        const std::lock_guard lock(mutex);
        run.seconds = std::max(run.seconds, elapsed);
        run.states += static_cast<double>(moved.bytes + moved.window_bytes) /
                      std::ldexp(kAmplitude, static_cast<int>(circuit.num_qubits));
    });
    return run;
}

int run_check(const Options& o) {
    const passes::Speeds speeds = speeds_for(o);
    std::printf(
        "|circuit|qubits|ranks|predicted s|measured CPU s|states moved, predicted|measured|\n"
        "|---|---|---|---|---|---|---|\n");
    for (const std::string& family : traffic_families()) {
        const Circuit circuit = traffic_circuit(family, o.qubits);
        for (const int ranks : {1, 2, 4, 8, 16}) {
            const int outside = std::bit_width(static_cast<unsigned>(ranks)) - 1;
            const Torus torus{.rank_bits = outside, .shared_bytes_s = 1e9 * o.shared_gbs};
            const Prediction p = predict(circuit, outside, torus, speeds);
            const Run run = measured(circuit, ranks);
            // More ranks than cores share them: their times say nothing about one each.
            if (ranks <= 2)
                std::printf("|%s|%u|%d|%.3f|%.3f|%.4f|%.4f|\n", family.c_str(), o.qubits, ranks,
                            p.total(), run.seconds, p.states_moved, run.states);
            else
                std::printf("|%s|%u|%d|||%.4f|%.4f|\n", family.c_str(), o.qubits, ranks,
                            p.states_moved, run.states);
            std::fflush(stdout);
        }
    }
    return 0;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    carillon::bench::Options o;
    CLI::App app{"Time of a circuit on many ranks, from its plan and measured rates."};
    app.add_option("--circuit", o.circuit)
        ->check(CLI::IsMember(carillon::bench::traffic_families()));
    app.add_option("--qubits", o.qubits)->check(CLI::Range(18, 48));
    app.add_option("--nodes", o.nodes, "powers of two, 8 ranks each")
        ->check(CLI::IsMember({16, 32, 64, 128, 256, 512, 1024}));
    app.add_option("--link-gbs", o.link_gbs, "GB/s of a link in one direction")
        ->check(CLI::PositiveNumber);
    app.add_option("--latency-us", o.latency_us, "of a message")->check(CLI::NonNegativeNumber);
    app.add_option("--shared-gbs", o.shared_gbs, "GB/s that ranks of a node trade")
        ->check(CLI::PositiveNumber);
    app.add_option("--memory-gbs", o.memory_gbs, "of one rank [measured]");
    app.add_option("--vector-gops", o.vector_gops, "of one rank [measured]");
    app.add_flag("--json", o.json);
    app.add_flag("--check", o.check, "compare with runs here, --qubits of them at most 26");
    CLI11_PARSE(app, argc, argv);
    try {
        return o.check ? carillon::bench::run_check(o) : carillon::bench::run_model(o);
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << '\n';
        return 1;
    }
}
