// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/workload/program/program.h"

namespace carillon::validation {

/// What running both on one random input, with the same outcomes of the source's measurements,
/// shows.
struct DenseResult {
    enum Kind { kAgrees, kDiffers, kUnknown } kind = kAgrees;  ///< kUnknown: a loop ran too long
    std::string why;
};

namespace dense {

constexpr int kMostRounds = 40;

struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct TooLong {};

/// A state vector with its most obvious operations.
struct State {
    std::vector<Complex> amplitudes;

    explicit State(std::size_t qubits) : amplitudes(std::size_t{1} << qubits) { amplitudes[0] = 1; }
    void apply(const Matrix& m, const std::vector<std::size_t>& at) {
        std::vector<Complex> in(m.dim());
        std::size_t mask = 0;
        std::vector<std::size_t> offset(m.dim());
        for (const std::size_t q : at) mask |= std::size_t{1} << q;
        for (std::size_t i = 0; i < m.dim(); ++i)
            for (std::size_t b = 0; b < at.size(); ++b)
                if (i >> b & 1) offset[i] |= std::size_t{1} << at[b];
        for (std::size_t base = 0; base < amplitudes.size(); ++base) {
            if (base & mask) continue;
            for (std::size_t i = 0; i < m.dim(); ++i) in[i] = amplitudes[base | offset[i]];
            for (std::size_t i = 0; i < m.dim(); ++i) {
                Complex sum = 0;
                for (std::size_t j = 0; j < m.dim(); ++j) sum += m(i, j) * in[j];
                amplitudes[base | offset[i]] = sum;
            }
        }
    }
    double probability_of_one(std::size_t q) const {
        double p = 0;
        for (std::size_t i = 0; i < amplitudes.size(); ++i)
            if (i >> q & 1) p += std::norm(amplitudes[i]);
        return p;
    }
    /// Projects and normalises; returns the probability.
    double project(std::size_t q, bool one) {
        const double p1 = probability_of_one(q);
        const double p = one ? p1 : 1 - p1;
        for (std::size_t i = 0; i < amplitudes.size(); ++i)
            amplitudes[i] = (i >> q & 1) == one ? amplitudes[i] / std::sqrt(std::max(p, 1e-30)) : 0;
        return p;
    }
};

/// Outcomes of the source's measurements and resets, by operation, in order.
using Trace = std::map<std::uint32_t, std::deque<bool>>;

inline std::vector<double> angles_of(std::span<const Param> params, const ExprArena& exprs,
                                     const ClassicalState& memory) {
    std::vector<double> angles;
    for (const Param& p : params)
        angles.push_back(p.constant() ? p.value : evaluate(exprs, p.expr, memory).as_double());
    return angles;
}

inline void assign(ClassicalState& memory, VariableId variable,
                   const std::vector<Variable>& variables, BitId bit, std::uint32_t count,
                   const Value& value) {
    if (variable.valid()) {
        const Value& like = variables[variable.value].initial;
        memory.variables[variable.value] = cast(value, like.type, like.width);
        return;
    }
    for (std::uint32_t i = 0; i < count; ++i) memory.bits[bit.value + i] = value.as_uint() >> i & 1;
}

/// Runs the source with the outcomes of a trace.
struct SourceRun {
    const Circuit& circuit;
    Trace trace;
    State state;
    ClassicalState memory;
    double probability = 1;
    std::uint32_t next = 0;  ///< number of the next operation in walking order
    std::map<std::pair<std::uint32_t, std::size_t>, std::uint32_t> numbers;

    SourceRun(const Circuit& c, Trace t)
        : circuit(c), trace(std::move(t)), state(c.num_qubits), memory(c.initial_state()) {
        std::uint32_t number = 0;
        visit_operations(c, [&](const Operation&, BlockId block, std::size_t i) {
            numbers[{block.value, i}] = number++;
        });
    }

    bool outcome(std::uint32_t number, std::size_t qubit) {
        auto& queue = trace[number];
        if (queue.empty()) throw Broken("the source measures more often");
        const bool one = queue.front();
        queue.pop_front();
        probability *= state.project(qubit, one);
        return one;
    }
    void run(BlockId block) {
        for (std::size_t i = 0; i < circuit.block(block).size(); ++i) {
            const Operation& op = circuit.block(block)[i];
            const std::uint32_t number = numbers[{block.value, i}];
            std::vector<std::size_t> at;
            for (const QubitId q : circuit.qubits(op)) at.push_back(q.value);
            switch (op.kind) {
                case OpKind::kGate:
                    state.apply(operation_matrix(circuit, op, memory), at);
                    break;
                case OpKind::kMeasure: {
                    const bool one = outcome(number, at[0]);
                    if (op.bit.valid()) memory.bits[op.bit.value] = one;
                    break;
                }
                case OpKind::kReset:
                    if (outcome(number, at[0])) state.apply(gate_matrix(GateKind::kX, {}), at);
                    break;
                case OpKind::kAssign:
                    assign(memory, op.variable, circuit.variables, op.bit, op.bit_count,
                           evaluate(circuit.exprs, op.condition, memory));
                    break;
                case OpKind::kIf:
                    if (evaluate(circuit.exprs, op.condition, memory).truthy())
                        run(op.body);
                    else if (op.otherwise.valid())
                        run(op.otherwise);
                    break;
                case OpKind::kWhile:
                    for (int round = 0; evaluate(circuit.exprs, op.condition, memory).truthy();
                         ++round) {
                        if (round == kMostRounds) throw TooLong{};
                        run(op.body);
                    }
                    break;
                default:
                    break;
            }
        }
    }
};

/// Runs a distributed program.
struct ProgramRun {
    struct Frame {
        BlockId block;
        std::size_t next = 0;
    };
    static constexpr std::uint32_t kNobody = 0xffffffff;
    /// A pair or a transfer: the side that comes first waits until the other one has done it.
    struct Wait {
        std::uint32_t qpu = kNobody;
        std::size_t qubit = 0;
        bool done = false;  ///< tells the side that came first
    };
    const DistributedProgram& program;
    Random& random;
    std::vector<std::size_t> first;  ///< physical qubits of the QPUs before each
    State state;
    std::vector<ClassicalState> memory;
    std::vector<std::vector<Frame>> stacks;
    std::vector<Wait> pair_waits, transfer_waits;
    std::vector<std::deque<std::pair<std::uint32_t, bool>>> messages;  ///< receiver, value
    Trace trace;
    double probability = 1;
    int rounds = 0;

    static std::size_t count(const DistributedProgram& p) {
        std::size_t n = 0;
        for (const QpuProgram& q : p.qpus) n += q.num_qubits();
        if (n > 20) throw Broken("too many qubits for the dense check");
        return n;
    }
    ProgramRun(const DistributedProgram& p, Random& r)
        : program(p),
          random(r),
          state(count(p)),
          pair_waits(p.pairs.size()),
          transfer_waits(p.transfers.size()),
          messages(p.num_messages) {
        std::size_t n = 0;
        for (const QpuProgram& q : p.qpus) {
            first.push_back(n);
            n += q.num_qubits();
            ClassicalState m;
            m.bits.assign(q.num_bits, 0);
            for (const Variable& v : p.variables) m.variables.push_back(v.initial);
            memory.push_back(m);
            stacks.push_back({Frame{BlockId{0}, 0}});
        }
    }
    std::size_t at(const Location& where) const { return first.at(where.qpu.value) + where.qubit; }

    void run() {
        while (true) {
            std::vector<std::uint32_t> order;
            for (std::uint32_t q = 0; q < stacks.size(); ++q) {
                pop_finished(q);
                if (!stacks[q].empty()) order.push_back(q);
            }
            if (order.empty()) return;
            for (std::size_t i = order.size(); i > 1; --i)
                std::swap(order[i - 1], order[random.below(i)]);
            bool moved = false;
            for (const std::uint32_t q : order) {
                moved = step(q);
                if (moved) break;
            }
            if (!moved) throw Broken("deadlock");
        }
    }
    void pop_finished(std::uint32_t q) {
        auto& stack = stacks[q];
        while (!stack.empty() &&
               stack.back().next >= program.qpus[q].block(stack.back().block).size())
            stack.pop_back();
    }
    bool draw(std::size_t qubit) {
        const double p1 = state.probability_of_one(qubit);
        const bool one = random.uniform() < p1;
        state.project(qubit, one);
        return one;
    }
    bool source_outcome(std::uint32_t source, std::size_t qubit) {
        const double p1 = state.probability_of_one(qubit);
        const bool one = random.uniform() < p1;
        probability *= state.project(qubit, one);
        trace[source].push_back(one);
        return one;
    }
    Value value(std::uint32_t q, ExprId e) { return evaluate(program.exprs, e, memory[q]); }

    bool step(std::uint32_t q) {
        const QpuProgram& qpu = program.qpus[q];
        Frame& frame = stacks[q].back();
        const Instruction& i = qpu.block(frame.block)[frame.next];
        std::vector<std::size_t> qubits;
        for (const LocalQubit l : qpu.qubits(i)) {
            if (l >= qpu.num_qubits()) throw Broken("no such qubit");
            for (const std::size_t other : qubits)
                if (other == first[q] + l) throw Broken("a qubit twice");
            qubits.push_back(first[q] + l);
        }
        switch (i.kind) {
            case InstructionKind::kGate: {
                bool on = i.num_conditions == 0;
                for (const BitId b : qpu.conditions(i)) on ^= memory[q].bits.at(b.value) != 0;
                if (!on) break;
                const Matrix base = i.gate == GateKind::kUnitary
                                        ? program.matrices.at(i.matrix)
                                        : gate_matrix(i.gate, angles_of(qpu.parameters(i),
                                                                        program.exprs, memory[q]));
                const Matrix m = add_controls(base, i.controls);
                if (m.qubits != static_cast<int>(qubits.size())) throw Broken("operands");
                state.apply(m, qubits);
                break;
            }
            case InstructionKind::kMeasure: {
                const bool one = i.source == Instruction::kNoSource
                                     ? draw(qubits.at(0))
                                     : source_outcome(i.source, qubits.at(0));
                if (i.bit.valid()) memory[q].bits.at(i.bit.value) = one;
                break;
            }
            case InstructionKind::kReset: {
                const bool one = i.source == Instruction::kNoSource
                                     ? draw(qubits.at(0))
                                     : source_outcome(i.source, qubits.at(0));
                if (one) state.apply(gate_matrix(GateKind::kX, {}), {qubits.at(0)});
                break;
            }
            case InstructionKind::kPair:
                if (!pair(q, i, qubits.at(0))) return false;
                break;
            case InstructionKind::kTransfer:
                if (!transfer(q, i, qubits.at(0))) return false;
                break;
            case InstructionKind::kSend:
                messages.at(i.message.value)
                    .emplace_back(i.peer.value, memory[q].bits.at(i.bit.value) != 0);
                break;
            case InstructionKind::kRecv: {
                auto& queue = messages.at(i.message.value);
                if (queue.empty()) return false;
                if (queue.front().first != q) throw Broken("a message for another QPU");
                memory[q].bits.at(i.bit.value) = queue.front().second;
                queue.pop_front();
                break;
            }
            case InstructionKind::kAssign:
                assign(memory[q], i.variable, program.variables, i.bit, i.bit_count,
                       value(q, i.condition));
                break;
            case InstructionKind::kIf: {
                const BlockId next = value(q, i.condition).truthy() ? i.body : i.otherwise;
                ++frame.next;
                if (next.valid()) stacks[q].push_back({next, 0});
                return true;
            }
            case InstructionKind::kWhile:
                if (!value(q, i.condition).truthy()) break;
                if (++rounds > kMostRounds) throw TooLong{};
                if (i.body.valid()) stacks[q].push_back({i.body, 0});
                return true;
            default:
                break;
        }
        ++stacks[q].back().next;
        return true;
    }

    /// Calls act(qubit of the side that came first) at the second side.
    template <class Act>
    static bool together(Wait& wait, std::uint32_t q, std::size_t qubit, Act&& act) {
        if (wait.qpu == kNobody) {
            wait = {q, qubit, false};
            return false;
        }
        if (wait.qpu == q) {
            if (wait.done)
                wait = {};
            else
                return false;
            return true;
        }
        if (wait.done) return false;
        act(wait.qubit);
        wait.done = true;
        return true;
    }
    bool pair(std::uint32_t q, const Instruction& i, std::size_t qubit) {
        const BellPair& entry = program.pairs.at(i.pair.value);
        if (entry.a.value != q && entry.b.value != q) throw Broken("a pair's end elsewhere");
        return together(pair_waits[i.pair.value], q, qubit, [&](std::size_t other) {
            for (const std::size_t p : {other, qubit})
                if (state.probability_of_one(p) > 1e-9)
                    throw Broken("a pair on a qubit not in |0>");
            state.apply(gate_matrix(GateKind::kH, {}), {qubit});
            state.apply(add_controls(gate_matrix(GateKind::kX, {}), 1), {qubit, other});
        });
    }
    bool transfer(std::uint32_t q, const Instruction& i, std::size_t qubit) {
        const QubitTransfer& entry = program.transfers.at(i.transfer.value);
        if (entry.from.value != q && entry.to.value != q) throw Broken("a transfer elsewhere");
        return together(transfer_waits[i.transfer.value], q, qubit, [&](std::size_t other) {
            const std::size_t target = entry.to.value == q ? qubit : other;
            if (state.probability_of_one(target) > 1e-9)
                throw Broken("a qubit arrives where another is");
            state.apply(gate_matrix(GateKind::kSwap, {}), {qubit, other});
        });
    }
};

/// Weight of the program's final state on the source's, the other physical qubits traced out.
inline double fidelity(const State& source, const ProgramRun& run) {
    std::vector<std::size_t> at;
    std::size_t mask = 0;
    for (const Location& where : run.program.final_layout) {
        at.push_back(run.at(where));
        mask |= std::size_t{1} << at.back();
    }
    double total = 0;
    for (std::size_t rest = 0; rest < run.state.amplitudes.size(); ++rest) {
        if (rest & mask) continue;
        Complex overlap = 0;
        for (std::size_t i = 0; i < source.amplitudes.size(); ++i) {
            std::size_t index = rest;
            for (std::size_t q = 0; q < at.size(); ++q)
                if (i >> q & 1) index |= std::size_t{1} << at[q];
            overlap += std::conj(source.amplitudes[i]) * run.state.amplitudes[index];
        }
        total += std::norm(overlap);
    }
    return total;
}

inline void check_results(const SourceRun& source, const ProgramRun& run) {
    const DistributedProgram& p = run.program;
    for (const auto& [number, left] : source.trace)
        if (!left.empty()) throw Broken("the source measures less often");
    if (std::abs(source.probability - run.probability) > 1e-6) throw Broken("probabilities");
    if (std::abs(fidelity(source.state, run) - 1) > 1e-6) throw Broken("states");
    for (std::size_t b = 0; b < p.bit_owner.size(); ++b) {
        const bool mine =
            p.bit_owner[b].valid() && run.memory.at(p.bit_owner[b].value).bits.at(b) != 0;
        if (mine != (source.memory.bits[b] != 0)) throw Broken("bits");
    }
    for (std::size_t v = 0; v < p.variable_owner.size(); ++v)
        if (p.variable_owner[v].valid() &&
            run.memory.at(p.variable_owner[v].value).variables[v] != source.memory.variables[v])
            throw Broken("variables");
}

inline Matrix random_unitary(Random& random) {
    const double angles[] = {random.uniform() * 3, random.uniform() * 6, random.uniform() * 6};
    return gate_matrix(GateKind::kU3, angles);
}

}  // namespace dense

/// Runs a distributed program on state vectors, in an order of the QPUs' instructions drawn at
/// random, and its source after it with the same outcomes; compares states, probabilities and
/// classical results. Slow and independent of validate(); for tests with up to about 14 physical
/// qubits.
inline DenseResult dense_check(const Circuit& source, const DistributedProgram& program,
                               Random& random) {
    using namespace dense;
    try {
        ProgramRun run(program, random);
        // A random input, entangled, the same for both.
        State input(source.num_qubits);
        for (int layer = 0; layer < 2; ++layer)
            for (std::size_t q = 0; q < source.num_qubits; ++q) {
                const Matrix u = random_unitary(random);
                input.apply(u, {q});
                run.state.apply(u, {run.at(program.initial_layout[q])});
                if (q == 0) continue;
                const Matrix cx = add_controls(gate_matrix(GateKind::kX, {}), 1);
                input.apply(cx, {q - 1, q});
                run.state.apply(
                    cx, {run.at(program.initial_layout[q - 1]), run.at(program.initial_layout[q])});
            }
        run.run();
        SourceRun reference(source, run.trace);
        reference.state = input;
        reference.run(BlockId{0});
        check_results(reference, run);
    } catch (const TooLong&) {
        return {DenseResult::kUnknown, "a loop ran too long"};
    } catch (const std::exception& e) {
        return {DenseResult::kDiffers, e.what()};
    }
    return {};
}

/// The first of `trials` checks that differs, or the last one.
inline DenseResult dense_check(const Circuit& source, const DistributedProgram& program,
                               std::uint64_t seed, int trials) {
    DenseResult result;
    Random random(seed);
    for (int i = 0; i < trials; ++i) {
        result = dense_check(source, program, random);
        if (result.kind == DenseResult::kDiffers) return result;
    }
    return result;
}

}  // namespace carillon::validation
