// SPDX-License-Identifier: Apache-2.0
// Bell pairs of partition() on published instances, beside the published counts.
//
// carillon_bench_ebits [--effort low|normal|high] [--seed N] [--only TEXT]
//                      [--no-embedding] [--no-detached] [--ablation] [DATA]
//
// DATA (or CARILLON_TEST_DATA) holds pytket_dqc/{best_known.csv,circuits,networks} and
// qasmbench/{*.qasm,published_ebits_all_to_all.md}.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {
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
        if (!circuits_.contains(instance.circuit)) {
            circuits_[instance.circuit] = read_circuit(folder_ / "circuits" / instance.circuit);
        }
        const Network network = load_network((folder_ / "networks" / instance.network).string());
        return timed_partition(circuits_[instance.circuit], network, options);
    }

  private:
    fs::path folder_;
    std::map<std::string, Circuit> circuits_;
};

/// Circuits exactly as published (h, rz and cu1; nothing is rewritten), exact capacities, no moves.
void static_instances(const Settings& settings) {
    std::printf("\n## pytket-dqc instances: static, Steiner model\n\n");
    std::printf("Gate set and capacities are those of the published runs; qubits never move.\n\n");
    std::printf("|circuit|network|ours|embedded segments|detached gates|best known|ratio|s|\n");
    std::printf("|---|---|---|---|---|---|---|---|\n");
    std::map<std::string, Tally> classes;
    PublishedData data(settings);
    PartitionOptions options = settings.options;
    options.allow_moves = false;
    for (const Instance& i : published_instances(settings)) {
        const Run run = data.run(i, options);
        const PlacementCost& cost = run.result.cost;
        const auto ours = static_cast<double>(cost.pairs);
        std::printf("|%s|%s|%.0f|%llu|%llu|%.0f|%.3f|%.2f|\n", i.circuit.c_str(), i.network.c_str(),
                    ours, static_cast<unsigned long long>(cost.embedded_segments),
                    static_cast<unsigned long long>(cost.detached_gates), i.best,
                    i.best > 0 ? ours / i.best : 1 + ours, run.seconds);
        std::fflush(stdout);
        classes[i.name].add(ours, i.best, run.seconds);
        classes["~ all"].add(ours, i.best, run.seconds);
    }
    print_tallies(classes);
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

/// k QPUs of floor(n/k)+1 data qubits, every two linked, moves allowed.
void moving_instances(const Settings& settings) {
    const fs::path folder = settings.data / "qasmbench";
    std::ifstream rows(folder / "published_ebits_all_to_all.md");
    if (!rows) {
        throw InputError("no qasmbench/published_ebits_all_to_all.md in " + settings.data.string());
    }
    std::printf("\n## QASMBench, complete networks, moves allowed\n\n");
    std::printf("|circuit|k|ours|of these moves|ours, static|best published|ratio|s|\n");
    std::printf("|---|---|---|---|---|---|---|---|\n");
    std::map<std::string, Tally> classes;
    for (std::string line; std::getline(rows, line);) {
        if (line.find(settings.only) == std::string::npos) continue;
        const std::vector<std::string> cells = split(line, '|');
        if (cells.size() < 7 || !fs::exists(folder / (cells[1] + ".qasm"))) continue;
        const Circuit circuit = lower(read_circuit(folder / (cells[1] + ".qasm"))).circuit;
        const auto k = static_cast<std::uint32_t>(std::stoul(cells[2]));
        const Network network = generate_network(
            "full:" + cells[2] + ",qubits=" + std::to_string(circuit.num_qubits / k + 1));
        PartitionOptions options = settings.options;
        options.allow_moves = false;
        const Run fixed = timed_partition(circuit, network, options);
        options.allow_moves = true;
        const Run run = timed_partition(circuit, network, options);
        const auto ours = static_cast<double>(run.result.cost.pairs);
        const double best = lowest(cells, 3, 6);
        std::printf("|%s|%u|%.0f|%llu|%llu|%.1f|%.3f|%.2f|\n", cells[1].c_str(), k, ours,
                    static_cast<unsigned long long>(run.result.cost.moves),
                    static_cast<unsigned long long>(fixed.result.cost.pairs), best, ours / best,
                    run.seconds);
        std::fflush(stdout);
        classes["k = " + cells[2]].add(ours, best, run.seconds);
        classes["~ all"].add(ours, best, run.seconds);
    }
    print_tallies(classes);
}

Settings read_settings(int argc, char** argv) {
    Settings settings;
    if (const char* folder = std::getenv("CARILLON_TEST_DATA")) settings.data = folder;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string {
            if (++i == argc) throw InputError(word + " needs a value");
            return argv[i];
        };
        if (word == "--effort") {
            settings.options.effort = effort_from_name(value());
        } else if (word == "--seed") {
            settings.options.seed = std::stoull(value());
        } else if (word == "--only") {
            settings.only = value();
        } else if (word == "--no-embedding") {
            settings.options.embedding = false;
        } else if (word == "--ablation") {
            settings.ablation = true;
        } else if (word == "--no-detached") {
            settings.options.detached = false;
        } else {
            settings.data = word;
        }
    }
    if (settings.data.empty()) {
        throw InputError("give the data folder as an argument or in CARILLON_TEST_DATA");
    }
    return settings;
}

}  // namespace
}  // namespace carillon

int main(int argc, char** argv) {
    try {
        const carillon::Settings settings = carillon::read_settings(argc, argv);
        if (settings.ablation) {
            carillon::ablation(settings);
            return 0;
        }
        carillon::static_instances(settings);
        carillon::moving_instances(settings);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
