// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Why one step waits for another.
enum class DependencyKind : std::uint8_t {
    kOrder,    ///< same qubit, same bit, a barrier, or the `if` around it
    kReuse,    ///< a communication qubit is used again: what it is used for next waits for what it
               ///< was used for before, and would not on another qubit
    kMessage,  ///< the bit travels: the receiver waits for the sender and the latency
    kDemand,   ///< a Bell pair is made only when what uses it first waits for nothing else
};

/// What can be placed in time as one: an instruction, or both sides of a Bell pair or a transfer.
struct Step {
    QpuId qpu;
    std::uint32_t position = 0;                ///< in visit_instructions() order of `qpu`
    QpuId other_qpu;                           ///< second side of a pair or transfer, else none
    std::uint32_t other_position = 0;          ///< likewise
    const Instruction* instruction = nullptr;  ///< lives as long as the program
    LinkId link;                               ///< of a pair or transfer, else none
    Time duration;  ///< of the instruction, or of the pair's generation on all channels of its link
    Time lag;       ///< kRecv: how long the message travels
    bool nested = false;  ///< inside an `if` or `while`

    bool makes_pair() const { return instruction->kind == InstructionKind::kPair; }
};

struct Dependency {
    std::uint32_t to;  ///< index of a step
    DependencyKind kind;
};

/// One use of a communication qubit, from |0> to |0>: a half of a pair, a copy, a qubit in transit.
/// Whatever an `if` or `while` does with the qubit belongs to one stay.
struct Stay {
    QpuId qpu;
    LocalQubit qubit = 0;
    std::uint32_t first = 0, last = 0;  ///< steps
    std::uint32_t first_position = 0;   ///< of the instruction that begins it, in its stream
    std::uint32_t last_position =
        0;                    ///< of the one that ends it, an `if` or `while` for what is in it
    bool ends_blank = false;  ///< its last instruction leaves |0>
    Time work;                ///< sum of what is done with the qubit
};

/// The partial order of a distributed program: steps and what waits for what. Of an `if` only the
/// branch that keeps its busiest QPU longer is there, of a `while` one iteration.
struct DependencyGraph {
    std::vector<Step> steps;
    std::vector<std::uint32_t> first;  ///< successors of step s: edges[first[s] .. first[s+1])
    std::vector<Dependency> edges;
    std::vector<std::uint32_t> topological;   ///< every step after all it waits for
    std::vector<std::uint32_t> predecessors;  ///< number of dependencies of each step
    std::vector<Stay> stays;  ///< by QPU, then in the order in which its stream begins them
    std::vector<std::string> notes;

    std::span<const Dependency> successors(std::size_t step) const {
        return {edges.data() + first[step], edges.data() + first[step + 1]};
    }
};

/// Builds the partial order, with durations from the network's nodes and links.
///
/// Throws:
///     InputError: program and network do not fit (fewer nodes than QPUs, a pair or transfer over a
///     link that does not join its ends or hands over no such thing), a pair, transfer or message
///     lacks a side, or the program waits for itself.
DependencyGraph find_dependencies(const DistributedProgram& program, const Network& network);

/// The same with Bell pairs made on demand instead of ahead of time: a pair also waits for all that
/// the first instruction to use it waits for, other pairs apart.
DependencyGraph made_on_demand(const DependencyGraph& graph);

}  // namespace carillon
