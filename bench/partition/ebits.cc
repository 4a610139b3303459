// SPDX-License-Identifier: Apache-2.0
// Bell pairs of partition() on published instances, beside the published counts.
//
// carillon_bench_ebits [--effort low|normal|high] [--seed N] [--only TEXT]
//                      [--no-embedding] [--no-detached] [--ablation] [DATA]
//
// DATA (or CARILLON_TEST_DATA) holds pytket_dqc/{best_known.csv,circuits,networks} and
// qasmbench/{*.qasm,published_ebits_all_to_all.md}. Every placement is emitted and proved.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/validate/validate.h"
#include "common/proof.h"
#include "common/study.h"
#include "sparse_published.h"

namespace carillon::bench {
namespace {

namespace fs = std::filesystem;

struct Settings {
    fs::path data;
    PartitionOptions options;
    std::string only;
    bool ablation = false;
};

/// Sums over the instances of one class.
struct Tally {
    int instances = 0, better = 0, equal = 0;
    double ours = 0, published = 0, ratios = 0, seconds = 0;

    void add(double mine, double theirs, double time) {
        ++instances;
        better += mine < theirs - 1e-9;
        equal += mine >= theirs - 1e-9 && mine <= theirs + 1e-9;
        ours += mine;
        published += theirs;
        ratios += theirs > 0 ? mine / theirs : 1 + mine;
        seconds += time;
    }
};

struct Run {
    PartitionResult result;
    double seconds = 0;
};

Run timed_partition(const Circuit& circuit, const Network& network,
                    const PartitionOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    Run run{partition(circuit, network, options), 0};
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return run;
}

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, separator);) cells.push_back(cell);
    return cells;
}

Circuit read_circuit(const fs::path& file) {
    return read_qasm_file(file.string()).circuit;
}

void print_tallies(const std::map<std::string, Tally>& classes) {
    std::printf(
        "\n|class|instances|fewer|equal|more|at most published|ours, mean|published, mean|"
        "mean ratio|s each|\n");
    std::printf("|---|---|---|---|---|---|---|---|---|---|\n");
    for (const auto& [name, t] : classes) {
        const double n = t.instances;
        std::printf("|%s|%d|%d|%d|%d|%.1f %%|%.2f|%.2f|%.4f|%.2f|\n", name.c_str(), t.instances,
                    t.better, t.equal, t.instances - t.better - t.equal,
                    100 * (t.better + t.equal) / n, t.ours / n, t.published / n, t.ratios / n,
                    t.seconds / n);
    }
}

/// A published circuit on a published network.
struct Instance {
    std::string circuit, network, name;  ///< name of its class
    double best = 0;                     ///< best published count
};

std::vector<Instance> published_instances(const Settings& settings) {
    std::ifstream rows(settings.data / "pytket_dqc/best_known.csv");
    if (!rows) throw InputError("no pytket_dqc/best_known.csv in " + settings.data.string());
    std::vector<Instance> instances;
    std::string line;
    std::getline(rows, line);
    while (std::getline(rows, line)) {
        if (line.find(settings.only) == std::string::npos) continue;
        const std::vector<std::string> cells = split(line, ',');
        const bool complete = cells[1].starts_with("all_to_all");
        instances.push_back({cells[0], cells[1],
                             cells[2] + (complete ? ", complete, " : ", sparse, ") + cells[5],
                             std::stod(cells[6])});
    }
    return instances;
}

class PublishedData {
  public:
    explicit PublishedData(const Settings& settings) : folder_(settings.data / "pytket_dqc") {}

    Run run(const Instance& instance, const PartitionOptions& options) {
        return timed_partition(circuit(instance), network(instance), options);
    }

    /// The program of a placement, emitted and proved.
    Proof proof(const Instance& instance, const Placement& placement) {
        const Circuit& c = circuit(instance);
        return prove(c, as_lowered(c), network(instance), placement);
    }

  private:
    const Circuit& circuit(const Instance& instance) {
        const auto [at, fresh] = circuits_.try_emplace(instance.circuit);
        if (fresh) at->second = read_circuit(folder_ / "circuits" / instance.circuit);
        return at->second;
    }

    Network network(const Instance& instance) const {
        return load_network((folder_ / "networks" / instance.network).string());
    }

    fs::path folder_;
    std::map<std::string, Circuit> circuits_;
};

/// Circuits exactly as published (h, rz and cu1; nothing is rewritten), exact capacities, no moves.
///
/// Returns: whether every program was proved.
bool static_instances(const Settings& settings) {
    std::printf("\n## pytket-dqc instances: static, Steiner model\n\n");
    std::printf("Gate set and capacities are those of the published runs; qubits never move.\n\n");
    std::printf(
        "|circuit|network|ours|proved pairs|embedded segments|detached gates|best known|ratio|"
        "s|\n");
    std::printf("|---|---|---|---|---|---|---|---|---|\n");
    std::map<std::string, Tally> classes;
    ProofTally proofs;
    PublishedData data(settings);
    PartitionOptions options = settings.options;
    options.allow_moves = false;
    for (const Instance& i : published_instances(settings)) {
        const Run run = data.run(i, options);
        const PlacementCost& cost = run.result.cost;
        const auto ours = static_cast<double>(cost.pairs);
        const Proof proof = data.proof(i, run.result.placement);
        proofs.add(i.circuit + " " + i.network, cost.pairs, proof);
        std::printf("|%s|%s|%.0f|%s|%llu|%llu|%.0f|%.3f|%.2f|\n", i.circuit.c_str(),
                    i.network.c_str(), ours, proof.cell().c_str(),
                    static_cast<unsigned long long>(cost.embedded_segments),
                    static_cast<unsigned long long>(cost.detached_gates), i.best,
                    i.best > 0 ? ours / i.best : 1 + ours, run.seconds);
        std::fflush(stdout);
        classes[i.name].add(ours, i.best, run.seconds);
        classes["~ all"].add(ours, i.best, run.seconds);
    }
    print_tallies(classes);
    proofs.print();
    return proofs.all_proved();
}

/// What each ingredient gives: gates only where an operand lives, then also on third QPUs, then
/// with copies kept through segments too.
void ablation(const Settings& settings) {
    std::printf("\n## Ablation: class means on pytket-dqc instances\n\n");
    struct Sums {
        int instances = 0;
        double homes = 0, detached = 0, embedding = 0, published = 0;
    };
    std::map<std::string, Sums> classes;
    PublishedData data(settings);
    PartitionOptions options = settings.options;
    options.allow_moves = false;
    for (const Instance& i : published_instances(settings)) {
        const auto pairs = [&](bool embedding, bool detached) {
            options.embedding = embedding;
            options.detached = detached;
            return static_cast<double>(data.run(i, options).result.cost.pairs);
        };
        const double homes = pairs(false, false), detached = pairs(false, true),
                     embedding = pairs(true, true);
        for (const std::string& name : {i.name, std::string("~ all")}) {
            Sums& sums = classes[name];
            ++sums.instances;
            sums.homes += homes;
            sums.detached += detached;
            sums.embedding += embedding;
            sums.published += i.best;
        }
    }
    std::printf("|class|instances|operands' homes|+ detached|+ embedding|best published|\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (const auto& [name, sums] : classes) {
        const double n = sums.instances;
        std::printf("|%s|%d|%.2f|%.2f|%.2f|%.2f|\n", name.c_str(), sums.instances, sums.homes / n,
                    sums.detached / n, sums.embedding / n, sums.published / n);
    }
}

/// The lowest of the published counts in a table row.
double lowest(const std::vector<std::string>& cells, std::size_t first, std::size_t last) {
    double best = 1e300;
    for (std::size_t i = first; i <= last; ++i) best = std::min(best, std::stod(cells[i]));
    return best;
}

/// A published network for a program, without capacities, and the best published count.
struct Row {
    std::string program;
    Network network;
    double best = 0;
};

/// k QPUs in rows of near the square root of k, the last row perhaps shorter, as in the published
/// study.
Network near_square_grid(unsigned k) {
    unsigned rows = 1;
    while ((rows + 1) * (rows + 1) <= k) ++rows;
    const unsigned columns = rows * rows < k ? rows + 1 : rows;
    if (rows * columns < k) ++rows;
    Network grid = generate_network("grid:" + std::to_string(rows) + "x" + std::to_string(columns));
    grid.nodes.resize(k);
    std::erase_if(grid.links, [k](const Link& l) { return l.a.value >= k || l.b.value >= k; });
    grid.name = "grid:" + std::to_string(k);
    return grid;
}

/// What compile() makes of a program on a row's network, and what the validator says of it.
struct Compiled {
    PlacementCost cost;
    Proof proof;
    double seconds = 0;
};

Compiled compiled(const Circuit& circuit, const Network& network, const PartitionOptions& search) {
    CompileOptions options;
    options.partition = search;
    const double start = steady_seconds();
    const Compilation compilation = compile(circuit, network, options);
    const double seconds = steady_seconds() - start;
    const Verdict verdict = validate(circuit, compilation.program);
    return {compilation.cost, {verdict.equal, verdict.pairs, verdict.reason}, seconds};
}

/// QPUs of floor(n/k)+1 data qubits, moves allowed.
class MovingInstances {
  public:
    explicit MovingInstances(const Settings& settings) : settings_(settings) {
        std::printf("|circuit|k|network|ours|proved pairs|of these moves|ours, static|");
        std::printf("best published|ratio|s|\n|---|---|---|---|---|---|---|---|---|---|\n");
    }

    void run(const Row& row) {
        const Circuit circuit =
            read_circuit(settings_.data / "qasmbench" / (row.program + ".qasm"));
        const auto k = static_cast<unsigned>(row.network.nodes.size());
        Network network = with_ample_communication(row.network, circuit.num_qubits);
        for (Node& node : network.nodes) node.data_qubits = circuit.num_qubits / k + 1;
        PartitionOptions options = settings_.options;
        options.allow_moves = false;
        const Compiled fixed = compiled(circuit, network, options);
        options.allow_moves = true;
        const Compiled moved = compiled(circuit, network, options);
        const auto ours = static_cast<double>(moved.cost.pairs);
        const std::string shape = row.network.name.substr(0, row.network.name.find(':'));
        proofs_.add(row.program + " " + row.network.name + ", static", fixed.cost.pairs,
                    fixed.proof);
        proofs_.add(row.program + " " + row.network.name, moved.cost.pairs, moved.proof);
        std::printf("|%s|%u|%s|%.0f|%s|%llu|%llu|%.1f|%.3f|%.2f|\n", row.program.c_str(), k,
                    shape.c_str(), ours, moved.proof.cell().c_str(),
                    static_cast<unsigned long long>(moved.cost.moves),
                    static_cast<unsigned long long>(fixed.cost.pairs), row.best, ours / row.best,
                    moved.seconds);
        std::fflush(stdout);
        classes_[shape + ", k = " + std::to_string(k)].add(ours, row.best, moved.seconds);
        classes_["~ all"].add(ours, row.best, moved.seconds);
    }

    bool finish() const {
        print_tallies(classes_);
        proofs_.print();
        return proofs_.all_proved();
    }

  private:
    const Settings& settings_;
    std::map<std::string, Tally> classes_;
    ProofTally proofs_;
};

bool has_program(const Settings& settings, const std::string& name) {
    return fs::exists(settings.data / "qasmbench" / (name + ".qasm"));
}

/// Returns: whether every program was proved.
bool moving_instances(const Settings& settings) {
    std::ifstream rows(settings.data / "qasmbench/published_ebits_all_to_all.md");
    if (!rows) {
        throw InputError("no qasmbench/published_ebits_all_to_all.md in " + settings.data.string());
    }
    std::printf("\n## QASMBench, complete networks, moves allowed\n\n");
    MovingInstances instances(settings);
    for (std::string line; std::getline(rows, line);) {
        if (line.find(settings.only) == std::string::npos) continue;
        const std::vector<std::string> cells = split(line, '|');
        if (cells.size() < 7 || !has_program(settings, cells[1])) continue;
        instances.run({cells[1], generate_network("full:" + cells[2]), lowest(cells, 3, 6)});
    }
    return instances.finish();
}

/// Returns: whether every program was proved.
bool sparse_instances(const Settings& settings) {
    std::printf("\n## QASMBench, sparse networks, moves allowed\n\n");
    MovingInstances instances(settings);
    for (const SparsePublished& row : sparse_published()) {
        if (row.program.find(settings.only) == std::string::npos) continue;
        if (!has_program(settings, row.program)) continue;
        instances.run({row.program, near_square_grid(row.qpus), row.grid});
        instances.run(
            {row.program, generate_network("line:" + std::to_string(row.qpus)), row.line});
    }
    return instances.finish();
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    using namespace carillon::bench;
    Settings settings;
    bool no_embedding = false, no_detached = false;
    Study study("Bell pairs of placements on published instances, beside the published counts.");
    study.option("--effort", settings.options.effort, "low, normal or high")
        .option("--seed", settings.options.seed, "seed of all random choices")
        .only(settings.only)
        .flag("--no-embedding", no_embedding, "no copy outlives its segment")
        .flag("--no-detached", no_detached, "gates are done where an operand lives")
        .flag("--ablation", settings.ablation, "class means with and without each ingredient")
        .data(settings.data, Study::Data::kNeeded);
    return study.run(argc, argv, [&] {
        settings.options.embedding = !no_embedding;
        settings.options.detached = !no_detached;
        if (settings.ablation) {
            ablation(settings);
            return 0;
        }
        bool proved = static_instances(settings);
        proved = moving_instances(settings) && proved;
        proved = sparse_instances(settings) && proved;
        return proved ? 0 : 1;
    });
}
