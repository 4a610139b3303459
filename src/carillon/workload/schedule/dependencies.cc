// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/dependencies.h"

#include <algorithm>
#include <unordered_map>

#include "carillon/base/error.h"
#include "carillon/workload/schedule/generation.h"
#include "carillon/workload/schedule/instruction_cost.h"
#include "carillon/workload/schedule/latency.h"

namespace carillon {

namespace {

constexpr std::uint32_t kNoStep = 0xffffffff;

struct RawEdge {
    std::uint32_t from, to;
    DependencyKind kind;
};

/// Every step after all it waits for; steps that wait in a circle are missing.
void sort(DependencyGraph& graph) {
    std::vector<std::uint32_t> open = graph.predecessors;
    std::vector<std::uint32_t>& sorted = graph.topological;
    sorted.clear();
    sorted.reserve(open.size());
    for (std::size_t s = 0; s < open.size(); ++s)
        if (open[s] == 0) sorted.push_back(static_cast<std::uint32_t>(s));
    for (std::size_t k = 0; k < sorted.size(); ++k)
        for (const Dependency& d : graph.successors(sorted[k]))
            if (--open[d.to] == 0) sorted.push_back(d.to);
}

/// Turns a list of edges into successor ranges.
void set_edges(DependencyGraph& graph, const std::vector<RawEdge>& raw) {
    const std::size_t n = graph.steps.size();
    graph.first.assign(n + 1, 0);
    graph.predecessors.assign(n, 0);
    for (const RawEdge& e : raw) {
        ++graph.first[e.from + 1];
        ++graph.predecessors[e.to];
    }
    for (std::size_t s = 0; s < n; ++s) graph.first[s + 1] += graph.first[s];
    graph.edges.resize(raw.size());
    std::vector<std::uint32_t> fill(graph.first.begin(), graph.first.end() - 1);
    for (const RawEdge& e : raw) graph.edges[fill[e.from]++] = {e.to, e.kind};
    sort(graph);
}

/// What an instruction touches. Variables are numbered after all bits of the QPU.
struct Touch {
    std::vector<LocalQubit> qubits;
    std::vector<std::uint32_t> reads, writes;

    void clear() {
        qubits.clear();
        reads.clear();
        writes.clear();
    }
};

/// The time of every pair and of every local instruction, and which branch of each `if` counts.
class Costs {
  public:
    Costs(const DistributedProgram& program, const Network& network)
        : program_(program), network_(network), pair_times_(network.links.size()) {
        for (std::size_t l = 0; l < network.links.size(); ++l)
            pair_times_[l] =
                mean_generation_time(network.links[l], std::max(network.links[l].multiplexing, 1u));
        for (std::size_t q = 0; q < program.qpus.size(); ++q) weigh_block(QpuId{q}, BlockId{0});
    }

    Time duration(QpuId q, const Instruction& i) const {
        if (i.kind == InstructionKind::kPair) return pair_times_[link_of(i.pair).value];
        if (i.kind == InstructionKind::kTransfer)
            return Time::from_ns(network_.link(link_of(i.transfer)).transfer_time_ns);
        return local_duration(program_.qpu(q), i, network_.node(q));
    }

    LinkId link_of(PairId pair) const {
        if (pair.value >= program_.pairs.size())
            throw InputError("Bell pair " + std::to_string(pair.value) +
                             " is not in the program's table of " +
                             std::to_string(program_.pairs.size()));
        const BellPair& p = program_.pairs[pair.value];
        const std::string name = "Bell pair " + std::to_string(pair.value);
        if (!link_joining(p.a, p.b, p.link, name).makes_pairs())
            throw InputError(name + " needs a link that makes pairs, link " +
                             std::to_string(p.link.value) + " only carries qubits");
        return p.link;
    }

    LinkId link_of(TransferId transfer) const {
        const std::string name = "transfer " + std::to_string(transfer.value);
        if (transfer.value >= program_.transfers.size())
            throw InputError(name + " is not in the program's table of " +
                             std::to_string(program_.transfers.size()));
        const QubitTransfer& t = program_.transfers[transfer.value];
        if (!link_joining(t.from, t.to, t.link, name).carries_qubits())
            throw InputError(name + " needs a link that carries qubits, link " +
                             std::to_string(t.link.value) + " only makes pairs");
        return t.link;
    }

    /// The branch of an `if` that is placed in time; both may be none.
    BlockId chosen(QpuId q, const Instruction& i) const {
        const auto it = branches_.find(key(q, i));
        const bool then = it == branches_.end() || it->second.then >= it->second.otherwise;
        return then ? i.body : i.otherwise;
    }

  private:
    struct Weights {
        std::int64_t then = 0, otherwise = 0;  ///< ps of work of the busiest QPU
    };

    const Link& link_joining(QpuId a, QpuId b, LinkId id, const std::string& name) const {
        const bool known = id.value < network_.links.size();
        const Link* link = known ? &network_.links[id.value] : nullptr;
        if (!known || !((link->a == a && link->b == b) || (link->a == b && link->b == a)))
            throw InputError(name + " needs a link between nodes " + std::to_string(a.value) +
                             " and " + std::to_string(b.value) + ", but the network's link " +
                             (known ? std::to_string(id.value) + " joins other nodes"
                                    : std::string("of that number does not exist")));
        return *link;
    }

    std::uint64_t key(QpuId q, const Instruction& i) const {
        if (i.source != Instruction::kNoSource) return i.source;
        const std::uint64_t block = i.body.valid() ? i.body.value : i.otherwise.value;
        return std::uint64_t{1} << 63 | std::uint64_t{q.value} << 32 | block;
    }

    /// Sum of the durations in a block, longest branches of nested ones.
    std::int64_t weigh_block(QpuId q, BlockId block) {
        if (!block.valid()) return 0;
        std::int64_t total = 0;
        for (const Instruction& i : program_.qpu(q).block(block)) {
            if (i.kind == InstructionKind::kIf) {
                const std::int64_t then = weigh_block(q, i.body);
                const std::int64_t otherwise = weigh_block(q, i.otherwise);
                Weights& w = branches_[key(q, i)];
                w.then = std::max(w.then, then);
                w.otherwise = std::max(w.otherwise, otherwise);
                total += std::max(then, otherwise);
            } else if (i.kind == InstructionKind::kWhile) {
                total += weigh_block(q, i.body);
            } else {
                total += duration(q, i).ps;
            }
        }
        return total;
    }

    const DistributedProgram& program_;
    const Network& network_;
    std::vector<Time> pair_times_;  ///< by link
    std::unordered_map<std::uint64_t, Weights> branches_;
};

class Builder {
  public:
    Builder(const DistributedProgram& program, const Network& network)
        : program_(program),
          costs_(program, network),
          latency_(network),
          pair_step_(program.pairs.size(), kNoStep),
          transfer_step_(program.transfers.size(), kNoStep),
          send_step_(program.num_messages, kNoStep),
          recv_step_(program.num_messages, kNoStep) {}

    DependencyGraph build() {
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) {
            qpu_ = QpuId{q};
            last_on_qubit_.assign(stream().num_qubits(), kNoStep);
            stay_.assign(stream().num_qubits(), kBlank);
            barrier_ = kNoStep;
            unfenced_.clear();
            memory_.clear();
            position_ = 0;
            add_block(BlockId{0}, kNoStep);
        }
        join_messages();
        check_sides(pair_step_, "Bell pair");
        check_sides(transfer_step_, "transfer");
        set_edges(graph_, raw_);
        raw_ = {};
        refuse_circles();
        if (has_if_)
            graph_.notes.push_back(
                "of every if, the branch that keeps its busiest QPU longer is scheduled");
        if (has_while_) graph_.notes.push_back("of every while, one iteration is scheduled");
        return std::move(graph_);
    }

  private:
    struct Cell {
        std::uint32_t writer = kNoStep;
        std::vector<std::uint32_t> readers;
    };
    static constexpr std::uint32_t kBlank = 0xffffffff;  ///< stay_ of a qubit in |0>

    const QpuProgram& stream() const { return program_.qpu(qpu_); }

    void add_edge(std::uint32_t from, std::uint32_t to, DependencyKind kind) {
        if (from != kNoStep && from != to) raw_.push_back({from, to, kind});
    }

    void add_block(BlockId block, std::uint32_t owner) {
        if (!block.valid()) return;
        for (const Instruction& i : stream().block(block)) add_instruction(i, owner);
    }

    void add_instruction(const Instruction& i, std::uint32_t owner) {
        const std::uint32_t step = step_of(i);
        graph_.steps[step].nested |= owner != kNoStep;
        if (owner == kNoStep) outer_position_ = position_;
        ++position_;
        add_edge(owner, step, DependencyKind::kOrder);
        touch_.clear();
        collect(i, touch_);
        order(i, step, owner != kNoStep);
        if (i.kind == InstructionKind::kIf) {
            has_if_ = true;
            const BlockId taken = costs_.chosen(qpu_, i);
            enter(i.body, taken == i.body, step);
            enter(i.otherwise, taken != i.body, step);
        } else if (i.kind == InstructionKind::kWhile) {
            has_while_ = true;
            add_block(i.body, step);
        }
    }

    void enter(BlockId block, bool taken, std::uint32_t owner) {
        if (!block.valid()) return;
        if (taken) {
            add_block(block, owner);
        } else {
            visit_instructions(
                stream(), [this](const Instruction&) { ++position_; }, block);
        }
    }

    std::uint32_t new_step(const Instruction& i) {
        Step s;
        s.qpu = qpu_;
        s.position = position_;
        s.instruction = &i;
        s.duration = costs_.duration(qpu_, i);
        const auto step = static_cast<std::uint32_t>(graph_.steps.size());
        if (i.kind == InstructionKind::kSend) remember(send_step_, i.message, step, "sent");
        if (i.kind == InstructionKind::kRecv) {
            remember(recv_step_, i.message, step, "received");
            s.lag = latency_.between(i.peer, qpu_);
        }
        graph_.steps.push_back(s);
        return step;
    }

    static void remember(std::vector<std::uint32_t>& table, MessageId message, std::uint32_t step,
                         const char* what) {
        if (message.value >= table.size() || table[message.value] != kNoStep)
            throw InputError("message " + std::to_string(message.value) +
                             (message.value >= table.size()
                                  ? " has a number too large"
                                  : std::string(" is ") + what + " twice"));
        table[message.value] = step;
    }

    std::uint32_t step_of(const Instruction& i) {
        if (i.kind == InstructionKind::kPair) {
            const LinkId link = costs_.link_of(i.pair);
            return side(i, pair_step_[i.pair.value], link, "Bell pair", i.pair.value);
        }
        if (i.kind == InstructionKind::kTransfer) {
            const LinkId link = costs_.link_of(i.transfer);
            return side(i, transfer_step_[i.transfer.value], link, "transfer", i.transfer.value);
        }
        return new_step(i);
    }

    /// One side of a pair or transfer; `known` is its step once one side was seen.
    std::uint32_t side(const Instruction& i, std::uint32_t& known, LinkId link, const char* what,
                       std::uint32_t number) {
        if (known == kNoStep) {
            known = new_step(i);
            graph_.steps[known].link = link;
        } else {
            Step& s = graph_.steps[known];
            if (s.other_qpu.valid() || s.qpu == qpu_)
                throw InputError(std::string(what) + " " + std::to_string(number) +
                                 " has more than one side on a QPU");
            s.other_qpu = qpu_;
            s.other_position = position_;
        }
        return known;
    }

    std::uint32_t variable_cell(VariableId v) const { return stream().num_bits + v.value; }

    void collect_expression(ExprId e, std::vector<std::uint32_t>& reads) {
        bits_.clear();
        variables_.clear();
        collect_reads(program_.exprs, e, bits_, variables_);
        for (const BitId b : bits_) reads.push_back(b.value);
        for (const VariableId v : variables_) reads.push_back(variable_cell(v));
    }

    /// Adds what `i` touches; for `if` and `while` all that their blocks touch, taken or not.
    void collect(const Instruction& i, Touch& touch) {
        const auto qubits = stream().qubits(i);
        touch.qubits.insert(touch.qubits.end(), qubits.begin(), qubits.end());
        if (i.kind == InstructionKind::kBarrier && qubits.empty())
            for (LocalQubit q = 0; q < stream().num_qubits(); ++q) touch.qubits.push_back(q);
        for (const BitId b : stream().conditions(i)) touch.reads.push_back(b.value);
        for (const Param& p : stream().parameters(i))
            if (!p.constant()) collect_expression(p.expr, touch.reads);
        if (i.condition.valid()) collect_expression(i.condition, touch.reads);
        if (i.kind == InstructionKind::kSend && i.bit.valid()) touch.reads.push_back(i.bit.value);
        if (i.bit.valid() &&
            (i.kind == InstructionKind::kMeasure || i.kind == InstructionKind::kRecv))
            touch.writes.push_back(i.bit.value);
        if (i.kind == InstructionKind::kAssign) {
            if (i.variable.valid()) touch.writes.push_back(variable_cell(i.variable));
            for (std::uint32_t k = 0; i.bit.valid() && k < i.bit_count; ++k)
                touch.writes.push_back(i.bit.value + k);
        }
        for (const BlockId block : {i.body, i.otherwise})
            if (block.valid())
                for (const Instruction& inner : stream().block(block)) collect(inner, touch);
    }

    void order(const Instruction& i, std::uint32_t step, bool nested) {
        const bool fences = i.kind == InstructionKind::kBarrier && stream().qubits(i).empty();
        for (const LocalQubit q : touch_.qubits) {
            const bool comm = stream().is_comm(q) && !fences;
            add_edge(
                last_on_qubit_.at(q), step,
                comm && begins_use(i, q, nested) ? DependencyKind::kReuse : DependencyKind::kOrder);
            last_on_qubit_[q] = step;
            if (comm) use(i, q, step, nested);
        }
        if (fences) fence(step);
        order_memory(step);
    }

    /// This side receives a half or a qubit, into |0>.
    bool receives(const Instruction& i) const {
        return i.kind == InstructionKind::kPair ||
               (i.kind == InstructionKind::kTransfer &&
                program_.transfers[i.transfer.value].to == qpu_);
    }

    /// Whether a communication qubit is in |0> before.
    bool begins_use(const Instruction& i, LocalQubit q, bool nested) const {
        return (stay_[q] == kBlank && !nested) || receives(i);
    }

    void use(const Instruction& i, LocalQubit q, std::uint32_t step, bool nested) {
        if (!nested && begins_use(i, q, nested)) {
            add_edge(barrier_, step, DependencyKind::kOrder);
            stay_[q] = static_cast<std::uint32_t>(graph_.stays.size());
            unfenced_.push_back(stay_[q]);
            graph_.stays.push_back(
                {qpu_, q, step, step, outer_position_, outer_position_, false, Time{}});
        }
        Stay& stay = graph_.stays[stay_[q]];
        stay.last = step;
        stay.last_position = outer_position_;
        stay.work += graph_.steps[step].duration;
        if (nested) return;
        stay.ends_blank = i.kind == InstructionKind::kReset ||
                          (i.kind == InstructionKind::kTransfer && !receives(i));
        if (stay.ends_blank) stay_[q] = kBlank;
    }

    /// A barrier over everything comes after every use of a communication qubit so far.
    void fence(std::uint32_t step) {
        for (const std::uint32_t s : unfenced_)
            add_edge(graph_.stays[s].last, step, DependencyKind::kOrder);
        std::erase_if(unfenced_, [this](std::uint32_t s) {
            return stay_[graph_.stays[s].qubit] != s;  // others go on behind it
        });
        barrier_ = step;
    }

    void order_memory(std::uint32_t step) {
        for (const std::uint32_t r : touch_.reads) {
            Cell& cell = memory_[r];
            add_edge(cell.writer, step, DependencyKind::kOrder);
            if (cell.readers.empty() || cell.readers.back() != step) cell.readers.push_back(step);
        }
        for (const std::uint32_t w : touch_.writes) {
            Cell& cell = memory_[w];
            add_edge(cell.writer, step, DependencyKind::kOrder);
            for (const std::uint32_t r : cell.readers) add_edge(r, step, DependencyKind::kOrder);
            cell.writer = step;
            cell.readers.clear();
        }
    }

    void join_messages() {
        for (std::size_t m = 0; m < send_step_.size(); ++m) {
            const std::uint32_t send = send_step_[m], recv = recv_step_[m];
            if (send == kNoStep && recv == kNoStep) continue;  // in a branch not taken
            if (send == kNoStep || recv == kNoStep)
                throw InputError("message " + std::to_string(m) +
                                 (send == kNoStep ? " is received but never sent"
                                                  : " is sent but never received"));
            add_edge(send, recv, DependencyKind::kMessage);
        }
    }

    void check_sides(const std::vector<std::uint32_t>& steps, const char* what) const {
        for (std::size_t k = 0; k < steps.size(); ++k)
            if (steps[k] != kNoStep && !graph_.steps[steps[k]].other_qpu.valid())
                throw InputError(std::string(what) + " " + std::to_string(k) +
                                 " has only one side");
    }

    void refuse_circles() const {
        const std::vector<std::uint32_t>& sorted = graph_.topological;
        if (sorted.size() == graph_.steps.size()) return;
        std::vector<bool> can_start(graph_.steps.size(), false);
        for (const std::uint32_t s : sorted) can_start[s] = true;
        const auto stuck = static_cast<std::size_t>(
            std::find(can_start.begin(), can_start.end(), false) - can_start.begin());
        throw InputError("the program waits for itself: instruction " +
                         std::to_string(graph_.steps[stuck].position) + " of " +
                         program_.qpu(graph_.steps[stuck].qpu).name + " can never start");
    }

    const DistributedProgram& program_;
    Costs costs_;
    ClassicalLatency latency_;
    DependencyGraph graph_;
    std::vector<RawEdge> raw_;
    std::vector<std::uint32_t> pair_step_, transfer_step_, send_step_, recv_step_;
    bool has_if_ = false, has_while_ = false;

    // Of the QPU at hand.
    QpuId qpu_;
    std::uint32_t position_ = 0;
    std::uint32_t outer_position_ = 0;  ///< of the instruction of the stream itself
    std::vector<std::uint32_t> last_on_qubit_;
    std::vector<std::uint32_t> stay_;      ///< by qubit: the one that goes on, or kBlank
    std::uint32_t barrier_ = kNoStep;      ///< the last one over everything
    std::vector<std::uint32_t> unfenced_;  ///< stays begun after it, or not yet over then
    std::unordered_map<std::uint32_t, Cell> memory_;
    Touch touch_;
    std::vector<BitId> bits_;
    std::vector<VariableId> variables_;
};

}  // namespace

DependencyGraph find_dependencies(const DistributedProgram& program, const Network& network) {
    if (program.qpus.size() > network.nodes.size())
        throw InputError("the program needs " + std::to_string(program.qpus.size()) +
                         " nodes, but the network has " + std::to_string(network.nodes.size()));
    return Builder(program, network).build();
}

DependencyGraph made_on_demand(const DependencyGraph& graph) {
    const std::size_t n = graph.steps.size();
    std::vector<std::uint32_t> rank(n, 0);
    for (std::size_t k = 0; k < n; ++k) rank[graph.topological[k]] = static_cast<std::uint32_t>(k);
    std::vector<RawEdge> raw;
    raw.reserve(graph.edges.size() + n / 4);
    std::vector<std::vector<std::uint32_t>> pairs_used(n);  // by step: pairs it is the first to use
    for (std::uint32_t s = 0; s < n; ++s) {
        std::uint32_t user = kNoStep;
        for (const Dependency& d : graph.successors(s)) {
            raw.push_back({s, d.to, d.kind});
            if (user == kNoStep || rank[d.to] < rank[user]) user = d.to;
        }
        if (graph.steps[s].makes_pair() && user != kNoStep) pairs_used[user].push_back(s);
    }
    for (std::uint32_t s = 0; s < n; ++s) {
        if (graph.steps[s].makes_pair()) continue;
        for (const Dependency& d : graph.successors(s))
            for (const std::uint32_t pair : pairs_used[d.to])
                raw.push_back({s, pair, DependencyKind::kDemand});
    }
    DependencyGraph result;
    result.steps = graph.steps;
    result.notes = graph.notes;
    set_edges(result, raw);
    return result;
}

}  // namespace carillon
