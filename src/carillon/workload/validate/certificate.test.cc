// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/certificate.h"

#include <gtest/gtest.h>

#include "carillon/workload/validate/program_builder_for_test.h"
#include "carillon/workload/validate/sabotage_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::validation {
namespace {

using enum GateKind;

/// ccx of a, b, c by six CX.
void standard_ccx(Circuit& out, QubitId a, QubitId b, QubitId c) {
    out.gate(kH, 0, {c});
    out.gate(kX, 1, {b, c});
    out.gate(kTdg, 0, {c});
    out.gate(kX, 1, {a, c});
    out.gate(kT, 0, {c});
    out.gate(kX, 1, {b, c});
    out.gate(kTdg, 0, {c});
    out.gate(kX, 1, {a, c});
    out.gate(kT, 0, {b});
    out.gate(kT, 0, {c});
    out.gate(kH, 0, {c});
    out.gate(kX, 1, {a, b});
    out.gate(kT, 0, {a});
    out.gate(kTdg, 0, {b});
    out.gate(kX, 1, {a, b});
}

/// h 0; ccx 2 0 1; ccx 2 0 1; h 0, and a program that does the first ccx by six CX.
struct Example {
    Circuit source;
    DistributedProgram program;

    Example() {
        source.add_qubits("q", 3);
        const QubitId a{2}, b{0}, c{1};
        source.gate(kH, 0, {b});
        source.gate(kX, 2, {a, b, c});
        source.gate(kX, 2, {a, b, c});
        source.gate(kH, 0, {b});
        ProgramBuilder p(source, 1, 3, 0);
        Circuit flat;
        flat.add_qubits("q", 3);
        flat.gate(kH, 0, {b});
        standard_ccx(flat, a, b, c);
        flat.gate(kX, 2, {a, b, c});
        flat.gate(kH, 0, {b});
        for (const Operation& op : flat.body()) {
            std::vector<LocalQubit> at;
            for (const QubitId q : flat.qubits(op)) at.push_back(q.value);
            p.gate(0, op.gate, op.controls, at);
        }
        program = std::move(p.program);
        Rewrite r;
        r.first = 1;
        r.qubits = {a, b, c};
        r.replacement.add_qubits("q", 3);
        standard_ccx(r.replacement, QubitId{0}, QubitId{1}, QubitId{2});
        program.rewrites = {r};
    }
};

TEST(Certificate, toffoli_by_six_cnots_needs_one) {
    Example e;
    const Verdict v = validate(e.source, e.program);
    EXPECT_TRUE(v.equal) << v.reason;
    EXPECT_EQ(v.certificates, 1u);
    e.program.rewrites.clear();
    EXPECT_FALSE(validate(e.source, e.program).equal);
}

TEST(Certificate, planted_faults_are_found) {
    for (const Sabotage& s : all_sabotages()) {
        if (std::string(s.name).find("certificate") != 0) continue;
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            Example e;
            // Controls may be exchanged: make the last qubit of the certificate the first one.
            Random random(seed);
            ASSERT_TRUE(s.apply(e.program, random));
            const std::string name = s.name;
            if (name == "certificate_for_other_operations") {
                e.program.rewrites[0].first = 3;  // the second ccx may be replaced as well
            }
            EXPECT_FALSE(validate(e.source, e.program).equal) << s.name;
        }
    }
}

std::string reason(const Example& e) {
    const Verdict v = validate(e.source, e.program);
    EXPECT_FALSE(v.equal);
    return v.reason;
}

TEST(Certificate, may_replace_gates_only) {
    Example e;
    e.source.body()[1].kind = OpKind::kBarrier;
    EXPECT_NE(reason(e).find("not a gate"), std::string::npos) << reason(e);
}

TEST(Certificate, may_touch_eight_qubits_at_most) {
    Example e;
    Rewrite& r = e.program.rewrites[0];
    e.source.add_qubits("more", 9);
    for (std::uint32_t q = 3; q < 12; ++q) {
        r.qubits.push_back(QubitId{q});
        e.program.initial_layout.push_back({QpuId{0}, q});
    }
    e.program.qpus[0].data_qubits = 12;
    e.program.num_qubits = 12;
    e.program.final_layout = e.program.initial_layout;
    r.replacement.num_qubits = 12;
    EXPECT_NE(reason(e).find("more than eight"), std::string::npos) << reason(e);
}

TEST(Certificate, malformed_ones_are_refused) {
    const auto with = [](auto change) {
        Example e;
        change(e.program.rewrites[0]);
        return reason(e);
    };
    EXPECT_NE(with([](Rewrite& r) { r.qubits[0] = r.qubits[1]; }).find("twice"), std::string::npos);
    EXPECT_NE(with([](Rewrite& r) { r.qubits[0] = QubitId{77}; }).find("does not exist"),
              std::string::npos);
    EXPECT_NE(with([](Rewrite& r) { r.replacement.operands[1] = QubitId{9}; }).find("does not"),
              std::string::npos);
    EXPECT_NE(with([](Rewrite& r) { r.count = 0; }).find("does not fit"), std::string::npos);
    EXPECT_NE(with([](Rewrite& r) { r.count = 1000; }).find("does not fit"), std::string::npos);
    EXPECT_NE(with([](Rewrite& r) { r.first = 1000; }).find("does not start"), std::string::npos);
    EXPECT_NE(with([](Rewrite& r) { r.replacement.blocks.clear(); }).find("no replacement"),
              std::string::npos);
    EXPECT_NE(
        with([](Rewrite& r) { r.replacement.body()[0].first_operand = 0xfffffff0; }).find("not"),
        std::string::npos);
}

/// cx 0 1; (something); t 1; cx 0 1 and a program with one phase on 0, 1 after the something.
struct Scattered {
    Circuit source;
    DistributedProgram program;

    template <class Between>
    explicit Scattered(Between between) {
        const QubitId a{0}, b{1};
        const double t = 0.7853981633974483;
        source.add_qubits("q", 3);
        source.gate(kX, 1, {a, b});
        between(source);
        source.gate(kT, 0, {b});
        source.gate(kX, 1, {a, b});
        ProgramBuilder p(source, 1, 3, 0);
        Circuit flat;
        flat.add_qubits("q", 3);
        between(flat);
        Rewrite r;
        r.operations = {0, 2, 3};
        r.count = 3;
        r.qubits = {b, a};
        r.replacement.add_qubits("q", 2);
        r.replacement.gate(kP, 0, {QubitId{0}}, {t});
        r.replacement.gate(kP, 0, {QubitId{1}}, {t});
        r.replacement.gate(kP, 1, {QubitId{0}, QubitId{1}}, {-2 * t});
        flat.gate(kP, 0, {a}, {t});
        flat.gate(kP, 0, {b}, {t});
        flat.gate(kP, 1, {a, b}, {-2 * t});
        for (const Operation& op : flat.body()) {
            std::vector<LocalQubit> at;
            for (const QubitId q : flat.qubits(op)) at.push_back(q.value);
            p.gate(0, op.gate, op.controls, at, flat.parameters(op));
        }
        program = std::move(p.program);
        program.rewrites = {r};
    }
    std::string verdict() const {
        const Verdict v = validate(source, program);
        return v.equal ? "equal" : v.reason;
    }
};

TEST(Certificate, may_gather_operations_across_what_commutes) {
    EXPECT_EQ(Scattered([](Circuit& c) { c.gate(kH, 0, {QubitId{2}}); }).verdict(), "equal");
    EXPECT_EQ(Scattered([](Circuit& c) {
                  c.gate(kX, 1, {QubitId{0}, QubitId{2}});
              }).verdict(),
              "equal");
    EXPECT_EQ(Scattered([](Circuit& c) { c.gate(kT, 0, {QubitId{0}}); }).verdict(), "equal");
}

TEST(Certificate, may_not_gather_operations_across_what_does_not) {
    const auto refused = [](auto between) {
        return Scattered(between).verdict().find("need not commute") != std::string::npos;
    };
    EXPECT_TRUE(refused([](Circuit& c) { c.gate(kH, 0, {QubitId{0}}); }));
    EXPECT_TRUE(refused([](Circuit& c) { c.gate(kX, 0, {QubitId{0}}); }));
    EXPECT_TRUE(refused([](Circuit& c) { c.gate(kX, 1, {QubitId{2}, QubitId{0}}); }));
    EXPECT_TRUE(refused([](Circuit& c) { c.gate(kX, 1, {QubitId{1}, QubitId{2}}); }));
    EXPECT_TRUE(refused([](Circuit& c) { c.reset(QubitId{1}); }));
}

TEST(Certificate, lists_of_operations_are_checked) {
    const auto reason = [](std::vector<std::uint32_t> operations) {
        Scattered s([](Circuit& c) { c.gate(kH, 0, {QubitId{2}}); });
        s.program.rewrites[0].operations = std::move(operations);
        return s.verdict();
    };
    EXPECT_NE(reason({0, 2}).find("does not fit its first"), std::string::npos);
    EXPECT_NE(reason({1, 2, 3}).find("does not fit its first"), std::string::npos);
    EXPECT_NE(reason({0, 3, 2}).find("does not rise"), std::string::npos);
    EXPECT_NE(reason({0, 2, 9}).find("does not rise"), std::string::npos);
    EXPECT_NE(reason({0, 1, 2}).find("wrong"), std::string::npos);
    EXPECT_EQ(reason({0, 2, 3}), "equal");
    Scattered twice([](Circuit& c) { c.gate(kH, 0, {QubitId{2}}); });
    twice.program.rewrites.push_back(twice.program.rewrites[0]);
    EXPECT_NE(twice.verdict().find("overlaps"), std::string::npos);
}

}  // namespace
}  // namespace carillon::validation
