// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

/// Collects the variables of the surrounding scopes that statements may assign. What is declared
/// inside is left out; a subroutine that is called counts with everything global it assigns.
struct Lowerer::AssignedWalk {
    const Lowerer& lowerer;
    std::vector<Symbol*> found;
    std::set<Symbol*> seen;
    std::vector<std::vector<std::string_view>> locals;
    std::set<const Statement*> entered;
    bool global_only = false;
    int calls = 0;  ///< subroutines entered around the present statement

    explicit AssignedWalk(const Lowerer& l) : lowerer(l) {}

    Symbol* lookup(std::string_view name) const {
        for (const auto& names : locals)
            if (std::find(names.begin(), names.end(), name) != names.end()) return nullptr;
        if (!global_only) return lowerer.find(name);
        const auto it = lowerer.globals_.find(name);
        return it == lowerer.globals_.end() ? nullptr : it->second.get();
    }

    void mark(const Node& target) {
        std::vector<const Node*> indices;
        const Node& root = flatten(target, indices);
        for (const Node* i : indices) expression(*i);
        if (root.kind != NodeKind::kName) {
            for (const NodePtr& a : root.args)
                if (a) mark(*a);
            return;
        }
        Symbol* s = lookup(root.text);
        if (!s || s->constant || s->frozen) return;
        if (s->kind != SymbolKind::kScalar && s->kind != SymbolKind::kBits &&
            s->kind != SymbolKind::kArray)
            return;
        if (seen.insert(s).second) found.push_back(s);
    }

    void callee(std::string_view name, const std::vector<const Node*>& args) {
        const auto it = lowerer.globals_.find(name);
        if (it == lowerer.globals_.end() || it->second->kind != SymbolKind::kSubroutine) return;
        const Statement& definition = *it->second->definition;
        for (std::size_t i = 0; i < args.size() && i < definition.parameters.size(); ++i)
            if (definition.parameters[i].type->mutable_reference) mark(*args[i]);
        if (!entered.insert(&definition).second) return;
        if (++calls > kMaxDepth / 4)
            lowerer.fail(definition.loc, "subroutines call each other more than " +
                                             std::to_string(kMaxDepth / 4) + " deep");
        auto outer = std::exchange(locals, {});
        const bool outer_global = std::exchange(global_only, true);
        locals.emplace_back();
        for (const Parameter& p : definition.parameters) locals.back().push_back(p.name);
        list(definition.body);
        locals = std::move(outer);
        global_only = outer_global;
        --calls;
    }

    void expression(const Node& n) {
        if (n.kind == NodeKind::kCall) {
            std::vector<const Node*> args;
            for (const NodePtr& a : n.args) args.push_back(a.get());
            callee(n.text, args);
        }
        if (n.block) list(*n.block);
        for (const NodePtr& a : n.args)
            if (a) expression(*a);
    }

    void list(StatementSpan statements) {
        locals.emplace_back();
        for (const StatementPtr& s : statements) statement(*s);
        locals.pop_back();
    }

    void statement(const Statement& s) {
        if (s.value) expression(*s.value);
        if (s.kind == StatementKind::kAssign || s.kind == StatementKind::kMeasure) {
            if (s.target) mark(*s.target);
        } else if (s.kind == StatementKind::kLet) {
            mark(*s.value);  // assigned through the alias, perhaps
        } else if (s.kind == StatementKind::kGateCall) {
            std::vector<const Node*> args;
            for (const NodePtr& a : s.args) expression(*a), args.push_back(a.get());
            for (const NodePtr& o : s.operands) args.push_back(o.get());
            callee(s.name, args);
        }
        if (s.kind == StatementKind::kDeclare || s.kind == StatementKind::kLet)
            locals.back().push_back(s.name);
        if (s.kind == StatementKind::kGate || s.kind == StatementKind::kDef) return;
        locals.emplace_back();
        if (s.kind == StatementKind::kFor) locals.back().push_back(s.name);
        list(s.body);
        locals.pop_back();
        list(s.otherwise);
        for (const SwitchCase& c : s.cases) list(c.body);
    }
};

std::vector<Symbol*> Lowerer::assigned_in(StatementSpan statements) {
    AssignedWalk walk(*this);
    walk.list(statements);
    return std::move(walk.found);
}

/// Of a whole statement, its condition included.
std::vector<Symbol*> Lowerer::assigned_in_statement(const Statement& s) {
    AssignedWalk walk(*this);
    walk.locals.emplace_back();
    walk.statement(s);
    return std::move(walk.found);
}

std::vector<Symbol*> Lowerer::assigned_in(const AssignedLists& lists) {
    AssignedWalk walk(*this);
    for (const StatementSpan s : lists) walk.list(s);
    return std::move(walk.found);
}

/// Whether the body of a subroutine assigns its parameter `name`.
bool Lowerer::assigns_name(const Statement& definition, std::string_view name) {
    const std::function<bool(const Statements&)> in = [&](const Statements& body) {
        return std::any_of(body.begin(), body.end(), [&](const StatementPtr& s) {
            if (s->kind == StatementKind::kAssign || s->kind == StatementKind::kMeasure ||
                s->kind == StatementKind::kLet) {
                const Node* target =
                    s->kind == StatementKind::kLet ? s->value.get() : s->target.get();
                // An alias may join several names; any of them counts.
                const std::function<bool(const Node&)> mentions = [&](const Node& n) {
                    if (n.kind == NodeKind::kName && n.text == name) return true;
                    return std::any_of(n.args.begin(), n.args.end(),
                                       [&](const NodePtr& a) { return a && mentions(*a); });
                };
                if (target && mentions(*target)) return true;
            }
            return in(s->body) || in(s->otherwise) ||
                   std::any_of(s->cases.begin(), s->cases.end(),
                               [&](const SwitchCase& c) { return in(c.body); });
        });
    };
    return in(definition.body);
}

/// Moves a variable to run time: its present value goes to memory.
void Lowerer::demote(Symbol& s) {
    const auto move = [&](Cell& cell, const Type& declared) {
        if (declared.base == Base::kComplex || declared.base == Base::kDuration) return;
        Type type = declared;
        type.sizes.clear();
        const bool fresh = !cell.var.valid();
        give_variable(cell, type, s.name);
        if (fresh && cell.known) {
            // At the top of the program nothing runs before this, so it is the initial value.
            if (level_ == 0)
                circuit_.variables[cell.var.value].initial =
                    convert_scalar(cell.now, type.base == Base::kBit ? Base::kUint : type.base,
                                   type, s.loc)
                        .value;
            else
                assign_variable(cell.var, circuit_.constant(cell.now.value));
        }
    };
    if (s.kind == SymbolKind::kScalar) move(s.cell, s.type);
    if (s.kind == SymbolKind::kArray)
        for (const std::uint32_t i : s.view) move((*s.cells)[i], s.type);
}

void Lowerer::demote_all(const std::vector<Symbol*>& symbols) {
    for (Symbol* s : symbols) demote(*s);
}

/// What is known about these variables no longer holds: a run-time block may have changed them.
void Lowerer::forget_all(const std::vector<Symbol*>& symbols) {
    const auto forget = [](Cell& cell) {
        if (cell.var.valid()) cell.known = false;
    };
    for (Symbol* s : symbols) {
        forget(s->cell);
        if (s->kind == SymbolKind::kArray)
            for (const std::uint32_t i : s->view) forget((*s->cells)[i]);
        for (const BitId b : s->bits) bit_known_[b.value] = -1;
    }
}

}  // namespace carillon::qasm
