// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/segment_writer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace carillon {
namespace {

using enum GateKind;

const QubitId a{0}, b{1}, c{2};

struct Written {
    Circuit circuit;
    SegmentWriter writer;

    Written() : circuit(three()), writer(circuit) {}
    static Circuit three() {
        Circuit circuit;
        circuit.add_qubits("q", 3);
        return circuit;
    }
    void h(QubitId w) { writer.one_qubit(w, gate_matrix(kH, {})); }
    void phase(std::initializer_list<QubitId> wires, double angle) {
        writer.phase(std::span(wires.begin(), wires.size()), angle);
    }
    const Block& done() {
        writer.flush();
        writer.finish();
        return circuit.body();
    }
};

TEST(SegmentWriter, phases_of_one_segment_are_added_up) {
    Written w;
    w.phase({a, b}, 0.25);
    w.phase({a, c}, 1);
    w.phase({b, a}, 0.5);
    ASSERT_EQ(w.done().size(), 2u);
    EXPECT_DOUBLE_EQ(w.circuit.parameters(w.done()[0])[0].value, 0.75);
}

TEST(SegmentWriter, a_turn_on_one_of_the_wires_keeps_phases_apart) {
    Written w;
    w.phase({a, b}, 0.25);
    w.h(b);
    w.phase({a, b}, 0.5);
    EXPECT_EQ(w.done().size(), 3u);
}

TEST(SegmentWriter, what_vanishes_opens_the_segment_before) {
    Written w;  // phase, h, cz, cz, h, phase: the middle vanishes and the phases meet
    w.phase({a, b}, 0.25);
    w.h(b);
    w.phase({b, c}, M_PI);
    w.phase({b, c}, M_PI);
    w.h(b);
    w.phase({a, b}, 0.5);
    ASSERT_EQ(w.done().size(), 1u);
    EXPECT_DOUBLE_EQ(w.circuit.parameters(w.done()[0])[0].value, 0.75);
}

TEST(SegmentWriter, half_turns_become_cz_and_back) {
    Written w;
    w.phase({a, b}, M_PI / 2);
    w.phase({a, b}, M_PI / 2);
    ASSERT_EQ(w.done().size(), 1u);
    EXPECT_EQ(w.done()[0].gate, kZ);
    EXPECT_EQ(w.done()[0].num_params, 0u);

    Written v;
    v.phase({a, b}, M_PI);
    v.phase({a, b}, -0.5);
    ASSERT_EQ(v.done().size(), 1u);
    EXPECT_EQ(v.done()[0].gate, kP);
    EXPECT_NEAR(v.circuit.parameters(v.done()[0])[0].value, M_PI - 0.5, 1e-12);
}

TEST(SegmentWriter, nothing_is_merged_across_a_separation) {
    Written w;
    w.phase({a, b}, 0.25);
    w.writer.separate(std::vector{a});
    w.phase({a, b}, 0.5);
    EXPECT_EQ(w.done().size(), 2u);

    Written v;
    v.h(a);
    v.writer.separate(std::vector{a});
    v.h(a);
    EXPECT_EQ(v.done().size(), 2u);
}

TEST(SegmentWriter, a_run_time_phase_holds_its_place) {
    Written w;
    const Param angle{w.circuit.constant(Value::floating(0.5))};
    w.h(b);
    w.writer.phase(std::vector{a, b}, angle);
    w.h(b);
    EXPECT_EQ(w.done().size(), 3u);
}

}  // namespace
}  // namespace carillon
