// SPDX-License-Identifier: Apache-2.0
// What it gives that the schedule chooses the communication qubits.
//
// carillon_bench_schedule [program.qasm ...]
//
// The given programs and AutoComm's workloads on several networks: the makespan with the
// communication qubits that the compiler wrote, the makespan with those the schedule chose, and the
// lower bound that holds for any. Every program is proved equal to its circuit afterwards and every
// timeline checked.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/workload/schedule/assign_comm.h"
#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/schedule/summary.h"
#include "carillon/workload/validate/validate.h"
#include "workloads.h"

namespace carillon {
namespace {

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Totals {
    int rows = 0, shorter = 0, at_bound = 0, at_bound_before = 0;
    double ratio = 0;
    bool sound = true;
};

void measure(const std::string& name, const Circuit& circuit, const std::string& shape,
             Totals& totals) {
    const Network network = generate_network(shape);
    CompileOptions options;
    options.partition.effort = Effort::kLow;
    Compilation compiled = compile(circuit, network, options);
    DistributedProgram& program = compiled.program;
    if (program.pairs.empty()) return;
    const double start = cpu_seconds();
    const Time before = schedule(program, network).makespan;
    const double middle = cpu_seconds();
    const Timeline after = assign_comm_qubits(program, network);
    const double end = cpu_seconds();
    const ScheduleSummary s =
        summarize_schedule(program, network, find_dependencies(program, network), after);
    const bool sound = validate(circuit, program).equal &&
                       check_timeline(program, network, after).empty() && after.makespan <= before;
    std::printf("| %s | %s | %zu | %.1f | %.1f | %.1f %% | %.1f | %.1f %% | %.0f | %.0f | %s |\n",
                name.c_str(), shape.c_str(), program.pairs.size(), before.ns() / 1e3,
                after.makespan.ns() / 1e3, 100 * (1 - after.makespan.ns() / before.ns()),
                s.lower_bound.ns() / 1e3, 100 * s.gap, (middle - start) * 1e3, (end - middle) * 1e3,
                sound ? "yes" : "NO");
    std::fflush(stdout);
    ++totals.rows;
    totals.shorter += after.makespan < before;
    totals.at_bound += after.makespan <= s.lower_bound;
    totals.at_bound_before += before <= s.lower_bound;
    totals.ratio += after.makespan.ns() / before.ns();
    totals.sound = totals.sound && sound;
}

/// The generator with as many qubits per QPU as the circuit needs.
std::string sized(const std::string& shape, std::uint32_t nodes, std::uint32_t qubits,
                  std::uint32_t comm) {
    return shape + ",qubits=" + std::to_string((qubits + nodes - 1) / nodes) +
           ",comm=" + std::to_string(comm);
}

int run(const std::vector<std::string>& files) {
    std::vector<std::pair<std::string, Circuit>> circuits;
    for (const std::string& file : files) {
        Circuit circuit = read_qasm_file(file).circuit;
        std::string name = circuit.name;
        circuits.emplace_back(std::move(name), std::move(circuit));
    }
    circuits.emplace_back("MCTR-20", multi_controlled(20));
    circuits.emplace_back("RCA-20", ripple_carry_adder(20));
    circuits.emplace_back("BV-20", bernstein_vazirani(20));
    circuits.emplace_back("QFT-20", fourier_transform(20));
    circuits.emplace_back("QAOA-20", random_zz(20, 120, 1));
    circuits.emplace_back("QAOA-40", random_zz(40, 400, 2));
    std::printf(
        "| program | network | pairs | as compiled, us | chosen, us | shorter | bound for any, us "
        "| "
        "gap | ms before | ms | proved |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    Totals totals;
    for (const auto& [name, circuit] : circuits)
        for (const auto& [shape, nodes] : {std::pair<const char*, std::uint32_t>{"full:2", 2},
                                           {"full:4", 4},
                                           {"line:4", 4},
                                           {"ring:5", 5},
                                           {"grid:2x3", 6}})
            for (const std::uint32_t comm : {1u, 2u, 4u}) try {
                    measure(name, circuit, sized(shape, nodes, circuit.num_qubits, comm), totals);
                } catch (const InputError&) {
                    // one communication qubit is too few to pass anything on
                }
    std::printf(
        "\n%d of %d shorter, never longer; mean %.1f %% of the time before; %d at the bound "
        "(%d before); %s\n",
        totals.shorter, totals.rows, 100 * totals.ratio / std::max(totals.rows, 1), totals.at_bound,
        totals.at_bound_before, totals.sound ? "all proved" : "NOT PROVED");
    return totals.sound ? 0 : 1;
}

}  // namespace
}  // namespace carillon

int main(int argc, char** argv) {
    try {
        return carillon::run({argv + 1, argv + argc});
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 2;
    }
}
