// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "carillon/language/qasm/lower.h"
#include "carillon/language/qasm/parser.h"

namespace carillon::qasm {

namespace {

std::string quoted(std::string_view name) {
    return "`" + std::string(name) + "`";
}

std::optional<std::string> file_content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    if (in.bad()) return std::nullopt;
    return std::move(text).str();
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

/// Definitions are used later, so their trees are kept; every other statement is dropped when done.
bool is_definition(StatementKind kind) {
    return kind == StatementKind::kGate || kind == StatementKind::kOpaque ||
           kind == StatementKind::kDef || kind == StatementKind::kExtern;
}

}  // namespace

void Lowerer::run_file(std::uint32_t file) {
    open_files_.push_back(file);
    const int outer_version = version_;
    Parser parser(sources_, file, version_);
    while (!ended_) {
        StatementPtr s = parser.next_statement();
        if (!s) break;
        version_ = parser.version();
        if (is_definition(s->kind)) {
            const Statement& kept = *s;
            definitions_.push_back(std::move(s));
            define(kept);
            continue;
        }
        const Flow flow = execute(*s);
        if (flow.kind == Flow::kEnd) ended_ = true;
    }
    if (open_files_.size() == 1)
        result_.version = version_;
    else
        version_ = outer_version;
    open_files_.pop_back();
}

void Lowerer::include(const Statement& s) {
    if (s.name == "stdgates.inc") {
        stdgates_ = true;
        return;
    }
    if (s.name == "qelib1.inc") {
        qelib1_ = true;
        return;
    }
    const std::string wanted(s.name);
    std::vector<std::string> places;
    if (!wanted.empty() && wanted.front() == '/') {
        places.push_back(wanted);
    } else {
        places.push_back(folder_of(sources_.name(s.loc.file)) + wanted);
        for (const std::string& folder : options_.include_paths)
            places.push_back(folder + "/" + wanted);
    }
    for (const std::string& path : places) {
        auto text = file_content(path);
        if (!text) continue;
        for (const std::uint32_t open : open_files_)
            if (sources_.name(open) == path)
                fail(s.name_loc, "the file \"" + path +
                                     "\" includes itself, directly or through "
                                     "others");
        if (open_files_.size() > 100) fail(s.name_loc, "includes are nested deeper than 100 files");
        run_file(sources_.add_included(path, std::move(*text), s.name_loc));
        return;
    }
    std::string searched;
    for (const std::string& path : places) searched += (searched.empty() ? "" : ", ") + path;
    fail(s.name_loc, "the file \"" + wanted + "\" cannot be read; looked for " + searched);
}

Flow Lowerer::execute(const Statement& s) {
    const DepthGuard depth(*this, s.loc);
    if (!frame_ && s.loc.file == open_files_.front()) line_ = s.loc.line;
    switch (s.kind) {
        case StatementKind::kGateCall:
            gate_call(s);
            return {};
        case StatementKind::kMeasure:
            measure_into(*s.value, s.target.get(), s.loc);
            return {};
        case StatementKind::kDeclare:
            declare_statement(s);
            return {};
        case StatementKind::kAssign:
            assign_statement(s);
            return {};
        case StatementKind::kLet:
            declare_alias(s);
            return {};
        case StatementKind::kReset:
            reset(s);
            return {};
        case StatementKind::kBarrier:
            barrier(s);
            return {};
        case StatementKind::kDelay:
            delay(s);
            return {};
        case StatementKind::kExpression:
            expression_statement(s);
            return {};
        case StatementKind::kInclude:
            include(s);
            return {};
        case StatementKind::kIf:
            return if_statement(s);
        case StatementKind::kFor:
            return for_statement(s);
        case StatementKind::kWhile:
            return while_statement(s);
        case StatementKind::kSwitch:
            return switch_statement(s);
        case StatementKind::kBreak:
        case StatementKind::kContinue:
            return break_or_continue(s);
        case StatementKind::kReturn:
            return return_statement(s);
        case StatementKind::kEnd:
            if (level_ > 0)
                fail(s.loc, "`end` where control depends on a measurement is not supported");
            if (!calls_.empty()) fail(s.loc, "`end` inside a subroutine is not supported");
            return {Flow::kEnd, {}};
        case StatementKind::kBox:
            if (s.value) known_duration(*s.value);
            return execute_scoped(s.body);
        case StatementKind::kBlock:
            return execute_scoped(s.body);
        case StatementKind::kNop:
            for (const NodePtr& o : s.operands) known_qubits(*o);
            return {};
        case StatementKind::kCalibration:
            warn(s.loc, quoted(s.name) + " is skipped: pulse-level calibrations have no effect");
            return {};
        case StatementKind::kGate:
        case StatementKind::kOpaque:
        case StatementKind::kDef:
        case StatementKind::kExtern:
            define(s);
            return {};
        case StatementKind::kVersion:
        case StatementKind::kPragma:
        case StatementKind::kAnnotation:
            return {};
    }
    throw InternalError("execute: unknown statement");
}

Flow Lowerer::execute_scoped(const Statements& statements) {
    const ScopeGuard scope(*this);
    return execute_list(statements);
}

/// Executes statements in order. Behind one that may leave at run time, the rest is guarded.
Flow Lowerer::execute_list(StatementSpan statements) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        Flow flow = execute(*statements[i]);
        if (flow.kind == Flow::kNormal) continue;
        const StatementSpan rest = statements.subspan(i + 1);
        if (flow.kind != Flow::kMaybe || rest.empty()) return flow;
        return guarded(
            flow.flags, [&] { return execute_list(rest); }, rest);
    }
    return {};
}

void Lowerer::measure_into(const Node& source, const Node* target, Loc loc) {
    std::vector<Operand> operands{operand(source)};
    const std::size_t size = operands[0].selector.valid() ? 1 : operands[0].qubits.size();
    const auto measure_all = [&](const std::vector<BitId>& bits) {
        with_choices(operands, 0, [&] {
            for (std::size_t i = 0; i < size; ++i) {
                count(loc);
                circuit_.measure(operands[0].qubits[i], bits.empty() ? BitId{} : bits[i], where_);
                stamp();
            }
        });
        for (const BitId b : bits) bit_known_[b.value] = -1;
    };
    if (!target) {
        measure_all({});
        return;
    }
    std::vector<const Node*> indices;
    const Node& root = flatten(*target, indices);
    Symbol& s = assignable(root);
    if (s.kind == SymbolKind::kBits) {
        std::vector<BitId> bits = s.bits;
        bool run_time = false;
        if (!indices.empty() && !s.type.is_register)
            fail(target->loc, quoted(s.name) + " is a single bit and has no index");
        for (const Node* index : indices) {
            const Selection chosen =
                select(*index, static_cast<std::uint32_t>(bits.size()), "bit", s.name);
            run_time |= chosen.run_time.valid();
            std::vector<BitId> next;
            for (const std::int64_t i : chosen.positions)
                next.push_back(bits[static_cast<std::size_t>(i)]);
            bits = std::move(next);
        }
        if (!run_time) {
            if (bits.size() != size)
                fail(loc, std::to_string(size) + (size == 1 ? " qubit is" : " qubits are") +
                              " measured into " + std::to_string(bits.size()) +
                              (bits.size() == 1 ? " bit" : " bits"));
            measure_all(bits);
            return;
        }
    }
    Type type;
    type.base = Base::kBit;
    type.width = static_cast<std::uint32_t>(size);
    type.is_register = operands[0].is_register;
    const SymbolPtr outcome = make_bits("_measured", loc, type, false);
    measure_all(outcome->bits);
    assign_node(*target, symbol_value(*outcome, loc), loc);
}

void Lowerer::reset(const Statement& s) {
    for (const NodePtr& node : s.operands) {
        std::vector<Operand> operands{operand(*node)};
        with_choices(operands, 0, [&] {
            for (const QubitId q : operands[0].qubits) {
                count(s.loc);
                circuit_.reset(q, where_);
                stamp();
            }
        });
    }
}

void Lowerer::barrier(const Statement& s) {
    if (collecting_) return;  // a modified gate has no inside
    std::vector<QubitId> qubits;
    for (const NodePtr& o : s.operands) {
        const std::vector<QubitId> more = known_qubits(*o);
        qubits.insert(qubits.end(), more.begin(), more.end());
    }
    if (s.operands.empty() && frame_)
        qubits.assign(frame_->qubits.begin(), frame_->qubits.end());
    else if (s.operands.empty())
        for (std::uint32_t i = 0; i < circuit_.num_qubits; ++i) qubits.push_back(QubitId{i});
    std::sort(qubits.begin(), qubits.end());
    qubits.erase(std::unique(qubits.begin(), qubits.end()), qubits.end());
    if (qubits.empty()) return;
    count(s.loc, 1 + qubits.size() / 16);
    circuit_.barrier(qubits, where_);
    stamp();
}

void Lowerer::delay(const Statement& s) {
    const double ns = known_duration(*s.value);
    if (ns < 0)
        fail(s.value->loc, "a delay cannot be negative; this one is " + std::to_string(ns) + " ns");
    if (collecting_) return;
    std::vector<QubitId> qubits;
    for (const NodePtr& o : s.operands) {
        const std::vector<QubitId> more = known_qubits(*o);
        qubits.insert(qubits.end(), more.begin(), more.end());
    }
    if (s.operands.empty())
        for (std::uint32_t i = 0; i < circuit_.num_qubits; ++i) qubits.push_back(QubitId{i});
    if (qubits.empty()) return;
    count(s.loc, 1 + qubits.size() / 16);
    circuit_.delay(qubits, ns, where_);
    stamp();
}

void Lowerer::expression_statement(const Statement& s) {
    const Node& n = *s.value;
    // A name alone refers to nothing that happens, but it must exist.
    if (n.kind == NodeKind::kName) {
        if (n.text.front() != '$' && !find(n.text)) name_value(n);
        return;
    }
    const Symbol* callee = n.kind == NodeKind::kCall ? find(n.text) : nullptr;
    if (callee && callee->kind == SymbolKind::kSubroutine) {
        std::vector<const Node*> args;
        for (const NodePtr& a : n.args) args.push_back(a.get());
        call_for_choices(*callee, s, args, 0);
        return;
    }
    evaluate(n);
}

/// Calls a subroutine for its effect; where a run-time index chooses a qubit argument, once for
/// each choice, inside the test that picks it.
void Lowerer::call_for_choices(const Symbol& callee, const Statement& s,
                               const std::vector<const Node*>& args, std::size_t from) {
    const auto& parameters = callee.definition->parameters;
    for (; from < args.size() && from < parameters.size(); ++from) {
        const Node& arg = *args[from];
        if (parameters[from].type->base != Tok::kQubit || arg.kind != NodeKind::kIndex) continue;
        const Operand whole = operand(arg);
        if (!whole.selector.valid()) continue;
        const std::vector<Symbol*> assigned = assigned_in_statement(s);
        demote_all(assigned);
        for_cases(whole.selector, whole.choices.size(), [&](std::size_t i) {
            forget_all(assigned);
            chosen_[&arg] = whole.choices[i];
            call_for_choices(callee, s, args, from + 1);
            chosen_.erase(&arg);
        });
        forget_all(assigned);
        return;
    }
    subroutine_call(callee, args, s.loc);
}

Flow Lowerer::return_statement(const Statement& s) {
    if (calls_.empty()) fail(s.loc, "`return` stands outside of any subroutine");
    Call& c = *calls_.back();
    const bool returns_value = c.definition->type != nullptr;
    if (returns_value && !s.value)
        fail(s.loc, "this `return` must give a value of type " + to_string(c.type));
    if (!returns_value && s.value)
        fail(s.value->loc, "the subroutine " + quoted(c.definition->name) +
                               " has no return type, so this value has no place");
    std::optional<Datum> value;
    if (s.value) value = convert(evaluate(*s.value), c.type, s.value->loc);
    if (level_ == c.level) {
        c.value = std::move(value);
        return {Flow::kReturn, {}};
    }
    if (!c.returned.valid()) c.returned = new_flag("_returned", c.block);
    if (value) {
        if (!c.result && c.type.base == Base::kBit)
            c.result = make_bits("_result", s.loc, c.type, false);
        if (!c.result) {
            if (c.type.base == Base::kComplex || c.type.base == Base::kDuration)
                fail(s.loc, "a " + to_string(c.type) +
                                " cannot be returned where control depends "
                                "on a measurement");
            c.result = std::make_shared<Symbol>();
            c.result->type = c.type;
            c.result->level = c.level;
            give_variable(c.result->cell, c.type, "_result");
        }
        for (const BitId b : c.result->bits) bit_known_[b.value] = -1;
        assign_symbol(*c.result, *value, s.loc);
    }
    assign_variable(c.returned, circuit_.constant(Value::boolean(true)));
    return {Flow::kReturn, {c.returned}};
}

/// Settles what is an output, and complains about inputs that the program does not have.
void Lowerer::finish() {
    for (const auto& [name, value] : options_.inputs)
        if (!used_inputs_.count(name)) throw InputError("the program has no input `" + name + "`");
    if (!has_output_) return;
    for (BitRegister& r : circuit_.bit_registers) r.output = false;
    for (const SymbolPtr& s : outputs_) {
        for (BitRegister& r : circuit_.bit_registers)
            if (!s->bits.empty() && r.first == s->bits[0]) r.output = true;
        // What never left read time has its final value from the start.
        const auto keep = [&](const Cell& cell) {
            if (!cell.var.valid()) circuit_.variables[cell.reserved.value].initial = cell.now.value;
        };
        if (s->kind == SymbolKind::kScalar) keep(s->cell);
        if (s->kind == SymbolKind::kArray) std::for_each(s->cells->begin(), s->cells->end(), keep);
    }
}

}  // namespace carillon::qasm
