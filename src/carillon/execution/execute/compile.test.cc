// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/compile.h"

#include <gtest/gtest.h>

#include "carillon/base/random.h"
#include "carillon/workload/schedule/assign_comm.h"
#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

const std::vector<std::string> kNetworks = {"full:2",   "line:3", "ring:4",
                                            "grid:2x2", "star:5", "full:3,comm=3"};

/// Gates of every kind, measurements in the middle, resets, conditions and loops.
Circuit random_program(std::uint64_t seed, bool dynamic) {
    Random random(seed);
    Circuit c;
    c.name = "random " + std::to_string(seed);
    const auto n = static_cast<std::uint32_t>(5 + random.below(5));
    c.add_qubits("q", n);
    const BitId bits = c.add_bits("c", n);
    std::vector<BlockId> open = {BlockId{0}};
    const auto operands = [&](int count) {
        std::vector<QubitId> all;
        for (std::uint32_t q = 0; q < n; ++q) all.emplace_back(q);
        for (std::size_t i = all.size() - 1; i > 0; --i)
            std::swap(all[i], all[random.below(i + 1)]);
        all.resize(static_cast<std::size_t>(count));
        return all;
    };
    const auto gate = [&](BlockId where) {
        static const std::vector<std::pair<GateKind, int>> kCommon = {
            {GateKind::kH, 0},  {GateKind::kT, 0},   {GateKind::kX, 0},    {GateKind::kX, 1},
            {GateKind::kX, 1},  {GateKind::kZ, 1},   {GateKind::kP, 1},    {GateKind::kX, 2},
            {GateKind::kRy, 0}, {GateKind::kRzz, 0}, {GateKind::kSwap, 0}, {GateKind::kRz, 1},
            {GateKind::kY, 0},  {GateKind::kX, 3}};
        auto [kind, controls] = kCommon[random.below(kCommon.size())];
        if (random.below(8) == 0)
            kind = static_cast<GateKind>(random.below(static_cast<int>(GateKind::kUnitary)));
        std::vector<Param> angles;
        for (int i = 0; i < gate_info(kind).params; ++i)
            angles.emplace_back(random.uniform() * 6 - 3);
        c.gate(kind, controls, operands(gate_info(kind).targets + controls), angles, where);
    };
    for (int step = 0; step < 30; ++step) {
        const auto choice = random.below(dynamic ? 12 : 8);
        if (choice < 8) {
            gate(BlockId{0});
        } else if (choice == 8) {
            c.measure(operands(1)[0], BitId{bits.value + random.below(n)});
        } else if (choice == 9) {
            c.reset(operands(1)[0]);
        } else {
            const BlockId then = c.add_block(), otherwise = c.add_block();
            for (int i = 0; i < 3; ++i) gate(then), gate(otherwise);
            c.measure(operands(1)[0], BitId{bits.value + random.below(n)}, then);
            const ExprId condition = c.bits_expr(BitId{bits.value + random.below(n)}, 1);
            if (random.below(3) == 0)
                c.while_loop(condition, then);
            else
                c.if_else(condition, then, random.below(2) ? otherwise : BlockId{});
        }
    }
    for (std::uint32_t q = 0; q < n; ++q) c.measure(QubitId{q}, BitId{bits.value + q});
    return c;
}

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
            expect_proved(random_program(seed, false), network);
}

TEST(Compile, dynamic_programs_are_proved_on_every_network) {
    for (std::uint64_t seed = 100; seed < 120; ++seed)
        for (const std::string& network : kNetworks)
            expect_proved(random_program(seed, true), network);
}

TEST(Compile, native_gates_and_coupling_maps_are_proved) {
    for (std::uint64_t seed = 200; seed < 210; ++seed)
        for (const std::string network :
             {"line:3,native=cx+rz+sx+x", "full:2,native=rxx+rx+ry",
              "ring:4,coupling=line,native=cz+rz+sx", "full:2,coupling=line"}) {
            expect_proved(random_program(seed, false), network);
            expect_proved(random_program(seed, true), network);
        }
}

TEST(Compile, communication_qubits_chosen_by_the_schedule_leave_the_program_equal) {
    int changed = 0;
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
        const Circuit circuit = random_program(seed, seed % 4 == 0);
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

}  // namespace
}  // namespace carillon
