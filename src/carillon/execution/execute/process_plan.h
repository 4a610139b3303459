// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "carillon/execution/execute/process_mode.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/resource/substrate/roles.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// The part of a program that one QPU needs: its own stream, and the pairs, transfers and messages
/// in it, with numbers of their own.
struct Slice {
    DistributedProgram program;
    QpuId qpu;
    std::uint32_t first_number = 0;  ///< instructions of all QPUs before this one
    std::vector<std::uint32_t> pairs, transfers, messages;  ///< numbers in the whole program
};

Slice slice_of(const DistributedProgram& program, QpuId qpu);

/// What rank 0 tells another rank at the beginning of a run.
struct Plan {
    substrate::Roles roles;
    SimulateOptions options;
    bool sampled = false;  ///< one round, source measurements deferred
    std::vector<std::string> names;
    std::vector<std::uint32_t> qubits;  ///< by QPU
    Slice slice;                        ///< of a controller
};

std::vector<std::byte> plan_bytes(const Plan& plan);
Plan read_plan(std::span<const std::byte> bytes);

/// What a controller tells rank 0 at the end.
struct ControllerResult {
    ProcessOf process;
    ProgramCounters counters;
    std::vector<std::uint64_t> messages, bits;  ///< by QPU that they went to
    std::uint64_t sent_by_transport = 0;        ///< messages of bits that its rank counted
    /// By shot, one after another: source bits and variables that the QPU owns.
    std::vector<std::uint8_t> owned_bits;
    std::vector<Value> owned_variables;
};

std::vector<std::byte> result_bytes(const ControllerResult& result);
ControllerResult read_result(std::span<const std::byte> bytes);

/// Bits and variables that a QPU owns, by number.
std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> owned_by(
    const DistributedProgram& program, QpuId qpu);

/// Throws InputError for what one state would hide: a message that is not addressed to the QPU that
/// takes it, a source measurement that two QPUs do.
void check_for_processes(const DistributedProgram& program);

}  // namespace carillon
