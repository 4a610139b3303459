// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "carillon/base/error.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/json_document.h"
#include "carillon/workload/program/json_names.h"
#include "carillon/workload/program/json_parts.h"
#include "carillon/workload/program/json_view.h"

namespace carillon {

namespace {

using namespace program_json;

constexpr std::size_t kMaxCount = 0xfffffffe;   ///< of anything: 32-bit ids, the last means none
constexpr std::uint32_t kMaxQubits = 1u << 24;  ///< of one QPU
constexpr std::size_t kMaxBits = 1u << 28;      ///< of one node
constexpr std::size_t kMaxNesting = 256;        ///< blocks in blocks

class Reader {
  public:
    Reader(const View& root) : root_(root) {}

    DistributedProgram read() {
        if (root_.at("format").text() != kFormat)
            root_.at("format").fail("'" + std::string(kFormat) + "' is needed");
        // Before anything else, so that a file of another version is refused as that.
        const std::int64_t version = root_.at("version").integer(0, INT64_MAX);
        if (version != kVersion)
            root_.at("version").fail(std::to_string(version) +
                                     " is not known; this Carillon reads version " +
                                     std::to_string(kVersion));
        root_.allow({"format", "version", "name", "qubits", "bits", "bit_registers", "variables",
                     "expressions", "matrices", "pairs", "transfers", "messages", "initial_layout",
                     "final_layout", "bit_owner", "variable_owner", "rewrites", "windows",
                     "nodes"});
        p_.name = root_.at("name").text();
        p_.num_qubits = root_.at("qubits").index(kMaxCount, "qubit count");
        p_.num_bits = root_.at("bits").index(kMaxCount, "bit count");
        p_.num_messages = root_.at("messages").index(kMaxCount, "message count");
        read_registers();
        read_variables();
        read_node_heads();
        p_.exprs = read_expressions(root_.at("expressions"), widest_scope());
        p_.matrices = read_matrices(root_.at("matrices"));
        read_pairs();
        if (root_.has("transfers")) read_transfers();
        p_.initial_layout = read_layout("initial_layout");
        p_.final_layout = read_layout("final_layout");
        p_.bit_owner = read_owners("bit_owner", p_.num_bits);
        p_.variable_owner = read_owners("variable_owner", p_.variables.size());
        if (root_.has("rewrites")) read_rewrites();
        read_nodes();
        if (root_.has("windows")) read_windows();
        if (p_.num_messages > instructions_)
            root_.at("messages").fail("there are more messages than instructions");
        return std::move(p_);
    }

  private:
    void read_registers() {
        const View list = root_.at("bit_registers");
        std::uint64_t covered = 0;
        for (std::size_t i = 0, n = list.length(); i < n; ++i) {
            const View v = list[i];
            v.allow({"name", "first", "size", "output"});
            BitRegister r;
            r.name = v.at("name").text();
            r.first = BitId{v.at("first").index(p_.num_bits + std::size_t{1}, "bit")};
            r.size = v.at("size").index(kMaxCount, "size");
            r.output = v.at("output").boolean();
            if (r.first.value < covered || r.first.value + std::uint64_t{r.size} > p_.num_bits)
                v.fail("registers follow each other and end at bit " + std::to_string(p_.num_bits));
            covered = r.first.value + std::uint64_t{r.size};
            p_.bit_registers.push_back(std::move(r));
        }
        names_.emplace(p_.bit_registers, p_.num_bits);
    }

    void read_variables() {
        const View list = root_.at("variables");
        for (std::size_t i = 0, n = list.length(); i < n; ++i) {
            const View v = list[i];
            v.allow({"name", "initial", "output"});
            p_.variables.push_back(
                {v.at("name").text(), read_value(v.at("initial")), v.at("output").boolean()});
        }
    }

    void read_node_heads() {
        const View list = root_.at("nodes");
        for (std::size_t i = 0, n = list.length(); i < n; ++i) {
            const View v = list[i];
            v.allow({"name", "data_qubits", "comm_qubits", "bits", "blocks"});
            QpuProgram q;
            q.name = v.at("name").text();
            q.data_qubits = v.at("data_qubits").index(kMaxQubits, "qubit count");
            q.comm_qubits = v.at("comm_qubits").index(kMaxQubits, "qubit count");
            q.num_bits = v.at("bits").index(kMaxBits, "bit count");
            if (q.num_bits < p_.num_bits)
                v.at("bits").fail("every node has at least the program's " +
                                  std::to_string(p_.num_bits) + " bits");
            p_.qpus.push_back(std::move(q));
        }
    }

    /// Expressions are shared by all nodes; each use is checked again where it stands.
    Scope widest_scope() const {
        std::size_t bits = p_.num_bits;
        for (const QpuProgram& q : p_.qpus) bits = std::max<std::size_t>(bits, q.num_bits);
        return {bits, p_.variables.size()};
    }

    QpuId node(const View& v) const { return QpuId{v.index(p_.qpus.size(), "node")}; }

    void read_pairs() {
        const View list = root_.at("pairs");
        for (std::size_t i = 0, n = list.length(); i < n; ++i) {
            const View v = list[i];
            v.allow({"a", "b", "link", "purpose", "serves"});
            BellPair pair;
            pair.a = node(v.at("a"));
            pair.b = node(v.at("b"));
            if (pair.a == pair.b) v.fail("a pair joins two different nodes");
            pair.link = optional_id<LinkId>(v.at("link"), kMaxCount, "link");
            pair.purpose = read_name<PairPurpose>(v.at("purpose"), purpose_names());
            if (v.has("serves"))
                pair.serves = QubitId{v.at("serves").index(p_.num_qubits, "qubit")};
            p_.pairs.push_back(pair);
        }
    }

    void read_transfers() {
        const View list = root_.at("transfers");
        for (std::size_t i = 0, n = list.length(); i < n; ++i) {
            const View v = list[i];
            v.allow({"from", "to", "link", "purpose", "serves"});
            QubitTransfer t;
            t.from = node(v.at("from"));
            t.to = node(v.at("to"));
            if (t.from == t.to) v.fail("a transfer leads to another node");
            t.link = optional_id<LinkId>(v.at("link"), kMaxCount, "link");
            t.purpose = read_name<TransferPurpose>(v.at("purpose"), transfer_purpose_names());
            if (v.has("serves")) t.serves = QubitId{v.at("serves").index(p_.num_qubits, "qubit")};
            p_.transfers.push_back(t);
        }
    }

    std::vector<Location> read_layout(const char* key) const {
        const View list = root_.at(key);
        list.expect_length(p_.num_qubits);
        std::vector<Location> layout;
        for (std::size_t i = 0; i < p_.num_qubits; ++i) {
            const View v = list[i];
            v.expect_length(2);
            Location l;
            l.qpu = optional_id<QpuId>(v[0], p_.qpus.size(), "node");
            const std::size_t limit = l.qpu.valid() ? p_.qpu(l.qpu).num_qubits() : kMaxCount;
            l.qubit = v[1].index(limit, "qubit");
            layout.push_back(l);
        }
        return layout;
    }

    std::vector<QpuId> read_owners(const char* key, std::size_t count) const {
        const View list = root_.at(key);
        list.expect_length(count);
        std::vector<QpuId> owners;
        for (std::size_t i = 0; i < count; ++i)
            owners.push_back(optional_id<QpuId>(list[i], p_.qpus.size(), "node"));
        return owners;
    }

    void read_rewrites() {
        const View list = root_.at("rewrites");
        for (std::size_t i = 0, n = list.length(); i < n; ++i)
            p_.rewrites.push_back(read_rewrite(list[i]));
    }

    Rewrite read_rewrite(const View& v) const {
        v.allow({"first", "count", "operations", "qubits", "gates", "global_phase", "expressions",
                 "matrices"});
        Rewrite r;
        r.first = v.at("first").index(kMaxCount, "operation");
        r.count = v.at("count").index(kMaxCount, "operation count");
        if (v.has("operations")) {
            const View operations = v.at("operations");
            for (std::size_t i = 0, n = operations.length(); i < n; ++i)
                r.operations.push_back(operations[i].index(kMaxCount, "operation"));
        }
        const View qubits = v.at("qubits");
        for (std::size_t i = 0, n = qubits.length(); i < n; ++i)
            r.qubits.emplace_back(qubits[i].index(p_.num_qubits, "qubit"));
        expect_distinct(qubits, r.qubits);
        Circuit& c = r.replacement;
        c.add_qubits("q", static_cast<std::uint32_t>(r.qubits.size()));
        if (v.has("global_phase")) c.global_phase = v.at("global_phase").finite_number();
        if (v.has("expressions"))
            c.exprs = read_expressions(v.at("expressions"), {p_.num_bits, p_.variables.size()});
        if (v.has("matrices")) c.matrices = read_matrices(v.at("matrices"));
        const View gates = v.at("gates");
        for (std::size_t i = 0, n = gates.length(); i < n; ++i) read_rewrite_gate(gates[i], c);
        return r;
    }

    static void read_rewrite_gate(const View& v, Circuit& c) {
        v.allow({"gate", "controls", "on", "angles", "matrix"});
        const GateHead head = read_gate(v, c.matrices);
        const View on = v.at("on");
        std::vector<QubitId> qubits;
        for (std::size_t i = 0, n = on.length(); i < n; ++i)
            qubits.emplace_back(on[i].index(c.num_qubits, "qubit"));
        expect_distinct(on, qubits);
        std::vector<Param> params;
        if (v.has("angles")) {
            const View angles = v.at("angles");
            for (std::size_t i = 0, n = angles.length(); i < n; ++i)
                params.push_back(read_param(angles[i], c.exprs.size()));
        }
        Operation op;
        op.gate = head.kind;
        op.controls = head.controls;
        op.matrix = head.matrix;
        op.first_operand = static_cast<std::uint32_t>(c.operands.size());
        op.num_operands = static_cast<std::uint32_t>(qubits.size());
        op.first_param = static_cast<std::uint32_t>(c.params.size());
        op.num_params = static_cast<std::uint32_t>(params.size());
        c.operands.insert(c.operands.end(), qubits.begin(), qubits.end());
        c.params.insert(c.params.end(), params.begin(), params.end());
        c.body().push_back(op);
    }

    void read_nodes() {
        const View list = root_.at("nodes");
        for (std::size_t q = 0; q < p_.qpus.size(); ++q) {
            const View node_view = list[q];
            const View blocks = node_view.at("blocks");
            const std::size_t n = blocks.length();
            if (n == 0) blocks.fail("at least one block is needed: the stream itself");
            qpu_id_ = QpuId{q};
            qpu_ = &p_.qpus[q];
            qpu_->blocks.resize(n);
            owner_.assign(n, kNoOwner);
            for (std::size_t b = 0; b < n; ++b) {
                const View block = blocks[b];
                block_ = b;
                qpu_->blocks[b].reserve(block.length());
                for (std::size_t i = 0, m = block.length(); i < m; ++i)
                    qpu_->blocks[b].push_back(read_instruction(block[i]));
            }
            check_nesting(blocks);
        }
    }

    void read_windows() {
        const View list = root_.at("windows");
        for (std::size_t k = 0, n = list.length(); k < n; ++k) {
            const View v = list[k];
            v.allow({"node", "block", "first", "count", "meaning"});
            LocalWindow w;
            w.qpu = qpu_id_ = node(v.at("node"));
            qpu_ = &p_.qpu(w.qpu);
            w.block = BlockId{v.at("block").index(qpu_->blocks.size(), "block")};
            const std::size_t size = qpu_->block(w.block).size();
            w.first = v.at("first").index(size, "instruction");
            w.count = static_cast<std::uint32_t>(
                v.at("count").integer(1, static_cast<std::int64_t>(size - w.first)));
            if (!v.at("meaning").has("gate")) v.at("meaning").fail("a gate is needed");
            w.meaning = read_instruction(v.at("meaning"));
            if (!p_.windows.empty() && !follows(p_.windows.back(), w))
                v.fail("windows are sorted by node, block and first, and do not overlap");
            p_.windows.push_back(w);
        }
    }

    static bool follows(const LocalWindow& a, const LocalWindow& b) {
        if (a.qpu != b.qpu) return a.qpu < b.qpu;
        if (a.block != b.block) return a.block < b.block;
        return std::uint64_t{a.first} + a.count <= b.first;
    }

    /// Blocks must form a tree under block 0.
    void check_nesting(const View& blocks) const {
        for (std::size_t b = 1; b < owner_.size(); ++b) {
            std::size_t at = b, steps = 0;
            while (at != 0) {
                if (owner_[at] == kNoOwner) blocks[at].fail("no instruction refers to this block");
                at = owner_[at];
                if (++steps > kMaxNesting)
                    blocks[b].fail("blocks are nested too deeply or in a ring");
            }
        }
    }

    Instruction read_instruction(const View& v) {
        v.expect_object();
        ++instructions_;
        Instruction i;
        if (v.has("source")) i.source = v.at("source").index(kMaxCount, "operation");
        i.order = v.at("order").index(kMaxCount, "order");
        if (v.has("gate")) return gate(v, i);
        if (v.has("measure")) return measure(v, i);
        if (v.has("reset")) {
            v.allow({"reset", "source", "order"});
            i.kind = InstructionKind::kReset;
            add_operand(v.at("reset"), i);
            return i;
        }
        if (v.has("pair")) return pair(v, i);
        if (v.has("transfer")) return transfer(v, i);
        if (v.has("send")) return message(v, i, InstructionKind::kSend, "send");
        if (v.has("recv")) return message(v, i, InstructionKind::kRecv, "recv");
        if (v.has("assign")) return assign(v, i);
        if (v.has("if") || v.has("while")) return control(v, i);
        if (v.has("delay_ns")) {
            v.allow({"delay_ns", "on", "source", "order"});
            i.kind = InstructionKind::kDelay;
            add_operands(v.at("on"), i);
            i.first_param = static_cast<std::uint32_t>(qpu_->params.size());
            i.num_params = 1;
            add_param(v.at("delay_ns"));
            return i;
        }
        if (v.has("barrier")) {
            v.allow({"barrier", "source", "order"});
            i.kind = InstructionKind::kBarrier;
            add_operands(v.at("barrier"), i);
            return i;
        }
        v.fail(
            "one of gate, measure, reset, pair, transfer, send, recv, assign, if, while, delay_ns, "
            "barrier is needed");
    }

    Instruction gate(const View& v, Instruction i) {
        v.allow({"gate", "controls", "matrix", "on", "angles", "when", "source", "order"});
        const GateHead head = read_gate(v, p_.matrices);
        i.gate = head.kind;
        i.controls = head.controls;
        i.matrix = head.matrix;
        add_operands(v.at("on"), i);
        if (v.has("angles")) {
            const View angles = v.at("angles");
            i.first_param = static_cast<std::uint32_t>(qpu_->params.size());
            i.num_params = static_cast<std::uint32_t>(angles.length());
            for (std::size_t k = 0; k < i.num_params; ++k) add_param(angles[k]);
        }
        if (v.has("when")) {
            const View when = v.at("when");
            i.first_condition = static_cast<std::uint32_t>(qpu_->condition_bits.size());
            i.num_conditions = static_cast<std::uint32_t>(when.length());
            for (std::size_t k = 0; k < i.num_conditions; ++k)
                qpu_->condition_bits.push_back(bit(when[k]));
        }
        return i;
    }

    Instruction measure(const View& v, Instruction i) {
        v.allow({"measure", "into", "source", "order"});
        i.kind = InstructionKind::kMeasure;
        add_operand(v.at("measure"), i);
        if (!v.at("into").is_null()) i.bit = bit(v.at("into"));
        return i;
    }

    Instruction pair(const View& v, Instruction i) {
        v.allow({"pair", "on", "peer", "source", "order"});
        i.kind = InstructionKind::kPair;
        i.pair = PairId{v.at("pair").index(p_.pairs.size(), "pair")};
        add_operand(v.at("on"), i);
        i.peer = node(v.at("peer"));
        const BellPair& p = p_.pairs[i.pair.value];
        const bool fits = (p.a == qpu_id_ && p.b == i.peer) || (p.b == qpu_id_ && p.a == i.peer);
        if (!fits)
            v.fail("pair " + std::to_string(i.pair.value) + " joins nodes " +
                   std::to_string(p.a.value) + " and " + std::to_string(p.b.value) + ", not " +
                   std::to_string(qpu_id_.value) + " and " + std::to_string(i.peer.value));
        return i;
    }

    Instruction transfer(const View& v, Instruction i) {
        v.allow({"transfer", "on", "peer", "source", "order"});
        i.kind = InstructionKind::kTransfer;
        i.transfer = TransferId{v.at("transfer").index(p_.transfers.size(), "transfer")};
        add_operand(v.at("on"), i);
        i.peer = node(v.at("peer"));
        const QubitTransfer& t = p_.transfers[i.transfer.value];
        const bool fits =
            (t.from == qpu_id_ && t.to == i.peer) || (t.to == qpu_id_ && t.from == i.peer);
        if (!fits)
            v.fail("transfer " + std::to_string(i.transfer.value) + " leads from node " +
                   std::to_string(t.from.value) + " to " + std::to_string(t.to.value) +
                   "; it has no side here with this peer");
        return i;
    }

    Instruction message(const View& v, Instruction i, InstructionKind kind, const char* key) {
        v.allow({key, "bit", "peer", "source", "order"});
        i.kind = kind;
        i.message = MessageId{v.at(key).index(p_.num_messages, "message")};
        i.bit = bit(v.at("bit"));
        i.peer = node(v.at("peer"));
        if (i.peer == qpu_id_) v.at("peer").fail("a node does not write to itself");
        return i;
    }

    Instruction assign(const View& v, Instruction i) {
        v.allow({"assign", "value", "source", "order"});
        i.kind = InstructionKind::kAssign;
        const View target = v.at("assign");
        if (target.has("variable")) {
            target.allow({"variable"});
            i.variable = VariableId{target.at("variable").index(p_.variables.size(), "variable")};
        } else {
            target.allow({"bit", "count"});
            i.bit = bit(target.at("bit"));
            i.bit_count = static_cast<std::uint32_t>(target.at("count").integer(1, 64));
            if (i.bit.value + std::size_t{i.bit_count} > qpu_->num_bits)
                target.fail("the last bit does not exist");
        }
        i.condition = expression(v.at("value"));
        return i;
    }

    Instruction control(const View& v, Instruction i) {
        const bool loop = v.has("while");
        if (loop) {
            v.allow({"while", "do", "source", "order"});
            i.kind = InstructionKind::kWhile;
            i.condition = expression(v.at("while"));
            i.body = block(v.at("do"));
            return i;
        }
        v.allow({"if", "then", "else", "source", "order"});
        i.kind = InstructionKind::kIf;
        i.condition = expression(v.at("if"));
        if (!v.at("then").is_null()) i.body = block(v.at("then"));
        if (v.has("else")) i.otherwise = block(v.at("else"));
        return i;
    }

    BlockId block(const View& v) {
        const std::uint32_t id = v.index(qpu_->blocks.size(), "block");
        if (id == 0 || owner_[id] != kNoOwner)
            v.fail("block " + std::to_string(id) +
                   (id ? " is used twice" : " is the stream itself"));
        owner_[id] = block_;
        return BlockId{id};
    }

    BitId bit(const View& v) const {
        if (!v.is_string()) return BitId{v.index(qpu_->num_bits, "bit")};
        const auto found = names_->find(v.text());
        if (!found || found->value >= qpu_->num_bits)
            v.fail("'" + v.text().substr(0, 60) + "' is not a bit of this node; a bit is written " +
                   "as register[index] or, for the node's own, m0, m1, ...");
        return *found;
    }

    /// An expression whose bits this node has.
    ExprId expression(const View& v) {
        const ExprId id{v.index(p_.exprs.size(), "expression")};
        if (qpu_->num_bits >= widest_scope_bits()) return id;
        std::vector<BitId> bits;
        std::vector<VariableId> variables;
        collect_reads(p_.exprs, id, bits, variables);
        for (const BitId b : bits)
            if (b.value >= qpu_->num_bits) v.fail("the expression reads a bit this node lacks");
        return id;
    }

    std::size_t widest_scope_bits() {
        if (widest_ == 0) widest_ = std::max<std::size_t>(widest_scope().bits, 1);
        return widest_;
    }

    void add_param(const View& v) {
        if (v.is_object() && v.has("expression")) expression(v.at("expression"));
        qpu_->params.push_back(read_param(v, p_.exprs.size()));
    }

    LocalQubit qubit(const View& v) const {
        const std::string& name = v.text();
        std::uint64_t index = 0;
        bool good = name.size() >= 2 && name.size() <= 10 && (name[0] == 'd' || name[0] == 'c');
        for (std::size_t k = 1; good && k < name.size(); ++k) {
            good = name[k] >= '0' && name[k] <= '9';
            index = index * 10 + static_cast<std::uint64_t>(name[k] - '0');
        }
        if (!good)
            v.fail(
                "'" + name.substr(0, 60) +
                "' is not a qubit; data qubits are d0, d1, ..., communication qubits c0, c1, ...");
        const bool comm = name[0] == 'c';
        if (index >= (comm ? qpu_->comm_qubits : qpu_->data_qubits))
            v.fail("qubit " + name + " does not exist; the node has " +
                   std::to_string(qpu_->data_qubits) + " data and " +
                   std::to_string(qpu_->comm_qubits) + " communication qubits");
        return static_cast<LocalQubit>(index + (comm ? qpu_->data_qubits : 0));
    }

    void add_operand(const View& v, Instruction& i) {
        i.first_operand = static_cast<std::uint32_t>(qpu_->operands.size());
        i.num_operands = 1;
        qpu_->operands.push_back(qubit(v));
    }

    void add_operands(const View& v, Instruction& i) {
        i.first_operand = static_cast<std::uint32_t>(qpu_->operands.size());
        i.num_operands = static_cast<std::uint32_t>(v.length());
        for (std::size_t k = 0; k < i.num_operands; ++k) qpu_->operands.push_back(qubit(v[k]));
        if (i.num_operands > 1) {
            const auto on = qpu_->qubits(i);
            expect_distinct(v, std::vector<LocalQubit>(on.begin(), on.end()));
        }
    }

    static constexpr std::size_t kNoOwner = ~std::size_t{0};

    View root_;
    DistributedProgram p_;
    std::optional<BitNames> names_;
    std::size_t widest_ = 0;
    std::size_t instructions_ = 0;

    // Of the node at hand.
    QpuId qpu_id_;
    QpuProgram* qpu_ = nullptr;
    std::size_t block_ = 0;
    std::vector<std::size_t> owner_;  ///< by block: the block that holds its `if` or `while`
};

SourcePosition position_of(std::string_view text, std::size_t byte, const std::string& file) {
    SourcePosition p{file, 1, 1};
    for (std::size_t i = 0; i + 1 < byte && i < text.size(); ++i) {
        ++p.column;
        if (text[i] == '\n') ++p.line, p.column = 1;
    }
    return p;
}

}  // namespace

DistributedProgram read_program(std::string_view text, const std::string& file) {
    nlohmann::json document;
    try {
        document = nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& e) {
        throw InputError(position_of(text, e.byte, file), "this is not JSON that can be read");
    } catch (const nlohmann::json::out_of_range&) {  // a number such as 1e999
        throw InputError({file, 0, 0}, "a number in this JSON is too large");
    }
    return read_document(document, file);
}

DistributedProgram program_json::read_document(const nlohmann::json& document,
                                               const std::string& file) {
    return Reader(View(document, file)).read();
}

}  // namespace carillon
