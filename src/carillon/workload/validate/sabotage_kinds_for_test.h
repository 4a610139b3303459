// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/workload/program/program.h"

/// The ways to plant a fault that sabotage_for_test.h lists. Each changes the program and returns
/// false when it has nothing to change.
namespace carillon::validation::sabotage {

/// Where an instruction stands.
struct Place {
    std::size_t qpu = 0, block = 0, index = 0;
};

inline InstructionBlock& block_of(DistributedProgram& p, const Place& at) {
    return p.qpus[at.qpu].blocks[at.block];
}
inline Instruction& at(DistributedProgram& p, const Place& place) {
    return block_of(p, place)[place.index];
}

/// All instructions for which test(qpu, instruction) holds.
template <class Test>
std::vector<Place> find_all(const DistributedProgram& p, Test&& test) {
    std::vector<Place> found;
    for (std::size_t q = 0; q < p.qpus.size(); ++q)
        for (std::size_t b = 0; b < p.qpus[q].blocks.size(); ++b)
            for (std::size_t i = 0; i < p.qpus[q].blocks[b].size(); ++i)
                if (test(p.qpus[q], p.qpus[q].blocks[b][i])) found.push_back({q, b, i});
    return found;
}

/// Calls change(qpu, instruction) for one of the instructions that pass the test.
template <class Test, class Change>
bool change_one(DistributedProgram& p, Random& random, Test&& test, Change&& change) {
    const std::vector<Place> found = find_all(p, test);
    if (found.empty()) return false;
    const Place place = found[random.below(found.size())];
    return change(p.qpus[place.qpu], at(p, place));
}

template <class Test>
bool drop_one(DistributedProgram& p, Random& random, Test&& test) {
    const std::vector<Place> found = find_all(p, test);
    if (found.empty()) return false;
    const Place place = found[random.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.index));
    return true;
}

inline bool is_kind(const Instruction& i, InstructionKind kind) {
    return i.kind == kind;
}
inline bool is_gate(const QpuProgram&, const Instruction& i) {
    return i.kind == InstructionKind::kGate && i.num_conditions == 0;
}
inline bool is_correction(const Instruction& i, GateKind pauli) {
    return i.kind == InstructionKind::kGate && i.num_conditions != 0 && i.gate == pauli;
}
inline bool is_any_correction(const QpuProgram&, const Instruction& i) {
    return i.kind == InstructionKind::kGate && i.num_conditions != 0;
}
inline bool is_source_measurement(const QpuProgram&, const Instruction& i) {
    return i.kind == InstructionKind::kMeasure && i.source != Instruction::kNoSource;
}

/// Gives an instruction operands of its own.
inline void set_operands(QpuProgram& q, Instruction& i, std::vector<LocalQubit> operands) {
    i.first_operand = static_cast<std::uint32_t>(q.operands.size());
    i.num_operands = static_cast<std::uint32_t>(operands.size());
    q.operands.insert(q.operands.end(), operands.begin(), operands.end());
}
inline std::vector<LocalQubit> operands_of(const QpuProgram& q, const Instruction& i) {
    const auto all = q.qubits(i);
    return {all.begin(), all.end()};
}
/// Puts one operand on another qubit of the QPU that the instruction does not use.
inline bool move_operand(QpuProgram& q, Instruction& i, Random& random) {
    std::vector<LocalQubit> operands = operands_of(q, i);
    std::vector<LocalQubit> others;
    for (LocalQubit k = 0; k < q.num_qubits(); ++k)
        if (std::ranges::find(operands, k) == operands.end()) others.push_back(k);
    if (others.empty() || operands.empty()) return false;
    operands[random.below(operands.size())] = others[random.below(others.size())];
    set_operands(q, i, operands);
    return true;
}
inline bool other_bit(const QpuProgram& q, BitId& bit, Random& random) {
    if (q.num_bits < 2 || !bit.valid()) return false;
    const std::uint32_t old = bit.value;
    bit.value = static_cast<std::uint32_t>((old + 1 + random.below(q.num_bits - 1)) % q.num_bits);
    return bit.value != old;
}
inline bool other_qpu(const DistributedProgram& p, QpuId& qpu, Random& random) {
    if (p.qpus.size() < 2 || !qpu.valid()) return false;
    qpu = QpuId{(qpu.value + 1 + random.below(p.qpus.size() - 1)) % p.qpus.size()};
    return true;
}

// --- corrections ----------------------------------------------------------------------------

inline bool drop_x_correction(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) { return is_correction(i, GateKind::kX); });
}
inline bool drop_z_correction(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) { return is_correction(i, GateKind::kZ); });
}
inline bool wrong_condition_bit(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_any_correction, [&](QpuProgram& q, Instruction& i) {
        return other_bit(q, q.condition_bits[i.first_condition], r);
    });
}
inline bool correction_elsewhere(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_any_correction,
                      [&](QpuProgram& q, Instruction& i) { return move_operand(q, i, r); });
}
inline bool correction_of_the_other_kind(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_any_correction, [](QpuProgram&, Instruction& i) {
        i.gate = i.gate == GateKind::kX ? GateKind::kZ : GateKind::kX;
        return true;
    });
}
inline bool correction_without_condition(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_any_correction, [](QpuProgram&, Instruction& i) {
        i.num_conditions = 0;
        return true;
    });
}
inline bool correction_twice(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, is_any_correction);
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    block.insert(block.begin() + static_cast<std::ptrdiff_t>(place.index),
                 Instruction(block[place.index]));
    return true;
}

// --- messages and pairs ---------------------------------------------------------------------

inline bool send_to_another(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kSend); },
        [&](QpuProgram&, Instruction& i) { return other_qpu(p, i.peer, r); });
}
inline bool receive_from_another(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kRecv); },
        [&](QpuProgram&, Instruction& i) { return other_qpu(p, i.peer, r); });
}
inline bool send_another_bit(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kSend); },
        [&](QpuProgram& q, Instruction& i) { return other_bit(q, i.bit, r); });
}
inline bool receive_into_another_bit(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kRecv); },
        [&](QpuProgram& q, Instruction& i) { return other_bit(q, i.bit, r); });
}
inline bool messages_exchanged(DistributedProgram& p, Random& r) {
    const auto sends =
        find_all(p, [](auto&, auto& i) { return is_kind(i, InstructionKind::kSend); });
    if (sends.size() < 2) return false;
    Instruction& a = at(p, sends[r.below(sends.size())]);
    Instruction& b = at(p, sends[r.below(sends.size())]);
    if (a.message == b.message) return false;
    std::swap(a.message, b.message);
    return true;
}
inline bool drop_send(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kSend); });
}
inline bool drop_receive(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kRecv); });
}
inline bool pair_with_another_qpu(DistributedProgram& p, Random& r) {
    if (p.pairs.empty()) return false;
    BellPair& pair = p.pairs[r.below(p.pairs.size())];
    return other_qpu(p, r.below(2) == 0 ? pair.a : pair.b, r);
}
inline bool pair_on_another_qubit(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kPair); },
        [&](QpuProgram& q, Instruction& i) { return move_operand(q, i, r); });
}
inline bool pairs_exchanged(DistributedProgram& p, Random& r) {
    const auto found =
        find_all(p, [](auto&, auto& i) { return is_kind(i, InstructionKind::kPair); });
    if (found.size() < 2) return false;
    Instruction& a = at(p, found[r.below(found.size())]);
    Instruction& b = at(p, found[r.below(found.size())]);
    if (a.pair == b.pair) return false;
    std::swap(a.pair, b.pair);
    return true;
}
inline bool drop_pair_instruction(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kPair); });
}

// --- transfers --------------------------------------------------------------------------------

inline bool is_transfer(const QpuProgram&, const Instruction& i) {
    return i.kind == InstructionKind::kTransfer;
}
/// Whether a side is the one that the qubit arrives at.
inline bool arrives(const DistributedProgram& p, const Place& place) {
    const QubitTransfer& t =
        p.transfers[p.qpus[place.qpu].blocks[place.block][place.index].transfer.value];
    return t.to.value == place.qpu;
}
inline bool move_transfer(DistributedProgram& p, Random& r, bool arriving) {
    auto found = find_all(p, is_transfer);
    std::erase_if(found, [&](const Place& place) { return arrives(p, place) != arriving; });
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    return move_operand(p.qpus[place.qpu], at(p, place), r);
}
inline bool transfer_of_another_qubit(DistributedProgram& p, Random& r) {
    return move_transfer(p, r, false);
}
inline bool transfer_onto_another_qubit(DistributedProgram& p, Random& r) {
    return move_transfer(p, r, true);
}
/// The qubit arrives where another is: the data qubit of a qubit that stays.
inline bool transfer_onto_an_occupied_qubit(DistributedProgram& p, Random& r) {
    auto found = find_all(p, is_transfer);
    std::erase_if(found, [&](const Place& place) { return !arrives(p, place); });
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    for (std::size_t q = 0; q < p.initial_layout.size(); ++q) {
        const Location& home = p.initial_layout[q];
        if (home.qpu.value != place.qpu || home != p.final_layout[q]) continue;
        if (operands_of(p.qpus[place.qpu], at(p, place))[0] == home.qubit) continue;
        set_operands(p.qpus[place.qpu], at(p, place), {home.qubit});
        return true;
    }
    return false;
}
inline bool transfer_backwards(DistributedProgram& p, Random& r) {
    if (p.transfers.empty()) return false;
    QubitTransfer& t = p.transfers[r.below(p.transfers.size())];
    std::swap(t.from, t.to);
    return true;
}
inline bool transfer_to_another_qpu(DistributedProgram& p, Random& r) {
    if (p.transfers.empty()) return false;
    QubitTransfer& t = p.transfers[r.below(p.transfers.size())];
    return other_qpu(p, r.below(2) == 0 ? t.from : t.to, r);
}
inline bool transfers_exchanged(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, is_transfer);
    if (found.size() < 2) return false;
    Instruction& a = at(p, found[r.below(found.size())]);
    Instruction& b = at(p, found[r.below(found.size())]);
    if (a.transfer == b.transfer) return false;
    std::swap(a.transfer, b.transfer);
    return true;
}
inline bool drop_transfer_side(DistributedProgram& p, Random& r) {
    return drop_one(p, r, is_transfer);
}
/// Both sides go: the qubit never sets out.
inline bool drop_transfer(DistributedProgram& p, Random& r) {
    if (p.transfers.empty()) return false;
    const std::uint32_t last = static_cast<std::uint32_t>(p.transfers.size()) - 1;
    const std::uint32_t gone = static_cast<std::uint32_t>(r.below(p.transfers.size()));
    for (QpuProgram& q : p.qpus)
        for (InstructionBlock& block : q.blocks) {
            std::erase_if(block, [&](const Instruction& i) {
                return i.kind == InstructionKind::kTransfer && i.transfer.value == gone;
            });
            for (Instruction& i : block)
                if (i.transfer == TransferId{last}) i.transfer = TransferId{gone};
        }
    p.transfers[gone] = p.transfers[last];
    p.transfers.pop_back();
    return true;
}

// --- gates ----------------------------------------------------------------------------------

inline bool drop_gate(DistributedProgram& p, Random& r) {
    return drop_one(p, r, is_gate);
}
inline bool gate_twice(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, is_gate);
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    block.insert(block.begin() + static_cast<std::ptrdiff_t>(place.index),
                 Instruction(block[place.index]));
    return true;
}
inline bool wrong_gate(DistributedProgram& p, Random& r) {
    return change_one(
        p, r,
        [](auto& q, auto& i) {
            return is_gate(q, i) && i.num_params == 0 && gate_info(i.gate).targets == 1;
        },
        [&](QpuProgram&, Instruction& i) {
            using enum GateKind;
            static constexpr GateKind kKinds[] = {kX, kY, kZ, kH, kS, kSdg, kT, kTdg, kSx, kSxdg};
            const GateKind old = i.gate;
            i.gate = kKinds[r.below(10)];
            return i.gate != old;
        });
}
inline bool wrong_angle(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto& q, auto& i) { return is_gate(q, i) && i.num_params > 0; },
        [&](QpuProgram& q, Instruction& i) {
            Param& param = q.params[i.first_param + r.below(i.num_params)];
            if (!param.constant()) return false;
            param.value += r.below(2) == 0 ? 0.4 : -0.03;
            return true;
        });
}
inline bool angle_negated(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto& q, auto& i) { return is_gate(q, i) && i.num_params > 0; },
        [&](QpuProgram& q, Instruction& i) {
            Param& param = q.params[i.first_param + r.below(i.num_params)];
            if (!param.constant()) return false;
            param.value = -param.value;
            return true;
        });
}
inline bool gate_on_another_qubit(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_gate,
                      [&](QpuProgram& q, Instruction& i) { return move_operand(q, i, r); });
}
inline bool operands_exchanged(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto& q, auto& i) { return is_gate(q, i) && i.num_operands > 1; },
        [&](QpuProgram& q, Instruction& i) {
            std::vector<LocalQubit> operands = operands_of(q, i);
            std::swap(operands.front(), operands.back());
            set_operands(q, i, operands);
            return true;
        });
}
inline bool control_dropped(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto& q, auto& i) { return is_gate(q, i) && i.controls > 0; },
        [](QpuProgram&, Instruction& i) {
            --i.controls;
            --i.num_operands;
            ++i.first_operand;
            return true;
        });
}
inline bool extra_gate(DistributedProgram& p, Random& r) {
    const std::size_t k = r.below(p.qpus.size());
    QpuProgram& q = p.qpus[k];
    if (q.num_qubits() == 0) return false;
    using enum GateKind;
    static constexpr GateKind kKinds[] = {kX, kZ, kH, kS};
    Instruction i;
    i.gate = kKinds[r.below(4)];
    set_operands(q, i, {static_cast<LocalQubit>(r.below(q.num_qubits()))});
    InstructionBlock& block = q.blocks[r.below(q.blocks.size())];
    block.insert(block.begin() + static_cast<std::ptrdiff_t>(r.below(block.size() + 1)), i);
    return true;
}
inline bool neighbours_exchanged(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, [](auto&, auto&) { return true; });
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    if (place.index + 1 >= block.size()) return false;
    std::swap(block[place.index], block[place.index + 1]);
    return true;
}
inline bool instruction_moved(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, [](auto&, auto&) { return true; });
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    const Instruction i = block[place.index];
    block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.index));
    block.insert(block.begin() + static_cast<std::ptrdiff_t>(r.below(block.size() + 1)), i);
    return true;
}

// --- gates on all copies of a qubit -----------------------------------------------------------

/// A CX onto a communication qubit that is not measured next: one of those that change all copies.
inline std::vector<Place> find_cx_on_copies(const DistributedProgram& p) {
    std::vector<Place> found;
    for (const Place& place : find_all(p, is_gate)) {
        const QpuProgram& q = p.qpus[place.qpu];
        const InstructionBlock& block = q.blocks[place.block];
        const Instruction& i = block[place.index];
        if (i.gate != GateKind::kX || i.controls != 1 || !q.is_comm(q.qubits(i)[1])) continue;
        const bool measured = place.index + 1 < block.size() &&
                              is_kind(block[place.index + 1], InstructionKind::kMeasure) &&
                              q.qubits(block[place.index + 1])[0] == q.qubits(i)[1];
        if (!measured) found.push_back(place);
    }
    return found;
}
inline bool drop_cx_on_a_copy(DistributedProgram& p, Random& r) {
    const auto found = find_cx_on_copies(p);
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.index));
    return true;
}
inline bool another_control_on_a_copy(DistributedProgram& p, Random& r) {
    const auto found = find_cx_on_copies(p);
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    QpuProgram& q = p.qpus[place.qpu];
    std::vector<LocalQubit> operands = operands_of(q, at(p, place));
    const LocalQubit old = operands[0];
    operands[0] = static_cast<LocalQubit>(r.below(q.num_qubits()));
    if (operands[0] == old || operands[0] == operands[1]) return false;
    set_operands(q, at(p, place), operands);
    return true;
}
/// The copy is kept, and nothing that happens to its qubit reaches it any more.
inline bool copy_not_changed(DistributedProgram& p, Random& r) {
    const auto found = find_cx_on_copies(p);
    if (found.empty()) return false;
    const Place first = found[r.below(found.size())];
    const LocalQubit copy = p.qpus[first.qpu].qubits(at(p, first))[1];
    for (std::size_t k = found.size(); k-- > 0;) {
        const Place& place = found[k];
        if (place.qpu != first.qpu || place.block != first.block || place.index < first.index ||
            p.qpus[place.qpu].qubits(at(p, place))[1] != copy)
            continue;
        InstructionBlock& block = block_of(p, place);
        block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.index));
    }
    return true;
}
inline bool drop_x_on_a_copy(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](const QpuProgram& q, const Instruction& i) {
        return is_gate(q, i) && i.gate == GateKind::kX && i.controls == 0 &&
               q.is_comm(q.qubits(i)[0]);
    });
}

// --- copies, measurements, resets -------------------------------------------------------------

inline bool drop_protocol_measurement(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) {
        return is_kind(i, InstructionKind::kMeasure) && i.source == Instruction::kNoSource;
    });
}
/// An H straight before a protocol's measurement of the same qubit.
inline bool disentangled_without_h(DistributedProgram& p, Random& r) {
    std::vector<Place> found;
    for (const Place& place : find_all(p, is_gate)) {
        const InstructionBlock& block = block_of(p, place);
        if (block[place.index].gate != GateKind::kH || place.index + 1 == block.size()) continue;
        const Instruction& next = block[place.index + 1];
        if (is_kind(next, InstructionKind::kMeasure) && next.source == Instruction::kNoSource)
            found.push_back(place);
    }
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.index));
    return true;
}
/// An H and the protocol's measurement after it: the copy is never given back.
inline bool copy_not_given_back(DistributedProgram& p, Random& r) {
    std::vector<Place> found;
    for (const Place& place : find_all(p, is_gate)) {
        const InstructionBlock& block = block_of(p, place);
        if (block[place.index].gate != GateKind::kH || place.index + 1 == block.size()) continue;
        const Instruction& next = block[place.index + 1];
        if (is_kind(next, InstructionKind::kMeasure) && next.source == Instruction::kNoSource)
            found.push_back(place);
    }
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    const auto first = block.begin() + static_cast<std::ptrdiff_t>(place.index);
    block.erase(first, first + 2);
    return true;
}
inline bool drop_reset(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kReset); });
}
inline bool drop_source_measurement(DistributedProgram& p, Random& r) {
    return drop_one(p, r, is_source_measurement);
}
inline bool measure_into_another_bit(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_source_measurement,
                      [&](QpuProgram& q, Instruction& i) { return other_bit(q, i.bit, r); });
}
inline bool measure_another_qubit(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_source_measurement,
                      [&](QpuProgram& q, Instruction& i) { return move_operand(q, i, r); });
}
inline bool measurements_exchanged(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, is_source_measurement);
    if (found.size() < 2) return false;
    Instruction& a = at(p, found[r.below(found.size())]);
    Instruction& b = at(p, found[r.below(found.size())]);
    if (a.source == b.source) return false;
    std::swap(a.source, b.source);
    std::swap(a.bit, b.bit);
    return true;
}
/// The protocol's outcome goes into another bit.
inline bool outcome_into_another_bit(DistributedProgram& p, Random& r) {
    return change_one(
        p, r,
        [](auto&, auto& i) {
            return is_kind(i, InstructionKind::kMeasure) && i.source == Instruction::kNoSource;
        },
        [&](QpuProgram& q, Instruction& i) { return other_bit(q, i.bit, r); });
}

// --- layouts and owners -----------------------------------------------------------------------

inline bool layout_exchanged(std::vector<Location>& layout, Random& r) {
    if (layout.size() < 2) return false;
    Location& a = layout[r.below(layout.size())];
    Location& b = layout[r.below(layout.size())];
    if (a == b) return false;
    std::swap(a, b);
    return true;
}
inline bool wrong_final_layout(DistributedProgram& p, Random& r) {
    return layout_exchanged(p.final_layout, r);
}
inline bool wrong_initial_layout(DistributedProgram& p, Random& r) {
    return layout_exchanged(p.initial_layout, r);
}
inline bool wrong_bit_owner(DistributedProgram& p, Random& r) {
    if (p.bit_owner.empty()) return false;
    return other_qpu(p, p.bit_owner[r.below(p.bit_owner.size())], r);
}
inline bool no_bit_owner(DistributedProgram& p, Random& r) {
    if (p.bit_owner.empty()) return false;
    p.bit_owner[r.below(p.bit_owner.size())] = {};
    return true;
}
inline bool wrong_variable_owner(DistributedProgram& p, Random& r) {
    if (p.variable_owner.empty()) return false;
    return other_qpu(p, p.variable_owner[r.below(p.variable_owner.size())], r);
}

// --- control flow -----------------------------------------------------------------------------

inline bool is_block(const QpuProgram&, const Instruction& i) {
    return is_kind(i, InstructionKind::kIf) || is_kind(i, InstructionKind::kWhile);
}
inline bool condition_negated(DistributedProgram& p, Random& r) {
    return change_one(p, r, is_block, [&](QpuProgram&, Instruction& i) {
        Expr e;
        e.kind = ExprKind::kUnary;
        e.op = ExprOp::kNot;
        e.type = ScalarType::kBool;
        e.width = 1;
        e.a = i.condition;
        i.condition = ExprId{p.exprs.size()};
        p.exprs.push_back(e);
        return true;
    });
}
/// On every QPU, so that all still agree.
inline bool condition_negated_everywhere(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, is_block);
    if (found.empty()) return false;
    const std::uint32_t source = at(p, found[r.below(found.size())]).source;
    for (const Place& place : found) {
        Instruction& i = at(p, place);
        if (i.source != source) continue;
        Expr e;
        e.kind = ExprKind::kUnary;
        e.op = ExprOp::kNot;
        e.type = ScalarType::kBool;
        e.width = 1;
        e.a = i.condition;
        i.condition = ExprId{p.exprs.size()};
        p.exprs.push_back(e);
    }
    return true;
}
inline bool then_and_else_exchanged(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, [](auto&, auto& i) { return is_kind(i, InstructionKind::kIf); });
    if (found.empty()) return false;
    const std::uint32_t source = at(p, found[r.below(found.size())]).source;
    for (const Place& place : found) {
        Instruction& i = at(p, place);
        if (i.source == source) std::swap(i.body, i.otherwise);
    }
    return true;
}
inline bool while_becomes_if(DistributedProgram& p, Random& r) {
    const auto found =
        find_all(p, [](auto&, auto& i) { return is_kind(i, InstructionKind::kWhile); });
    if (found.empty()) return false;
    const std::uint32_t source = at(p, found[r.below(found.size())]).source;
    for (const Place& place : found)
        if (at(p, place).source == source) at(p, place).kind = InstructionKind::kIf;
    return true;
}
inline bool drop_block(DistributedProgram& p, Random& r) {
    return drop_one(p, r, is_block);
}
/// The last instruction of a body is done after the block, whatever the condition.
inline bool instruction_leaves_its_block(DistributedProgram& p, Random& r) {
    const auto found = find_all(p, [](const QpuProgram& q, const Instruction& i) {
        return is_block(q, i) && i.body.valid() && !q.block(i.body).empty();
    });
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    QpuProgram& q = p.qpus[place.qpu];
    InstructionBlock& body = q.block(at(p, place).body);
    const Instruction last = body.back();
    body.pop_back();
    InstructionBlock& around = block_of(p, place);
    around.insert(around.begin() + static_cast<std::ptrdiff_t>(place.index) + 1, last);
    return true;
}
inline bool gate_in_a_body_dropped(DistributedProgram& p, Random& r) {
    std::vector<Place> found = find_all(p, is_gate);
    std::erase_if(found, [](const Place& place) { return place.block == 0; });
    if (found.empty()) return false;
    const Place place = found[r.below(found.size())];
    InstructionBlock& block = block_of(p, place);
    block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.index));
    return true;
}
inline bool drop_assign(DistributedProgram& p, Random& r) {
    return drop_one(p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kAssign); });
}
inline bool assign_another_value(DistributedProgram& p, Random& r) {
    return change_one(
        p, r, [](auto&, auto& i) { return is_kind(i, InstructionKind::kAssign); },
        [&](QpuProgram&, Instruction& i) {
            Expr e;
            e.value = Value::unsigned_integer(3, 8);
            e.type = e.value.type;
            e.width = e.value.width;
            i.condition = ExprId{p.exprs.size()};
            p.exprs.push_back(e);
            return true;
        });
}
inline bool source_bit_overwritten(DistributedProgram& p, Random& r) {
    return change_one(
        p, r,
        [](auto&, auto& i) {
            return is_kind(i, InstructionKind::kMeasure) && i.source == Instruction::kNoSource;
        },
        [&](QpuProgram&, Instruction& i) {
            if (p.num_bits == 0) return false;
            i.bit = BitId{r.below(p.num_bits)};
            return true;
        });
}

// --- certificates -----------------------------------------------------------------------------

inline bool certificate_changed(DistributedProgram& p, Random& r) {
    if (p.rewrites.empty()) return false;
    Rewrite& rewrite = p.rewrites[r.below(p.rewrites.size())];
    if (rewrite.qubits.empty()) return false;
    rewrite.replacement.gate(GateKind::kS, 0, {QubitId{0}});
    return true;
}
inline bool certificate_dropped(DistributedProgram& p, Random& r) {
    if (p.rewrites.empty()) return false;
    p.rewrites.erase(p.rewrites.begin() + static_cast<std::ptrdiff_t>(r.below(p.rewrites.size())));
    return true;
}
inline bool certificate_for_other_operations(DistributedProgram& p, Random& r) {
    if (p.rewrites.empty()) return false;
    ++p.rewrites[r.below(p.rewrites.size())].first;
    return true;
}
inline bool certificate_on_other_qubits(DistributedProgram& p, Random& r) {
    if (p.rewrites.empty()) return false;
    Rewrite& rewrite = p.rewrites[r.below(p.rewrites.size())];
    if (rewrite.qubits.size() < 2) return false;
    std::swap(rewrite.qubits.front(), rewrite.qubits.back());
    return true;
}

}  // namespace carillon::validation::sabotage
