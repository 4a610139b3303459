// SPDX-License-Identifier: Apache-2.0
// Time and memory of a whole compilation against the number of gates.
//
// carillon_bench_scaling [--most GATES] [--svg FILE] [--effort low|normal|high]
// carillon_bench_scaling --write qft|qv|near|grid QUBITS GATES FILE.qasm
//
// 64 QPUs (torus:8x8) of 17 data qubits, 1,024 qubits:
//   near  cz between qubits at most 8 apart in a ring, at random
//   grid  layers of cz on a grid of 32 x 32 qubits
// Each size runs in a process of its own, so that its peak memory is its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/language/qasm/writer.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/validate/validate.h"
#include "common/study.h"
#include "picture.h"
#include "programs.h"

namespace carillon::bench {
namespace {

constexpr std::uint32_t kQubits = 1024, kSide = 32, kReach = 8;
const char* const kNetwork = "torus:8x8,qubits=17,comm=8";

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Circuit program(const std::string& family, std::uint32_t qubits, std::size_t gates) {
    if (family == "qv") return quantum_volume(qubits, 1);
    if (family == "qft") return quantum_fourier_transform(qubits);
    if (family == "near") return near_gates(qubits, gates, kReach, 1);
    if (family != "grid")
        throw InputError("unknown family " + family + "; use qft, qv, near or grid");
    std::uint32_t side = 1;
    while ((side + 1) * (side + 1) <= qubits) ++side;
    const std::size_t per_layer = side * (side - 1) / 2;
    return grid_layers(side, side, static_cast<std::uint32_t>(gates / per_layer + 1), 1);
}

/// What one run measures; plain, so that it can pass through a pipe.
struct Measured {
    std::size_t gates = 0, pairs = 0, instructions = 0;
    double lower_s = 0, place_s = 0, distribute_s = 0, validate_s = 0, megabytes = 0;
    bool equal = false;
    double total_s() const { return lower_s + place_s + distribute_s + validate_s; }
};

Measured measure(const Circuit& circuit, const Network& network, Effort effort) {
    Measured m;
    m.gates = summarize(circuit).two_qubit_gates;
    CompileOptions options;
    options.partition.effort = effort;
    std::map<std::string, double> at;
    double last = cpu_seconds();
    std::string phase;
    const auto close = [&] {
        const double now = cpu_seconds();
        at[phase] += now - last;
        last = now;
    };
    const Compilation compiled = compile(circuit, network, options, [&](const std::string& next) {
        close();
        phase = next.substr(0, next.find(':'));
    });
    close();
    const Verdict verdict = validate(circuit, compiled.program);
    phase = "validate";
    close();
    if (!verdict.equal) std::fprintf(stderr, "refused: %s\n", verdict.reason.c_str());
    m.lower_s = at["lower"];
    m.validate_s = at["validate"];
    m.place_s = at["place"] + at["search"];
    m.distribute_s = at["localize"] + at["distribute"];
    m.pairs = verdict.pairs;
    m.instructions = verdict.instructions;
    m.equal = verdict.equal;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    m.megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
    return m;
}

/// Runs in a child process.
Measured measure_alone(const std::string& family, std::size_t gates, Effort effort) {
    int ends[2];
    if (pipe(ends) != 0) throw ResourceError("no pipe");
    const pid_t child = fork();
    if (child == 0) {
        Measured m;
        try {
            m = measure(program(family, kQubits, gates), generate_network(kNetwork), effort);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
        }
        const bool sent = write(ends[1], &m, sizeof m) == static_cast<ssize_t>(sizeof m);
        _exit(sent ? 0 : 1);
    }
    close(ends[1]);
    Measured m;
    const bool got = read(ends[0], &m, sizeof m) == static_cast<ssize_t>(sizeof m);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!got || status != 0)
        throw ResourceError("a run of " + std::to_string(gates) + " gates failed");
    return m;
}

/// Returns: whether every program was proved.
bool run(std::size_t most, Effort effort, const std::string& svg_file) {
    std::printf(
        "|family|gates|pairs|lower|place|distribute|validate|all, CPU s|us per gate|MB|proof|\n");
    std::printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    std::vector<Curve> curves;
    bool all_proved = true;
    for (const char* family : {"near", "grid"}) {
        Curve seconds{std::string(family) + ", CPU s", {}},
            memory{std::string(family) + ", MB", {}};
        for (std::size_t gates = 1000; gates <= most; gates *= 10) {
            for (const std::size_t some : {gates, 3 * gates}) {
                if (some > most) continue;
                const Measured m = measure_alone(family, some, effort);
                const auto count = static_cast<double>(m.gates);
                std::printf("|%s|%zu|%zu|%.2f|%.2f|%.2f|%.2f|%.2f|%.1f|%.0f|%s|\n", family, m.gates,
                            m.pairs, m.lower_s, m.place_s, m.distribute_s, m.validate_s,
                            m.total_s(), 1e6 * m.total_s() / count, m.megabytes,
                            m.equal ? "equal" : "REFUSED");
                std::fflush(stdout);
                all_proved = all_proved && m.equal;
                seconds.points.emplace_back(count, m.total_s());
                memory.points.emplace_back(count, m.megabytes);
            }
        }
        curves.push_back(std::move(seconds));
        curves.push_back(std::move(memory));
    }
    if (!svg_file.empty()) {
        std::ofstream(svg_file) << log_log_svg("two-qubit gates", "CPU seconds; megabytes", curves);
    }
    return all_proved;
}

/// What --write asks for: family, qubits, gates, file.
int write_program(const std::vector<std::string>& words) {
    const auto qubits = static_cast<std::uint32_t>(std::stoul(words[1]));
    std::ofstream file(words[3]);
    file << write_qasm2(program(words[0], qubits, std::stoull(words[2])));
    if (!file.flush()) throw ResourceError(words[3] + ": cannot be written");
    return 0;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
    using namespace carillon::bench;
    std::uint64_t most = 1'000'000;
    carillon::Effort effort = carillon::Effort::kNormal;
    std::string svg_file;
    std::vector<std::string> write;
    Study study("Time and memory of a whole compilation against the number of gates.");
    study.option("--most", most, "gates of the largest program")
        .option("--svg", svg_file, "file for the picture")
        .option("--effort", effort, "low, normal or high")
        .words("--write", write, {"FAMILY", "QUBITS", "GATES", "FILE"},
               "only write a program (qft, qv, near or grid) as OpenQASM 2");
    return study.run(argc, argv, [&] {
        if (!write.empty()) return write_program(write);
        return run(most, effort, svg_file) ? 0 : 1;
    });
}
