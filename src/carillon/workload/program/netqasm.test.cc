// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/netqasm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/netqasm_words.h"

namespace carillon {
namespace {

constexpr QpuId kAlice{0}, kBob{1};

/// A remote CNOT, with a rotation and a correction on two bits.
DistributedProgram telegate() {
    ProgramBuilder p("telegate");
    p.add_qpu("alice", 1, 1);
    p.add_qpu("bob", 1, 1);
    const BitId c = p.add_bits("c//", 1);
    p.pair(kAlice, 1, kBob, 1, LinkId{4});
    p.gate(kAlice, GateKind::kRz, 0, {0}, {0.3});
    p.gate(kAlice, GateKind::kX, 1, {0, 1});
    const BitId m = p.protocol_bit(kAlice);
    p.measure(kAlice, 1, m);
    p.reset(kAlice, 1);
    const BitId got = p.message(kAlice, m, kBob);
    p.gate(kBob, GateKind::kX, 0, {1}, {}, {got});
    p.gate(kBob, GateKind::kX, 1, {1, 0});
    p.measure(kBob, 0, c, 7);
    p.gate(kBob, GateKind::kZ, 0, {0}, {}, {got, c});
    p.delay(kBob, {0}, 5);
    p.gate(kBob, GateKind::kTdg, 0, {0});
    return p.finish();
}

// 3/2^5 + 57/2^15 + 29/2^23 + 7/2^30 + 11/2^35 = 0.0954929658551 = 0.3 / pi.
TEST(NetQasm, words_on_the_page_are_these) {
    const auto files = export_netqasm(telegate());
    ASSERT_EQ(files.size(), 5u);
    EXPECT_EQ(files[0].first, "alice.0.nqasm");
    EXPECT_EQ(files[0].second, R"(# NETQASM 1.0
# APPID 0
set R0 2
array R0 @0
set Q0 0
qalloc Q0
init Q0
set R0 1
array R0 @1
set R0 0
set R1 1
store R1 @1[R0]
set R0 20
array R0 @2
set R1 0
store R1 @2[R0]
set R0 1
store R0 @2[R0]
set R0 10
array R0 @3
set R0 1
set R1 4
set R2 1
set R3 2
set R4 3
create_epr R0 R1 R2 R3 R4
set R0 0
set R1 10
wait_all @3[R0:R1] // {"pair":0,"on":"c0","peer":1,"order":0}
set Q0 0
rot_z Q0 3 5
rot_z Q0 57 15
rot_z Q0 29 23
rot_z Q0 7 30
rot_z Q0 11 35 // {"gate":"rz","on":["d0"],"angles":[0.3],"order":2}
set Q0 0
set Q1 1
cnot Q0 Q1 // {"gate":"cx","on":["d0","c0"],"order":3}
set Q0 1
meas Q0 M0
set R0 1
store M0 @0[R0] // {"measure":"c0","into":"m0","order":4}
set Q0 1
init Q0 // {"reset":"c0","order":5}
)");
}

TEST(NetQasm, what_is_written_reads_back_equal) {
    const DistributedProgram program = telegate();
    EXPECT_TRUE(same_program(import_netqasm(export_netqasm(program)), program));
}

TEST(NetQasm, blocks_are_steps_of_the_host) {
    ProgramBuilder p("blocks");
    p.add_qpu("alice", 2, 0);
    const BitId c = p.add_bits("c", 1);
    p.measure(kAlice, 0, c);
    Expr e;
    e.kind = ExprKind::kBits;
    e.type = ScalarType::kUint;
    e.width = 1;
    e.first_bit = c;
    e.bit_count = 1;
    p.program().exprs.push_back(e);
    p.begin_if(kAlice, ExprId{0}, 1);
    p.gate(kAlice, GateKind::kH, 0, {1});
    p.otherwise(kAlice);
    p.gate(kAlice, GateKind::kY, 0, {1});
    p.end(kAlice);
    p.gate(kAlice, GateKind::kS, 0, {1});
    const DistributedProgram program = p.finish();
    const auto files = export_netqasm(program);
    EXPECT_EQ(files.size(), 5u);  // before, two branches, after, index
    EXPECT_TRUE(same_program(import_netqasm(files), program));
}

TEST(NetQasm, angles_are_sums_of_short_fractions_of_pi) {
    Random random(3);
    for (int k = 0; k < 2000; ++k) {
        const double turn = k == 0 ? 0 : 2 * random.uniform();
        double sum = 0;
        for (const auto& [n, d] : netqasm::pieces_of(turn)) {
            EXPECT_LT(n, 256u);
            EXPECT_LT(d, 256u);
            sum += std::ldexp(n, -static_cast<int>(d));
        }
        EXPECT_NEAR(std::remainder(sum - turn, 2), 0, std::ldexp(1, -36));
    }
    using Pieces = std::vector<std::pair<unsigned, unsigned>>;
    EXPECT_EQ(netqasm::pieces_of(0.5), (Pieces{{1, 1}}));
    EXPECT_EQ(netqasm::pieces_of(1.75), (Pieces{{7, 2}}));
    EXPECT_EQ(netqasm::pieces_of(2), (Pieces{{0, 0}}));
    EXPECT_EQ(netqasm::pieces_of(1), (Pieces{{1, 0}}));
}

TEST(NetQasm, instructions_without_comments_mean_what_they_say) {
    ProgramBuilder p("plain");
    p.add_qpu("alice", 2, 0);
    p.gate(kAlice, GateKind::kH, 0, {0});
    auto files = export_netqasm(p.finish());
    files[0].second =
        "# NETQASM 1.0\nset Q0 1\nrot_x Q0 1 1\nrot_x Q0 1 2\nset Q1 0\ncphase Q0 Q1\n"
        "init Q1\n";
    const DistributedProgram again = import_netqasm(files);
    const auto& block = again.qpus[0].blocks[0];
    ASSERT_EQ(block.size(), 3u);
    EXPECT_EQ(block[0].gate, GateKind::kRx);
    EXPECT_DOUBLE_EQ(again.qpus[0].parameters(block[0])[0].value, 0.75 * std::numbers::pi);
    EXPECT_EQ(block[1].gate, GateKind::kZ);
    EXPECT_EQ(block[1].controls, 1);
    EXPECT_EQ(block[2].kind, InstructionKind::kReset);
}

std::string error_after(const std::string& from, const std::string& to, std::size_t file = 0) {
    auto files = export_netqasm(telegate());
    std::string& text = files[file].second;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    try {
        import_netqasm(files);
    } catch (const InputError& e) {
        return e.what();
    }
    return "no error";
}

TEST(NetQasm, errors_name_file_line_and_cause) {
    EXPECT_EQ(error_after("rot_z Q0 3 5", "rot_z Q0 13 5"),
              "alice.0.nqasm:35:1: the comment says another gate than the instruction");
    EXPECT_EQ(error_after("qalloc Q0", "swap_all Q0"),
              "alice.0.nqasm:6:1: the instruction swap_all is not among those that are read here");
    EXPECT_EQ(error_after("set Q0 0\nrot", "set Q0 9\nrot"),
              "alice.0.nqasm:31:1: the node has 2 qubits, not a qubit 9");
    EXPECT_NE(error_after("alice.0.nqasm", "alice.9.nqasm", 4).find("alice.9.nqasm is missing"),
              std::string::npos);
    EXPECT_NE(error_after("\"version\": 1", "\"version\": 2", 4).find("version 1 is needed"),
              std::string::npos);
}

TEST(NetQasm, gates_without_a_word_are_refused) {
    ProgramBuilder p("wide");
    p.add_qpu("alice", 3, 0);
    p.gate(kAlice, GateKind::kX, 2, {0, 1, 2});
    try {
        export_netqasm(p.finish());
        FAIL();
    } catch (const InputError& e) {
        EXPECT_NE(std::string(e.what()).find("compile for native gates"), std::string::npos);
    }
}

TEST(NetQasm, pairs_in_different_orders_are_refused) {
    ProgramBuilder p("crossed");
    p.add_qpu("alice", 0, 2);
    p.add_qpu("bob", 0, 2);
    p.pair(kAlice, 0, kBob, 0, LinkId{0});
    p.pair(kAlice, 1, kBob, 1, LinkId{0});
    DistributedProgram program = p.finish();
    EXPECT_NO_THROW(export_netqasm(program));
    std::swap(program.qpus[1].blocks[0][0], program.qpus[1].blocks[0][1]);
    EXPECT_THROW(export_netqasm(program), InputError);
}

TEST(NetQasm, damaged_files_are_read_or_refused_but_never_crash) {
    const auto good = export_netqasm(telegate());
    Random random(5);
    std::size_t refused = 0;
    for (int trial = 0; trial < 2000; ++trial) {
        auto files = good;
        std::string& text = files[random.below(files.size())].second;
        for (std::uint64_t k = 0, n = 1 + random.below(3); k < n && !text.empty(); ++k) {
            const auto at = static_cast<std::size_t>(random.below(text.size()));
            if (random.below(2))
                text[at] = "0123456789{}[]:@QRM,\"/ \n"[random.below(24)];
            else
                text.erase(at, 1 + random.below(12));
        }
        try {
            import_netqasm(files);
        } catch (const InputError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 1000u);
}

}  // namespace
}  // namespace carillon
