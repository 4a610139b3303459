// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/compile.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/execution/execute/random_circuit_for_tests.h"
#include "carillon/workload/schedule/assign_comm.h"
#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

const std::vector<std::string> kNetworks = {"full:2",   "line:3", "ring:4",
                                            "grid:2x2", "star:5", "full:3,comm=3"};

void expect_proved(const Circuit& circuit, const std::string& network_name) {
    SCOPED_TRACE(circuit.name + " on " + network_name);
    Network network = generate_network(network_name);
    fill_capacity(network, circuit.num_qubits);
    CompileOptions options;
    options.partition.effort = Effort::kLow;
    const Compilation compiled = compile(circuit, network, options);
    const Verdict verdict = validate(circuit, compiled.program);
    EXPECT_TRUE(verdict.equal) << "reason: " << verdict.reason;
}

TEST(Compile, static_programs_are_proved_on_every_network) {
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (const std::string& network : kNetworks)
            expect_proved(random_circuit_for_tests(seed, false), network);
}

TEST(Compile, dynamic_programs_are_proved_on_every_network) {
    for (std::uint64_t seed = 100; seed < 120; ++seed)
        for (const std::string& network : kNetworks)
            expect_proved(random_circuit_for_tests(seed, true), network);
}

TEST(Compile, native_gates_and_coupling_maps_are_proved) {
    for (std::uint64_t seed = 200; seed < 210; ++seed)
        for (const std::string network :
             {"line:3,native=cx+rz+sx+x", "full:2,native=rxx+rx+ry",
              "ring:4,coupling=line,native=cz+rz+sx", "full:2,coupling=line"}) {
            expect_proved(random_circuit_for_tests(seed, false), network);
            expect_proved(random_circuit_for_tests(seed, true), network);
        }
}

TEST(Compile, communication_qubits_chosen_by_the_schedule_leave_the_program_equal) {
    int changed = 0;
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
        const Circuit circuit = random_circuit_for_tests(seed, seed % 4 == 0);
        std::string shape = kNetworks[seed % kNetworks.size()];
        if (seed % 3 == 1)
            shape += shape.find(',') == std::string::npos ? ",native=cx+rz+sx+x" : "";
        Network network = generate_network(shape);
        fill_capacity(network, circuit.num_qubits);
        CompileOptions options;
        options.partition.effort = Effort::kLow;
        Compilation compiled = compile(circuit, network, options);
        const auto operands = [&] {
            std::vector<std::vector<LocalQubit>> all;
            for (const QpuProgram& qpu : compiled.program.qpus) all.push_back(qpu.operands);
            return all;
        };
        const auto before = operands();
        const Timeline timeline = assign_comm_qubits(compiled.program, network);
        changed += operands() != before;
        const Verdict verdict = validate(circuit, compiled.program);
        EXPECT_TRUE(verdict.equal) << "seed " << seed << " on " << shape << ": " << verdict.reason;
        EXPECT_EQ(check_timeline(compiled.program, network, timeline), std::vector<std::string>{});
    }
    EXPECT_GT(changed, 3);
}

/// One bit of a ripple-carry adder: the majority of carry, b and a, on one qubit each.
Circuit majority() {
    Circuit c;
    c.name = "majority";
    c.add_qubits("q", 3);
    const QubitId carry{0}, b{1}, a{2};
    c.gate(GateKind::kX, 1, {a, b});
    c.gate(GateKind::kX, 1, {a, carry});
    c.gate(GateKind::kX, 2, {carry, b, a});
    return c;
}

TEST(Compile, a_toffoli_is_split_where_it_needs_too_many_communication_qubits_whole) {
    const Network network = generate_network("full:3,qubits=1,comm=1");
    CompileOptions whole;
    whole.rewriting = Rewriting::kNever;
    EXPECT_THROW(compile(majority(), network, whole), InputError);
    const Compilation compiled = compile(majority(), network);
    EXPECT_TRUE(compiled.placement_form.split);
    const Verdict verdict = validate(majority(), compiled.program);
    EXPECT_TRUE(verdict.equal) << verdict.reason;
}

TEST(Compile, a_toffoli_stays_whole_where_splitting_it_costs_more_pairs) {
    const Compilation compiled = compile(majority(), generate_network("full:3,qubits=1,comm=2"));
    EXPECT_FALSE(compiled.placement_form.split);
    std::size_t split = 0;
    for (const Choice& choice : compiled.choices) {
        if (!choice.name.ends_with(", split")) continue;
        ++split;
        EXPECT_TRUE(!choice.refused.empty() || choice.physical > compiled.program.pairs.size());
    }
    EXPECT_GT(split, 0u);
}

TEST(Compile, a_placement_of_the_split_program_is_taken_up_again) {
    const Network network = generate_network("full:3,qubits=1,comm=1");
    const Compilation first = compile(majority(), network);
    CompileOptions options;
    options.placement = first.placement;
    options.placement_form = first.placement_form;
    EXPECT_EQ(compile(majority(), network, options).program.pairs.size(),
              first.program.pairs.size());
}

}  // namespace
}  // namespace carillon
