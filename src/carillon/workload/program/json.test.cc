// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/json.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/program/json_names.h"
#include "carillon/workload/program/random_program.h"

namespace carillon {
namespace {

RandomProgramOptions four_in_a_line() {
    RandomProgramOptions options;
    options.carried = true;
    options.qpus = 4;
    for (std::uint32_t q = 0; q + 1 < 4; ++q) options.links.emplace_back(QpuId{q}, QpuId{q + 1});
    return options;
}

/// A program that uses every instruction, value and expression kind there is.
DistributedProgram everything() {
    ProgramBuilder b("every \"kind\"\n");
    const QpuId alice = b.add_qpu("alice", 3, 2), bob = b.add_qpu("bob <b>", 3, 2);
    const BitId c = b.add_bits("c", 3);
    b.add_bits("hidden", 1, false);
    b.add_qubit(alice, 0);
    b.add_qubit(bob, 1);
    DistributedProgram& p = b.program();
    p.variables = {{"i", Value::integer(-5, 8), true},
                   {"u", Value::unsigned_integer(~std::uint64_t{0}), false},
                   {"f", Value::floating(-1.0 / 3), false},
                   {"a", Value::angle(1.25, 20), false},
                   {"b", Value::boolean(true), true},
                   {"n", Value::floating(std::numeric_limits<double>::infinity()), true}};
    p.variable_owner.assign(6, QpuId{1});
    p.variable_owner[2] = QpuId{};
    Circuit scratch;  // its builders make expressions
    scratch.variables = p.variables;
    const ExprId bits = scratch.bits_expr(c, 3);
    const ExprId number = scratch.constant(Value::integer(2, 32));
    const ExprId sum = scratch.binary(ExprOp::kAdd, bits, number);
    const ExprId half = scratch.cast_expr(sum, ScalarType::kFloat, 64);
    const ExprId sine = scratch.unary(ExprOp::kSin, half);
    const ExprId turned = scratch.binary(ExprOp::kRotr, bits, number);
    const ExprId less = scratch.binary(ExprOp::kLt, turned, scratch.variable_expr(VariableId{0}));
    const ExprId choice = scratch.select(less, sine, half);
    p.exprs = scratch.exprs;
    p.matrices.push_back(gate_matrix(GateKind::kIswap, {}));

    b.pair(alice, 3, bob, 4, LinkId{7}, PairPurpose::kGhz, QubitId{1});
    b.pair(alice, 4, bob, 3, LinkId{}, PairPurpose::kSwapping);
    b.gate(alice, GateKind::kX, 2, {0, 1, 2}, {}, {}, 4);
    b.gate(alice, GateKind::kT, 5, {0, 1, 2, 3, 4, 0});
    p.qpus[0].operands.back() = 0;  // replaced below: a T with two controls
    p.qpus[0].blocks[0].pop_back();
    b.gate(alice, GateKind::kT, 2, {0, 1, 2});
    b.gate(alice, GateKind::kGphase, 1, {0}, {0.1});
    b.gate(alice, GateKind::kGphase, 0, {}, {-0.0});
    b.gate(bob, GateKind::kU3, 0, {1}, {0.1, 1e-300, Param{choice}});
    b.gate(bob, GateKind::kUnitary, 0, {0, 1});
    p.qpus[1].blocks[0].back().matrix = 0;
    b.measure(alice, 0, c, 5);
    b.measure(alice, 1, BitId{});
    const BitId m = b.protocol_bit(alice);
    b.measure(alice, 3, m);
    const BitId got = b.message(alice, m, bob);
    b.gate(bob, GateKind::kZ, 0, {4}, {}, {got, c});
    b.message(alice, c, bob, c);
    b.reset(bob, 4);
    b.begin_if(bob, less, 9);
    b.begin_while(bob, bits, 10);
    b.assign_bits(bob, c, 2, sum);
    b.end(bob);
    b.otherwise(bob);
    b.assign_variable(bob, VariableId{3}, half);
    b.delay(bob, {0, 1}, 12.5);
    b.end(bob);
    b.barrier(bob, {});
    b.barrier(bob, {0, 4});
    b.transfer(alice, 4, bob, 3, LinkId{7}, TransferPurpose::kCopy, QubitId{1});
    b.transfer(bob, 1, alice, 3, LinkId{});

    Rewrite rewrite;
    rewrite.first = 3;
    rewrite.count = 2;
    rewrite.operations = {3, 5};
    rewrite.qubits = {QubitId{1}, QubitId{0}};
    rewrite.replacement.add_qubits("q", 2);
    rewrite.replacement.global_phase = 0.25;
    rewrite.replacement.gate(GateKind::kP, 1, {QubitId{0}, QubitId{1}}, {0.5});
    const ExprId angle = rewrite.replacement.constant(Value::floating(0.5));
    rewrite.replacement.gate(GateKind::kRz, 0, {QubitId{1}}, {Param{angle}});
    rewrite.replacement.unitary(gate_matrix(GateKind::kH, {}), 0, std::vector{QubitId{1}});
    p.rewrites.push_back(rewrite);
    LocalWindow window{alice, BlockId{0}, 2, 2, p.qpus[0].blocks[0][2]};
    p.windows.push_back(window);
    window = {bob, BlockId{0}, 2, 1, p.qpus[1].blocks[0][2]};
    p.windows.push_back(window);
    return b.finish();
}

TEST(ProgramJson, every_kind_of_instruction_reads_back_equal) {
    const DistributedProgram program = everything();
    const DistributedProgram again = read_program(write_program(program), "p.json");
    EXPECT_TRUE(same_program(program, again));
    EXPECT_EQ(write_program(again), write_program(program));
}

TEST(ProgramJson, random_programs_read_back_equal) {
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
        const DistributedProgram program = random_program(four_in_a_line(), seed);
        EXPECT_TRUE(same_program(program, read_program(write_program(program), "p.json"))) << seed;
    }
}

TEST(ProgramJson, same_program_sees_every_field) {
    const DistributedProgram base = everything();
    std::vector<std::function<void(DistributedProgram&)>> changes = {
        [](auto& p) { p.name += "x"; },
        [](auto& p) { p.pairs[0].purpose = PairPurpose::kTeledata; },
        [](auto& p) { p.pairs[0].serves = {}; },
        [](auto& p) { p.transfers[0].purpose = TransferPurpose::kMove; },
        [](auto& p) { p.transfers[0].serves = {}; },
        [](auto& p) { p.transfers[1].link = LinkId{3}; },
        [](auto& p) { std::swap(p.transfers[1].from, p.transfers[1].to); },
        [](auto& p) { p.qpus[0].blocks[0].back().transfer = TransferId{0}; },
        [](auto& p) { p.qpus[0].blocks[0][2].controls = 1; },
        [](auto& p) { p.qpus[0].operands[1] = 1; },
        [](auto& p) { p.qpus[1].params[0] = 0.2; },
        [](auto& p) { p.qpus[1].blocks[0].back().order = 1000; },
        [](auto& p) { p.bit_owner[1] = QpuId{1}; },
        [](auto& p) { p.final_layout[0].qubit = 1; },
        [](auto& p) { p.exprs[0].bit_count = 2; },
        [](auto& p) { p.variables[0].initial.bits = 1; },
        [](auto& p) { p.matrices[0].data[0] = -1; },
        [](auto& p) { p.rewrites[0].replacement.global_phase = 0; },
        [](auto& p) { p.rewrites[0].operations[1] = 4; },
        [](auto& p) { p.bit_registers[1].output = true; },
        [](auto& p) { p.windows[0].count = 1; },
        [](auto& p) { p.windows[1].meaning.gate = GateKind::kU; },
        [](auto& p) { p.windows.pop_back(); },
    };
    for (std::size_t k = 0; k < changes.size(); ++k) {
        DistributedProgram other = base;
        changes[k](other);
        EXPECT_FALSE(same_program(base, other)) << k;
    }
}

TEST(ProgramJson, instructions_are_written_with_names) {
    const std::string text = write_program(everything());
    for (const char* line :
         {R"({"gate":"ccx","on":["d0","d1","d2"],"source":4,)", R"({"pair":0,"on":"c0","peer":1,)",
          R"({"measure":"d0","into":"c[0]",)", R"({"measure":"c0","into":"m0",)",
          R"({"send":0,"bit":"m0","peer":1,)", R"("when":["m0","c[0]"])",
          R"({"gate":"t","controls":2,)"})
        EXPECT_NE(text.find(line), std::string::npos) << line;
}

TEST(ProgramJson, bit_names_are_numbers_where_registers_do_not_tell) {
    const std::vector<BitRegister> registers = {
        {"c", BitId{0}, 2, true}, {"c", BitId{2}, 2, true}, {"d", BitId{4}, 1, true}};
    const program_json::BitNames names(registers, 6);
    EXPECT_EQ(names.name(BitId{1}), std::nullopt);
    EXPECT_EQ(names.name(BitId{4}), "d[0]");
    EXPECT_EQ(names.name(BitId{5}), std::nullopt);
    EXPECT_EQ(names.name(BitId{6}), "m0");
    EXPECT_EQ(names.find("d[0]"), BitId{4});
    EXPECT_EQ(names.find("d[1]"), std::nullopt);
    EXPECT_EQ(names.find("c[0]"), std::nullopt);
    EXPECT_EQ(names.find("m"), std::nullopt);
    EXPECT_EQ(names.find("m3x"), std::nullopt);
}

struct BadInput {
    const char* change;   ///< a JSON patch
    const char* message;  ///< what the error must name
};

std::string error_of(const std::string& text) {
    try {
        read_program(text, "p.json");
    } catch (const InputError& e) {
        return e.what();
    }
    return "no error";
}

TEST(ProgramJson, errors_name_the_key) {
    const auto good = nlohmann::json::parse(write_program(everything()));
    const std::string block = "/nodes/0/blocks/0/";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {R"([{"op":"remove","path":"/name"}])", "'name' is missing"},
        {R"([{"op":"add","path":"/colour","value":1}])", "unknown key 'colour'"},
        {R"([{"op":"replace","path":"/version","value":2}])",
         "version: 2 is not known; this Carillon reads version 1"},
        {R"([{"op":"replace","path":"/format","value":"x"}])", "format: "},
        {R"([{"op":"replace","path":"/bits","value":-1}])", "bits: a whole number is needed"},
        {R"([{"op":"replace","path":"/pairs/0/a","value":2}])", "pairs[0].a: node 2"},
        {R"([{"op":"replace","path":"/pairs/0/a","value":1}])", "pairs[0]: a pair joins two"},
        {R"([{"op":"replace","path":"/pairs/0/purpose","value":"x"}])", "telegate, teledata"},
        {R"([{"op":"replace","path":"/transfers/0/to","value":0}])", "a transfer leads to another"},
        {R"([{"op":"replace","path":"/transfers/1/purpose","value":"x"}])", "copy, move"},
        {R"([{"op":"replace","path":"/transfers/0/serves","value":9}])",
         "transfers[0].serves: qubit 9"},
        {R"([{"op":"add","path":"/nodes/0/blocks/0/-","value":{"transfer":2,"on":"c0","peer":1,
             "order":99}}])",
         "transfer 2"},
        {R"([{"op":"add","path":"/nodes/0/blocks/0/-","value":{"transfer":0,"on":"c0","peer":0,
             "order":99}}])",
         "transfer 0 leads from node 0 to 1"},
        {R"([{"op":"replace","path":"/initial_layout/0","value":[0,99]}])",
         "initial_layout[0][1]: qubit 99"},
        {R"([{"op":"replace","path":"/nodes/0/blocks/0/0/on","value":"c9"}])",
         "nodes[0].blocks[0][0].on: qubit c9 does not exist"},
        {R"([{"op":"replace","path":"/nodes/0/blocks/0/0/on","value":"q1"}])", "is not a qubit"},
        {R"([{"op":"replace","path":"/nodes/0/blocks/0/0/peer","value":0}])",
         "pair 0 joins nodes 0 and 1"},
        {R"([{"op":"replace","path":"/nodes/0/blocks/0/2/gate","value":"cnott"}])",
         "'cnott' is not a known gate"},
        {R"([{"op":"replace","path":"/nodes/0/blocks/0/2/on","value":["d0","d1"]}])",
         "an array of 3 is needed"},
        {R"([{"op":"replace","path":"/nodes/0/blocks/0/2/on","value":["d0","d1","d0"]}])", "twice"},
        {R"([{"op":"add","path":"/nodes/0/blocks/0/2/angles","value":[1]}])", "array of 0"},
        {R"([{"op":"replace","path":"/nodes/0/blocks/0/6/into","value":"c[7]"}])",
         "'c[7]' is not a bit"},
        {R"([{"op":"replace","path":"/expressions/2/of","value":[0,5]}])",
         "expressions[2].of[1]: earlier expression 5"},
        {R"([{"op":"replace","path":"/expressions/0/bits","value":[2,64]}])",
         "expressions[0].bits: "},
        {R"([{"op":"replace","path":"/variables/0/initial/value","value":300}])",
         "variables[0].initial.value: the value does not fit"},
        {R"([{"op":"replace","path":"/variables/0/initial/width","value":65}])", "from 1 to 64"},
        {R"([{"op":"replace","path":"/matrices/0/entries","value":[]}])", "array of 16"},
        {R"([{"op":"replace","path":"/matrices/0/entries/0","value":[0.5, 0]}])", "not unitary"},
        {R"([{"op":"add","path":"/nodes/1/blocks/-","value":[]}])", "no instruction refers"},
        {R"([{"op":"replace","path":"/messages","value":4000000000}])", "more messages than"},
        {R"([{"op":"replace","path":"/rewrites/0/gates/0/on","value":[0,2]}])",
         "rewrites[0].gates[0].on[1]: qubit 2"},
        {R"([{"op":"replace","path":"/windows/0/count","value":99}])", "windows[0].count: "},
        {R"([{"op":"replace","path":"/windows/1/node","value":0}])", "windows[1]: windows are"},
        {R"([{"op":"replace","path":"/windows/0/meaning","value":{"barrier":[],"order":1}}])",
         "windows[0].meaning: a gate is needed"},
    };
    for (const auto& [change, message] : cases) {
        const std::string error = error_of(good.patch(nlohmann::json::parse(change)).dump());
        EXPECT_NE(error.find(message), std::string::npos) << change << "\ngave: " << error;
        EXPECT_TRUE(error.starts_with("p.json: ")) << error;
    }
}

TEST(ProgramJson, blocks_in_a_ring_are_refused) {
    auto j = nlohmann::json::parse(write_program(everything()));
    // Node 1: block 0 holds the if (1, 3), block 1 the while (2). Turn the while into its own
    // body's owner: block 2 refers to block 1 instead of block 0 doing so.
    auto& blocks = j["nodes"][1]["blocks"];
    for (auto& i : blocks[0])
        if (i.contains("if")) i["then"] = nullptr;
    blocks[2].push_back({{"while", 0}, {"do", 1}, {"order", 99}});
    EXPECT_NE(error_of(j.dump()).find("ring"), std::string::npos);
}

TEST(ProgramJson, malformed_json_gives_line_and_column) {
    EXPECT_EQ(error_of("{\n  \"a\": ]\n}").rfind("p.json:2:8: ", 0), 0u)
        << error_of("{\n  \"a\": ]\n}");
    EXPECT_NE(error_of(""), "no error");
    EXPECT_NE(error_of("[]").find("an object is needed"), std::string::npos);
}

TEST(ProgramJson, an_expression_that_shares_too_much_is_refused) {
    auto j = nlohmann::json::parse(write_program(everything()));
    for (int i = 0; i < 64; ++i) {
        const auto last = j["expressions"].size() - 1;
        j["expressions"].push_back(
            {{"binary", "+"}, {"of", {last, last}}, {"type", "int"}, {"width", 8}});
    }
    EXPECT_NE(error_of(j.dump()).find("too large"), std::string::npos);
}

TEST(ProgramJson, damaged_files_are_read_or_refused_but_never_crash) {
    const std::string good = write_program(everything());
    Random random(11);
    std::size_t refused = 0;
    for (int trial = 0; trial < 3000; ++trial) {
        std::string text = good;
        for (std::uint64_t k = 0, n = 1 + random.below(3); k < n; ++k) {
            const auto at = static_cast<std::size_t>(random.below(text.size()));
            switch (random.below(3)) {
                case 0:
                    text[at] = "0123456789{}[],:\"-ctnu"[random.below(22)];
                    break;
                case 1:
                    text.erase(at, 1 + random.below(20));
                    break;
                default:
                    text.insert(at, text.substr(random.below(text.size()), random.below(20)));
            }
        }
        try {
            read_program(text, "p.json");
        } catch (const InputError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 2000u);
}

TEST(ProgramJson, a_number_beyond_all_bounds_is_refused) {
    EXPECT_THROW(read_program(R"({"format": "carillon-program", "version": 4e4044})", "p.json"),
                 InputError);
    EXPECT_THROW(read_program("4e4044", "p.json"), InputError);
}

}  // namespace
}  // namespace carillon
