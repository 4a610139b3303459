// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/source_form.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/rewrite_windows.h"

namespace carillon::validation {

namespace {

/// Walks the source once in program order.
class SourceReader {
  public:
    SourceReader(const Circuit& source, std::span<const Rewrite> rewrites,
                 ExpressionTable& expressions, MatrixTable& matrices,
                 CertificateChecker& certificates)
        : source_(source),
          windows_(source, rewrites, certificates),
          expressions_(expressions),
          matrices_(matrices),
          out_(source.num_qubits) {
        out_.wire_of.resize(source.num_qubits);
        std::iota(out_.wire_of.begin(), out_.wire_of.end(), 0);
        out_.final_definitions.resize(source.num_bits + source.variables.size());
        out_.expressions = expressions.number(source.exprs, source.num_bits, source.variables);
    }

    SourceForm read() {
        walk(BlockId{0});
        return std::move(out_);
    }

  private:
    std::vector<Definition>& current() { return out_.final_definitions; }
    std::uint32_t slot(VariableId v) const { return source_.num_bits + v.value; }

    void walk(BlockId block);
    void gate(const Circuit& circuit, const Operation& op, std::span<const QubitId> names);
    void note_reads(SourceEvent& event);
    void measure(const Operation& op, SourceEvent& event);
    void reset(const Operation& op);
    void assign(const Operation& op, SourceEvent& event);
    void branch(const Operation& op, std::uint32_t event);
    void loop(const Operation& op, std::uint32_t event);
    std::vector<BlockWrite> begin_block(const Operation& op, std::uint32_t event);
    void end_branch(EventKind kind, std::uint32_t number, std::span<const QubitId> touched,
                    std::span<const std::uint32_t> entry);
    void collect_writes(BlockId block, std::vector<std::uint32_t>& slots) const;

    const Circuit& source_;
    RewriteWindows windows_;
    ExpressionTable& expressions_;
    MatrixTable& matrices_;
    SourceForm out_;
    std::vector<Primitive> primitives_;
    std::vector<Angle> angles_;
    std::vector<Literal> literals_;
    std::vector<std::uint32_t> wires_;
};

/// Walks a block; numbers of operations are positions in out_.event_of.
void SourceReader::walk(BlockId block) {
    const std::size_t size = source_.block(block).size();
    for (std::size_t i = 0; i < size; ++i) {
        const Operation& op = source_.block(block)[i];
        const auto number = static_cast<std::uint32_t>(out_.event_of.size());
        out_.form.set_origin(number);
        const RewriteWindows::Step step = windows_.next(op, number, block);
        if (step.replaced) {
            out_.event_of.push_back(SourceForm::kGate);
            if (step.replacement == nullptr) continue;
            for (const Operation& part : step.replacement->replacement.body())
                gate(step.replacement->replacement, part, step.replacement->qubits);
            continue;
        }
        if (op.kind == OpKind::kGate) {
            out_.event_of.push_back(SourceForm::kGate);
            gate(source_, op, {});
            continue;
        }
        const auto index = static_cast<std::uint32_t>(out_.events.size());
        out_.event_of.push_back(index);
        SourceEvent& event = out_.events.emplace_back();
        event.operation = &op;
        event.block = block;
        if (op.condition.valid()) note_reads(event);
        switch (op.kind) {
            case OpKind::kMeasure:
                measure(op, event);
                break;
            case OpKind::kReset:
                reset(op);
                break;
            case OpKind::kAssign:
                assign(op, event);
                break;
            case OpKind::kIf:
                branch(op, number);
                break;
            case OpKind::kWhile:
                loop(op, number);
                break;
            default:
                break;  // barriers and delays change nothing
        }
    }
}

/// Appends a gate of `circuit`, whose qubit i is names[i] (itself when there are no names).
void SourceReader::gate(const Circuit& circuit, const Operation& op,
                        std::span<const QubitId> names) {
    wires_.clear();
    for (const QubitId q : circuit.qubits(op))
        wires_.push_back(out_.wire_of[(names.empty() ? q : names[q.value]).value]);
    angles_.clear();
    for (const Param& p : circuit.parameters(op)) {
        Angle angle{p.value};
        if (!p.constant()) {
            std::vector<Definition> reads =
                ExpressionTable::reads(out_.expressions, p.expr, source_.num_bits);
            for (Definition& r : reads) r = current()[r];
            const auto multiple = ExpressionTable::as_multiple(out_.expressions, p.expr);
            const std::uint32_t expression = out_.expressions.numbers[multiple.of.value];
            angle = {0, expressions_.value_number(expression, reads), multiple.factor};
        }
        angles_.push_back(angle);
    }
    const bool explicit_matrix = op.gate == GateKind::kUnitary;
    const Matrix* matrix = explicit_matrix ? &circuit.matrices[op.matrix] : nullptr;
    if (!expand_gate(op.gate, op.controls, angles_, matrix, primitives_))
        return matrices_.append(out_.form, *matrix, op.controls, wires_);
    const std::uint16_t controls = op.controls;
    for (const Primitive& p : primitives_) switch (p.kind) {
            case Primitive::Kind::kUnitary:
                out_.form.unitary(wires_[controls + p.target], p.matrix);
                break;
            case Primitive::Kind::kPhase:
                literals_.clear();
                for (std::size_t i = 0; i < wires_.size(); ++i)
                    if (i < controls ? p.controlled : p.targets >> (i - controls) & 1)
                        literals_.push_back({wires_[i], false});
                out_.form.phase(literals_, p.angle);
                break;
            case Primitive::Kind::kExchange: {
                const auto named = [&](QubitId q) { return names.empty() ? q : names[q.value]; };
                const QubitId a = named(circuit.qubits(op)[controls]);
                const QubitId b = named(circuit.qubits(op)[controls + 1]);
                std::swap(out_.wire_of[a.value], out_.wire_of[b.value]);
                std::swap(wires_[controls], wires_[controls + 1]);
                break;
            }
        }
}

void SourceReader::note_reads(SourceEvent& event) {
    event.reads =
        ExpressionTable::reads(out_.expressions, event.operation->condition, source_.num_bits);
    for (Definition& r : event.reads) r = current()[r];
}

void SourceReader::measure(const Operation& op, SourceEvent& event) {
    event.definition = out_.num_definitions++;
    const auto number = static_cast<std::uint32_t>(out_.event_of.size() - 1);
    out_.form.separator(EventKind::kMeasure, out_.wire_of[source_.qubits(op)[0].value], number);
    if (op.bit.valid()) current()[op.bit.value] = event.definition;
}

void SourceReader::reset(const Operation& op) {
    const auto number = static_cast<std::uint32_t>(out_.event_of.size() - 1);
    for (const QubitId q : source_.qubits(op))
        out_.form.separator(EventKind::kReset, out_.wire_of[q.value], number);
}

void SourceReader::assign(const Operation& op, SourceEvent& event) {
    event.definition = out_.num_definitions;
    if (op.variable.valid()) {
        current()[slot(op.variable)] = out_.num_definitions++;
        return;
    }
    for (std::uint32_t i = 0; i < op.bit_count; ++i)
        current()[op.bit.value + i] = out_.num_definitions++;
}

void SourceReader::collect_writes(BlockId block, std::vector<std::uint32_t>& slots) const {
    visit_operations(
        source_,
        [&](const Operation& op, BlockId, std::size_t) {
            if (op.kind == OpKind::kMeasure && op.bit.valid()) slots.push_back(op.bit.value);
            if (op.kind != OpKind::kAssign) return;
            if (op.variable.valid()) return slots.push_back(slot(op.variable));
            for (std::uint32_t i = 0; i < op.bit_count; ++i) slots.push_back(op.bit.value + i);
        },
        block);
}

std::vector<BlockWrite> SourceReader::begin_block(const Operation& op, std::uint32_t number) {
    std::vector<std::uint32_t> slots;
    if (op.body.valid()) collect_writes(op.body, slots);
    if (op.otherwise.valid()) collect_writes(op.otherwise, slots);
    std::ranges::sort(slots);
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    std::vector<BlockWrite> writes;
    writes.reserve(slots.size());
    for (const std::uint32_t s : slots)
        writes.push_back({s, current()[s], 0, current()[s], out_.num_definitions++});

    std::vector<std::uint32_t> wires;
    for (const QubitId q : touched_qubits(source_, op)) wires.push_back(out_.wire_of[q.value]);
    std::ranges::sort(wires);
    for (const std::uint32_t w : wires) out_.form.separator(EventKind::kBegin, w, number);
    out_.events[out_.event_of[number]].wires = std::move(wires);
    return writes;
}

/// Ends one branch: every touched qubit is again on the wire on which it entered.
void SourceReader::end_branch(EventKind kind, std::uint32_t number,
                              std::span<const QubitId> touched,
                              std::span<const std::uint32_t> entry) {
    out_.form.set_origin(number);
    for (std::size_t i = 0; i < touched.size(); ++i) {
        std::uint32_t& wire = out_.wire_of[touched[i].value];
        out_.form.separator(kind, wire, number, entry[i]);
        wire = entry[i];
    }
}

void SourceReader::branch(const Operation& op, std::uint32_t number) {
    std::vector<BlockWrite> writes = begin_block(op, number);
    const std::vector<QubitId> touched = touched_qubits(source_, op);
    std::vector<std::uint32_t> entry;
    entry.reserve(touched.size());
    for (const QubitId q : touched) entry.push_back(out_.wire_of[q.value]);

    if (op.body.valid()) walk(op.body);
    end_branch(EventKind::kElse, number, touched, entry);
    for (BlockWrite& w : writes) {
        w.then_end = current()[w.slot];
        current()[w.slot] = w.before;
    }
    if (op.otherwise.valid()) walk(op.otherwise);
    end_branch(EventKind::kEnd, number, touched, entry);
    for (BlockWrite& w : writes) {
        w.else_end = current()[w.slot];
        current()[w.slot] = w.after;
    }
    out_.events[out_.event_of[number]].writes = std::move(writes);
}

void SourceReader::loop(const Operation& op, std::uint32_t number) {
    std::vector<BlockWrite> writes = begin_block(op, number);
    const std::vector<QubitId> touched = touched_qubits(source_, op);
    std::vector<std::uint32_t> entry;
    entry.reserve(touched.size());
    for (const QubitId q : touched) entry.push_back(out_.wire_of[q.value]);

    for (const BlockWrite& w : writes) current()[w.slot] = w.after;
    note_reads(out_.events[out_.event_of[number]]);  // at the head, not at the entry
    if (op.body.valid()) walk(op.body);
    end_branch(EventKind::kEnd, number, touched, entry);
    for (BlockWrite& w : writes) {
        w.then_end = current()[w.slot];
        current()[w.slot] = w.after;
    }
    out_.events[out_.event_of[number]].writes = std::move(writes);
}

}  // namespace

SourceForm read_source(const Circuit& source, std::span<const Rewrite> rewrites,
                       ExpressionTable& expressions, MatrixTable& matrices,
                       CertificateChecker& certificates) {
    return SourceReader(source, rewrites, expressions, matrices, certificates).read();
}

}  // namespace carillon::validation
