// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

Lowerer::Lowerer(Sources& sources, const ReadOptions& options, ReadResult& result)
    : sources_(sources), options_(options), result_(result), circuit_(result.circuit) {}

void Lowerer::fail(Loc loc, const std::string& message) const {
    sources_.fail(loc, message);
}

void Lowerer::warn(Loc loc, const std::string& message) {
    result_.warnings.push_back({sources_.position(loc), message});
}

void Lowerer::warn_once(Loc loc, const std::string& key, const std::string& message) {
    if (warned_.insert(key).second) warn(loc, message);
}

/// Counts expanded work and stops a program that expands without end.
void Lowerer::count(Loc loc, std::uint64_t units) {
    work_ += units;
    if (work_ > options_.max_unrolled_operations)
        fail(loc, "the program expands to more than " +
                      std::to_string(options_.max_unrolled_operations) +
                      " operations and loop passes; is a loop without end? Otherwise raise "
                      "max_unrolled_operations");
}

/// The innermost symbol called `name` that can be seen from here, or null.
Symbol* Lowerer::find(std::string_view name) const {
    const std::size_t floor = frame_ ? frame_->scopes : 0;
    for (std::size_t i = scopes_.size(); i > floor; --i) {
        const Scope& scope = scopes_[i - 1];
        for (auto it = scope.symbols.rbegin(); it != scope.symbols.rend(); ++it)
            if ((*it)->name == name) return it->get();
        if (scope.function_base) break;
    }
    const auto it = globals_.find(name);
    return it == globals_.end() ? nullptr : it->second.get();
}

Symbol& Lowerer::find_visible(std::string_view name, Loc loc) const {
    if (Symbol* symbol = find(name)) return *symbol;
    const auto known =
        names_of({SymbolKind::kScalar, SymbolKind::kBits, SymbolKind::kArray, SymbolKind::kQubits});
    fail(loc, "`" + std::string(name) + "` is not declared" + did_you_mean(name, known));
}

std::vector<std::string_view> Lowerer::names_of(std::initializer_list<SymbolKind> kinds) const {
    std::vector<std::string_view> names;
    const auto add = [&](const Symbol& s) {
        for (const SymbolKind k : kinds)
            if (s.kind == k) names.push_back(s.name);
    };
    for (const Scope& scope : scopes_)
        for (const SymbolPtr& s : scope.symbols) add(*s);
    // In order of declaration, so that a suggestion does not depend on hashing.
    std::map<std::uint64_t, const Symbol*> ordered;
    for (const auto& [name, s] : globals_)
        ordered[std::uint64_t{s->loc.file} << 32 | s->loc.offset] = s.get();
    for (const auto& [place, s] : ordered) add(*s);
    return names;
}

void Lowerer::check_undeclared(std::string_view name, Loc loc) const {
    const auto refuse = [&](const Symbol& s) {
        const SourcePosition p = sources_.position(s.loc);
        fail(loc, "`" + std::string(name) + "` is already declared as " + describe(s) + " at " +
                      p.file + ":" + std::to_string(p.line));
    };
    if (scopes_.empty()) {
        const auto it = globals_.find(name);
        if (it != globals_.end()) refuse(*it->second);
        return;
    }
    for (const SymbolPtr& s : scopes_.back().symbols)
        if (s->name == name) refuse(*s);
}

/// A new symbol in the innermost scope.
Symbol& Lowerer::declare(std::string_view name, Loc loc, SymbolKind kind) {
    check_undeclared(name, loc);
    auto symbol = std::make_shared<Symbol>();
    symbol->kind = kind;
    symbol->name = name;
    symbol->loc = loc;
    symbol->level = level_;
    Symbol& result = *symbol;
    if (scopes_.empty())
        globals_.emplace(name, std::move(symbol));
    else
        scopes_.back().symbols.push_back(std::move(symbol));
    return result;
}

}  // namespace carillon::qasm
