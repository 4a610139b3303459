// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "carillon/base/random.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/validate/sabotage_kinds_for_test.h"

namespace carillon::validation {

/// One way to plant a fault in any distributed program.
struct Sabotage {
    const char* name;
    /// Changes the program; false when it has nothing to change. The result may by chance still be
    /// equal to the source: compare with dense_check() where `always_wrong` is false.
    bool (*apply)(DistributedProgram&, Random&);
    bool always_wrong = false;
};

/// All of them.
inline std::span<const Sabotage> all_sabotages() {
    using namespace sabotage;
#define CARILLON_SABOTAGE(name) \
    { #name, name, false }
#define CARILLON_BREACH(name) \
    { #name, name, true }
    static constexpr Sabotage kAll[] = {
        CARILLON_SABOTAGE(drop_x_correction),
        CARILLON_SABOTAGE(drop_z_correction),
        CARILLON_SABOTAGE(wrong_condition_bit),
        CARILLON_SABOTAGE(correction_elsewhere),
        CARILLON_SABOTAGE(correction_of_the_other_kind),
        CARILLON_SABOTAGE(correction_without_condition),
        CARILLON_SABOTAGE(correction_twice),
        CARILLON_BREACH(send_to_another),
        CARILLON_BREACH(receive_from_another),
        CARILLON_SABOTAGE(send_another_bit),
        CARILLON_SABOTAGE(receive_into_another_bit),
        CARILLON_SABOTAGE(messages_exchanged),
        CARILLON_BREACH(drop_send),
        CARILLON_BREACH(drop_receive),
        CARILLON_BREACH(pair_with_another_qpu),
        CARILLON_SABOTAGE(pair_on_another_qubit),
        CARILLON_SABOTAGE(pairs_exchanged),
        CARILLON_BREACH(drop_pair_instruction),
        CARILLON_SABOTAGE(transfer_of_another_qubit),
        CARILLON_SABOTAGE(transfer_onto_another_qubit),
        CARILLON_SABOTAGE(transfer_onto_an_occupied_qubit),
        CARILLON_SABOTAGE(transfer_backwards),
        CARILLON_BREACH(transfer_to_another_qpu),
        CARILLON_SABOTAGE(transfers_exchanged),
        CARILLON_BREACH(drop_transfer_side),
        CARILLON_SABOTAGE(drop_transfer),
        CARILLON_SABOTAGE(drop_gate),
        CARILLON_SABOTAGE(gate_twice),
        CARILLON_SABOTAGE(wrong_gate),
        CARILLON_SABOTAGE(wrong_angle),
        CARILLON_SABOTAGE(angle_negated),
        CARILLON_SABOTAGE(gate_on_another_qubit),
        CARILLON_SABOTAGE(operands_exchanged),
        CARILLON_SABOTAGE(control_dropped),
        CARILLON_SABOTAGE(extra_gate),
        CARILLON_SABOTAGE(neighbours_exchanged),
        CARILLON_SABOTAGE(instruction_moved),
        CARILLON_SABOTAGE(drop_cx_on_a_copy),
        CARILLON_SABOTAGE(another_control_on_a_copy),
        CARILLON_SABOTAGE(copy_not_changed),
        CARILLON_SABOTAGE(drop_x_on_a_copy),
        CARILLON_SABOTAGE(drop_protocol_measurement),
        CARILLON_SABOTAGE(disentangled_without_h),
        CARILLON_SABOTAGE(copy_not_given_back),
        CARILLON_SABOTAGE(drop_reset),
        CARILLON_SABOTAGE(drop_source_measurement),
        CARILLON_SABOTAGE(measure_into_another_bit),
        CARILLON_SABOTAGE(measure_another_qubit),
        CARILLON_SABOTAGE(measurements_exchanged),
        CARILLON_SABOTAGE(outcome_into_another_bit),
        CARILLON_SABOTAGE(wrong_final_layout),
        CARILLON_SABOTAGE(wrong_initial_layout),
        CARILLON_SABOTAGE(wrong_bit_owner),
        CARILLON_SABOTAGE(no_bit_owner),
        CARILLON_SABOTAGE(wrong_variable_owner),
        CARILLON_SABOTAGE(condition_negated),
        CARILLON_SABOTAGE(condition_negated_everywhere),
        CARILLON_SABOTAGE(then_and_else_exchanged),
        CARILLON_SABOTAGE(while_becomes_if),
        CARILLON_SABOTAGE(drop_block),
        CARILLON_SABOTAGE(instruction_leaves_its_block),
        CARILLON_SABOTAGE(gate_in_a_body_dropped),
        CARILLON_SABOTAGE(drop_assign),
        CARILLON_SABOTAGE(assign_another_value),
        CARILLON_SABOTAGE(source_bit_overwritten),
        CARILLON_BREACH(certificate_changed),
        CARILLON_SABOTAGE(certificate_dropped),
        CARILLON_SABOTAGE(certificate_for_other_operations),
        CARILLON_SABOTAGE(certificate_on_other_qubits),
    };
#undef CARILLON_SABOTAGE
#undef CARILLON_BREACH
    return kAll;
}

}  // namespace carillon::validation
