// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/qasm_export.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/random_program.h"

namespace carillon {
namespace {

DistributedProgram random_on_ring(std::uint64_t seed) {
    RandomProgramOptions options;
    options.carried = seed > 9;
    options.qpus = 3;
    for (std::uint32_t q = 0; q < 3; ++q) options.links.emplace_back(QpuId{q}, QpuId{(q + 1) % 3});
    return random_program(options, seed);
}

/// Every way to write a gate, and names that collide with the language.
DistributedProgram awkward() {
    ProgramBuilder b("awkward\nname");
    const QpuId alice = b.add_qpu("gate", 3, 2), bob = b.add_qpu("gate", 3, 2);
    b.add_qpu("idle", 0, 0);
    const BitId c = b.add_bits("data", 3);
    b.add_bits("measure", 2);
    b.add_qubit(alice, 1);
    DistributedProgram& p = b.program();
    p.num_bits += 1;  // a bit in no register
    p.bit_owner.emplace_back();
    for (QpuProgram& q : p.qpus) ++q.num_bits;
    p.matrices = {gate_matrix(GateKind::kSwap, {}), gate_matrix(GateKind::kH, {})};
    p.variables = {{"x", Value::integer(3, 16), true}};
    p.variable_owner = {alice};
    Circuit scratch;
    scratch.variables = p.variables;
    const ExprId all = scratch.bits_expr(c, 6);
    const ExprId angle =
        scratch.cast_expr(scratch.variable_expr(VariableId{0}), ScalarType::kFloat, 64);
    p.exprs = scratch.exprs;
    for (const GateKind kind : {GateKind::kSxdg, GateKind::kGphase, GateKind::kU, GateKind::kU3,
                                GateKind::kP, GateKind::kX})
        for (int controls = 0; controls < 3; ++controls) {
            const auto targets = gate_info(kind).targets;
            std::vector<Param> params(static_cast<std::size_t>(gate_info(kind).params), 0.1);
            if (targets + controls == 0) b.gate(alice, kind, 0, {}, {-1e-30});
            if (targets + controls == 1 && params.size() == 3)
                b.gate(alice, kind, controls, {0}, {0.1, -0.2, Param{angle}});
            if (targets + controls == 2 && params.size() == 1)
                b.gate(alice, kind, controls, {0, 3}, {1e100});
            if (targets + controls == 3 && params.empty()) b.gate(alice, kind, controls, {2, 1, 0});
            if (targets + controls == 3 && params.size() == 3)
                b.gate(alice, kind, controls, {2, 1, 0}, {1, 2, 3});
        }
    for (const GateKind kind : {GateKind::kIswap, GateKind::kEcr, GateKind::kSwap})
        b.gate(bob, kind, 0, {0, 4});
    for (const GateKind kind : {GateKind::kRxx, GateKind::kRyy, GateKind::kRzz, GateKind::kRzx})
        b.gate(bob, kind, 1, {1, 0, 2}, {0.25});
    b.gate(bob, GateKind::kUnitary, 1, {1, 0});
    p.qpus[1].blocks[0].back().matrix = 1;
    b.pair(alice, 3, bob, 4, LinkId{2}, PairPurpose::kTeledata, QubitId{0});
    b.transfer(bob, 0, alice, 4, LinkId{2}, TransferPurpose::kMove, QubitId{0});
    b.measure(alice, 0, BitId{4}, 3);
    b.measure(alice, 1, BitId{5});
    b.measure(alice, 2, BitId{});
    const BitId m = b.protocol_bit(bob);
    b.measure(bob, 4, m);
    const BitId got = b.message(bob, m, alice);
    b.message(bob, c, alice, c);
    b.gate(alice, GateKind::kX, 0, {0}, {}, {got});
    b.gate(alice, GateKind::kZ, 0, {0}, {}, {got, BitId{4}, c});
    b.reset(bob, 3, 8);
    b.delay(bob, {0, 1}, 1.0 / 3);
    b.barrier(bob, {});
    b.barrier(bob, {0, 3});
    b.begin_if(alice, all, 12);
    b.begin_while(alice, all);
    b.assign_bits(alice, c, 2, all);
    b.assign_bits(alice, m, 1, all);
    b.end(alice);
    b.otherwise(alice);
    b.assign_variable(alice, VariableId{0}, angle);
    b.end(alice);
    b.begin_if(bob, all);
    b.gate(bob, GateKind::kH, 0, {0});
    b.end(bob);
    p.windows.push_back({bob, BlockId{0}, 0, 2, p.qpus[1].blocks[0][0]});
    return b.finish();
}

const std::string& text_of(const std::vector<NamedText>& files, const std::string& name) {
    for (const auto& [file, text] : files)
        if (file == name) return text;
    throw InternalError("no file " + name);
}

TEST(QasmExport, reads_back_equal) {
    const DistributedProgram program = awkward();
    EXPECT_TRUE(same_program(program, import_qasm(export_qasm(program))));
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
        const DistributedProgram random = random_on_ring(seed);
        EXPECT_TRUE(same_program(random, import_qasm(export_qasm(random)))) << seed;
    }
}

TEST(QasmExport, one_file_per_node_and_an_index) {
    const auto files = export_qasm(awkward());
    ASSERT_EQ(files.size(), 4u);
    EXPECT_EQ(files[0].first, "gate_0.qasm");
    EXPECT_EQ(files[1].first, "gate_1.qasm");
    EXPECT_EQ(files[2].first, "idle.qasm");
    EXPECT_EQ(files[3].first, kQasmIndexName);
    EXPECT_EQ(files[0].second.rfind("OPENQASM 3.0;\n", 0), 0u);
}

TEST(QasmExport, a_telegate_reads_like_one) {
    ProgramBuilder b("telegate");
    const QpuId alice = b.add_qpu("alice", 1, 1), bob = b.add_qpu("bob", 1, 1);
    b.pair(alice, 1, bob, 1, LinkId{0});
    b.gate(alice, GateKind::kX, 1, {0, 1});
    const BitId m = b.protocol_bit(alice);
    b.measure(alice, 1, m);
    const BitId got = b.message(alice, m, bob);
    b.gate(bob, GateKind::kX, 0, {1}, {}, {got});
    const auto files = export_qasm(b.finish());
    EXPECT_NE(
        text_of(files, "alice.qasm")
            .find("qubit[1] data;\nqubit[1] comm;\nbit[1] protocol;\n\n"
                  "@carillon.pair {\"pair\":0,\"peer\":1,\"order\":0}\nreset comm[0];\n"
                  "@carillon.at {\"order\":2}\nctrl @ x data[0], comm[0];\n"
                  "@carillon.at {\"order\":3}\nprotocol[0] = measure comm[0];\n"
                  "@carillon.send {\"message\":0,\"peer\":1,\"bit\":\"protocol[0]\",\"order\":4}\n"
                  "barrier comm[0];\n"),
        std::string::npos)
        << text_of(files, "alice.qasm");
    EXPECT_NE(text_of(files, "bob.qasm").find("if (protocol[0]) { x comm[0]; }\n"),
              std::string::npos);
}

TEST(QasmExport, a_transfer_stands_at_both_ends) {
    ProgramBuilder b("transfer");
    const QpuId alice = b.add_qpu("alice", 1, 1), bob = b.add_qpu("bob", 1, 1);
    b.transfer(alice, 0, bob, 1, LinkId{0});
    const auto files = export_qasm(b.finish());
    EXPECT_NE(text_of(files, "alice.qasm")
                  .find("@carillon.transfer {\"transfer\":0,\"peer\":1,\"order\":0}\n"
                        "reset data[0];\n"),
              std::string::npos);
    EXPECT_NE(text_of(files, "bob.qasm")
                  .find("@carillon.transfer {\"transfer\":0,\"peer\":0,\"order\":1}\n"
                        "reset comm[0];\n"),
              std::string::npos);
}

TEST(QasmExport, edited_statements_count) {
    ProgramBuilder b("edit");
    const QpuId alice = b.add_qpu("alice", 2, 0);
    b.gate(alice, GateKind::kH, 0, {0});
    auto files = export_qasm(b.finish());
    std::string& text = files[0].second;
    text.replace(text.find("h data[0];"), 10, "t data[1];");
    const DistributedProgram again = import_qasm(files);
    EXPECT_EQ(again.qpus[0].blocks[0][0].gate, GateKind::kT);
    EXPECT_EQ(again.qpus[0].operands[0], 1u);
}

TEST(QasmExport, a_wide_unitary_is_refused) {
    DistributedProgram program = awkward();
    for (Instruction& i : program.qpus[1].blocks[0])
        if (i.gate == GateKind::kUnitary) i.matrix = 0;
    EXPECT_THROW(export_qasm(program), InputError);
}

TEST(QasmExport, errors_name_file_and_line) {
    const auto good = export_qasm(random_on_ring(1));
    const auto error = [&](const std::string& from, const std::string& to) {
        auto files = good;
        std::string& text = files[0].second;
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        try {
            import_qasm(files);
        } catch (const InputError& e) {
            return std::string(e.what());
        }
        return std::string("no error");
    };
    EXPECT_EQ(error("reset data[", "reset dta[").rfind("qpu0.qasm:", 0), 0u);
    EXPECT_NE(error("@carillon.at {", "@carillon.at [").find("not JSON"), std::string::npos);
    EXPECT_NE(error("@carillon.at {", "@carillon.to {").find("carillon.to"), std::string::npos);
    auto missing = good;
    missing.pop_back();
    EXPECT_THROW(import_qasm(missing), InputError);
    missing = good;
    missing.erase(missing.begin());
    EXPECT_THROW(import_qasm(missing), InputError);
}

TEST(QasmExport, damaged_files_are_read_or_refused_but_never_crash) {
    const auto good = export_qasm(awkward());
    Random random(17);
    std::size_t refused = 0;
    for (int trial = 0; trial < 3000; ++trial) {
        auto files = good;
        std::string& text = files[random.below(files.size())].second;
        for (std::uint64_t k = 0, n = 1 + random.below(3); k < n && !text.empty(); ++k) {
            const auto at = static_cast<std::size_t>(random.below(text.size()));
            if (random.below(2))
                text[at] = "0123456789{}[]();=@,\"^ \n"[random.below(24)];
            else
                text.erase(at, 1 + random.below(12));
        }
        try {
            import_qasm(files);
        } catch (const InputError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 1500u);
}

}  // namespace
}  // namespace carillon
