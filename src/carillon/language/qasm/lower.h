// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carillon/language/qasm/ast.h"
#include "carillon/language/qasm/datum.h"
#include "carillon/language/qasm/gate_list.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/language/qasm/source.h"

namespace carillon::qasm {

/// How control leaves a statement. When that depends on the run, `flags` are the run-time
/// variables of which one is true if the rest must be skipped.
struct Flow {
    enum Kind : std::uint8_t { kNormal, kBreak, kContinue, kReturn, kEnd, kMaybe };
    Kind kind = kNormal;
    std::vector<VariableId> flags;
};

/// A quantum operand: a qubit or several.
struct Operand {
    std::vector<QubitId> qubits;
    bool is_register = false;
    Loc loc;
    ExprId selector;               ///< valid: the index is known only at run time
    std::vector<Operand> choices;  ///< what each value of the selector means
};

/// Executes a program's statements and writes down what is left for run time.
///
/// The interpreter specialises: a value that is known when the program is read never reaches the
/// circuit. Each classical variable knows whether its value is known now; before a run-time `if`,
/// `while` or `switch`, the variables its bodies assign are moved to run time (demote()).
class Lowerer {
  public:
    Lowerer(Sources& sources, const ReadOptions& options, ReadResult& result);

    /// Reads the file numbered `file` to its end, statement by statement.
    void run_file(std::uint32_t file);
    /// Checks what can be checked only at the end, and settles outputs.
    void finish();

  private:
    using Statements = std::vector<StatementPtr>;
    using StatementSpan = std::span<const StatementPtr>;

    // --- names (lower_names.cc) ---
    struct Scope {
        std::vector<SymbolPtr> symbols;
        bool function_base = false;  ///< lookups do not go past this to outer scopes but the global
    };
    struct GateFrame {
        const Statement* definition;
        std::span<const QubitId> qubits;
        std::span<const Param> params;
        std::size_t scopes;  ///< number of scopes when the gate was entered
    };
    Symbol* find(std::string_view name) const;
    Symbol& find_visible(std::string_view name, Loc loc) const;
    Symbol& declare(std::string_view name, Loc loc, SymbolKind kind);
    void check_undeclared(std::string_view name, Loc loc) const;
    std::vector<std::string_view> names_of(std::initializer_list<SymbolKind> kinds) const;
    class ScopeGuard;
    class DepthGuard;
    class FrameGuard;

    // --- messages ---
    [[noreturn]] void fail(Loc loc, const std::string& message) const;
    void warn(Loc loc, const std::string& message);
    void warn_once(Loc loc, const std::string& key, const std::string& message);
    /// Runs `f`, giving an InputError without a position the place `loc`.
    template <class F>
    auto placed(Loc loc, F&& f) const -> decltype(f()) {
        try {
            return f();
        } catch (const InputError& e) {
            if (e.position().known()) throw;
            fail(loc, e.what());
        }
    }
    void count(Loc loc, std::uint64_t units = 1);

    // --- statements (lower_statement.cc) ---
    Flow execute(const Statement& s);
    Flow execute_list(StatementSpan statements);
    Flow execute_scoped(const Statements& statements);
    void include(const Statement& s);
    void measure_into(const Node& source, const Node* target, Loc loc);
    void reset(const Statement& s);
    void barrier(const Statement& s);
    void delay(const Statement& s);
    void expression_statement(const Statement& s);
    void call_for_choices(const Symbol& callee, const Statement& s,
                          const std::vector<const Node*>& args, std::size_t from);
    Flow return_statement(const Statement& s);

    // --- declarations (lower_declare.cc) ---
    void declare_statement(const Statement& s);
    void declare_qubits(const Statement& s);
    void declare_bits(const Statement& s, const Type& type);
    void declare_scalar(const Statement& s, const Type& type);
    void declare_array(const Statement& s, const Type& type);
    void declare_alias(const Statement& s);
    void define(const Statement& s);
    void check_gate_body(const Statement& gate);
    void check_gate_statements(const Statement& gate, const Statements& body);
    std::optional<Datum> input_value(const Statement& s, const Type& type);
    Type resolve_type(const TypeNode& t);
    std::uint32_t resolve_size(const Node& size, std::string_view what, std::uint32_t most);
    SymbolPtr make_bits(std::string_view name, Loc loc, const Type& type, bool output);

    // --- control flow (lower_control.cc) ---
    struct Loop {
        int level;                   ///< run-time level of its body; -1: the loop is run-time
        BlockId block;               ///< where the loop stands
        BlockId body_block;          ///< where the present pass stands
        VariableId broken, skipped;  ///< flags of break and continue, created when first needed
        std::size_t call;            ///< number of calls open around it
    };
    struct Call {
        const Statement* definition;
        int level;
        BlockId block;
        VariableId returned;  ///< flag, created when first needed
        Type type;
        std::optional<Datum> value;  ///< of a return whose place is known now
        SymbolPtr result;            ///< storage for run-time returns
    };
    Flow if_statement(const Statement& s);
    Flow run_time_if(ExprId condition, const Statements& then, const Statements& otherwise);
    Flow merged(const Flow& a, const Flow& b) const;
    Flow for_statement(const Statement& s);
    Flow unrolled(const Statement& s, const std::vector<Datum>& values);
    Flow run_time_for(const Statement& s, const Type& type);
    std::vector<Datum> loop_values(const Statement& s, const Type& type);
    bool range_is_known(const Node& range);
    Flow while_statement(const Statement& s);
    Flow run_time_while(const Statement& s, std::vector<VariableId> pending);
    Flow loop_body(const Statement& s, Loop& loop);
    std::vector<Scalar> known_state(const std::vector<Symbol*>& symbols) const;
    bool contains_call(const Node& n) const;
    Flow loop_exit(const Loop& loop, const std::vector<VariableId>& pending) const;
    Flow switch_statement(const Statement& s);
    Flow run_time_switch(const Statement& s, const Datum& selector);
    ExprId matches(const Datum& selector, const SwitchCase& c);
    Flow break_or_continue(const Statement& s);
    Flow guarded(const std::vector<VariableId>& flags, const std::function<Flow()>& body,
                 StatementSpan statements);
    /// Runs `body` into a new run-time block.
    BlockId run_time_block(const std::function<void()>& body);
    VariableId new_flag(std::string_view name, BlockId where);
    ExprId none_set(const std::vector<VariableId>& flags);
    /// All of `parts` joined by an associative operator, as a balanced tree; none if it is empty.
    ExprId joined(ExprOp op, std::span<const ExprId> parts);
    void for_cases(ExprId selector, std::size_t n, const std::function<void(std::size_t)>& body);
    void for_cases_between(ExprId selector, std::size_t first, std::size_t last,
                           const std::function<void(std::size_t)>& body);
    void emit_if(ExprId condition, BlockId then, BlockId otherwise);

    // --- which variables statements assign (lower_assigned.cc) ---
    struct AssignedWalk;
    using AssignedLists = std::vector<StatementSpan>;
    std::vector<Symbol*> assigned_in(StatementSpan statements);
    std::vector<Symbol*> assigned_in(const AssignedLists& lists);
    std::vector<Symbol*> assigned_in_statement(const Statement& s);
    bool assigns_name(const Statement& definition, std::string_view name);
    void demote(Symbol& symbol);
    void demote_all(const std::vector<Symbol*>& symbols);
    void forget_all(const std::vector<Symbol*>& symbols);

    // --- assignment (lower_assign.cc) ---
    void assign_statement(const Statement& s);
    void assign_node(const Node& target, const Datum& value, Loc loc);
    void assign_symbol(Symbol& symbol, const Datum& value, Loc loc);
    void assign_array(Symbol& array, std::span<const std::uint32_t> cells, const Datum& value,
                      Loc loc);
    void assign_array_part(Symbol& array, const std::vector<const Node*>& indices,
                           const Datum& value, Loc loc);
    void assign_number_bits(Symbol& symbol, const Node& index, const Datum& value, Loc loc);
    void assign_bit_part(Symbol& symbol, const std::vector<const Node*>& indices,
                         const Datum& value, Loc loc);
    Symbol& assignable(const Node& root);
    void store(Cell& cell, const Type& type, const Datum& value, std::string_view name, int level,
               Loc loc);
    void store_bits(std::span<const BitId> bits, std::vector<BitAtom> atoms, Loc loc);
    void store_run(BitId first, std::span<const BitAtom> atoms);
    VariableId give_variable(Cell& cell, const Type& type, std::string_view name);
    void reserve_variable(Cell& cell, const Type& type, const std::string& name);
    void assign_variable(VariableId variable, ExprId value);

    // --- expressions (lower_expression.cc, lower_operator.cc, lower_index.cc, lower_call.cc) ---
    Datum evaluate(const Node& n);
    Datum integer_literal(const Node& n);
    Datum duration_literal(const Node& n);
    Datum bit_string(const Node& n);
    Datum name_value(const Node& n);
    Datum symbol_value(const Symbol& symbol, Loc loc);
    Datum cell_value(const Cell& cell, const Type& type);
    Datum cast_node(const Node& n);
    Datum measure_value(const Node& n);
    Datum duration_of(const Node& n);
    Datum unary(const Node& n);
    Datum binary(const Node& n);
    Datum logical(const Node& n);
    Datum concatenate(const Node& n);
    Datum operate(Tok op, const Datum& a, const Datum& b, Loc loc);
    Datum complex_operate(Tok op, const Datum& a, const Datum& b, Loc loc);
    Datum duration_operate(Tok op, const Datum& a, const Datum& b, Loc loc);
    std::optional<Datum> compare_bits(Tok op, const Datum& a, const Datum& b, Loc loc);
    std::optional<Datum> operate_bits(Tok op, const Datum& a, const Datum& b, Loc loc);
    Datum scalar_operate(ExprOp op, const Scalar& a, const Scalar& b, Loc loc);
    Datum scalar_unary(ExprOp op, const Scalar& a, Loc loc);
    Datum index(const Node& n);
    Datum index_datum(Datum base, std::span<const Node* const> indices, std::string_view name,
                      Loc loc);
    Datum index_array(const Symbol& array, const std::vector<const Node*>& indices, Loc loc);
    /// Part of an array: where its elements stand, or which of them a run-time index picks.
    struct ArrayPart {
        std::vector<std::uint32_t> cells;
        std::vector<std::uint32_t> sizes;  ///< empty: a single element
        ExprId run_time;                   ///< valid: number of the chosen one among `cells`
        std::size_t used = 0;              ///< how many of the indices were array indices
    };
    ArrayPart array_part(const Symbol& array, const std::vector<const Node*>& indices, Loc loc);
    static const Node& flatten(const Node& n, std::vector<const Node*>& indices);
    Scalar choose(std::span<const Scalar> choices, ExprId index, std::size_t first);
    Datum index_bits(const std::vector<BitAtom>& atoms, const Node& index, std::string_view name);
    Datum call(const Node& n);
    std::optional<Datum> math_call(const Node& n);
    Datum unary_math(const Node& n, ExprOp op);
    Datum rotate(const Node& n, bool left);
    Datum popcount(const Node& n);
    Datum size_of(const Node& n);
    Datum subroutine_call(const Symbol& callee, const std::vector<const Node*>& args, Loc loc);
    SymbolPtr bind_argument(const Statement& definition, const Parameter& p, const Node& arg);
    SymbolPtr bind_array(const Parameter& p, const Node& arg);
    Datum finish_call(Call& call);
    Datum convert(const Datum& value, const Type& type, Loc loc);
    Datum convert_array(const Datum& value, const Type& type, Loc loc);
    Datum array_literal(const Node& n, const Type& type);
    void fill_array(const Node& n, const Type& type, std::size_t dimension,
                    std::vector<Scalar>& elements);
    Scalar convert_scalar(const Scalar& s, Base from, const Type& type, Loc loc);
    Scalar as_scalar(const Datum& d, Loc loc);
    ExprId as_expr(const Scalar& s);
    ExprId as_condition(const Datum& d, Loc loc);
    std::optional<bool> known_truth(const Datum& d, Loc loc);
    std::vector<BitAtom> as_bits(const Datum& d, std::uint32_t n, Loc loc);
    ExprId bits_expr(std::span<const BitAtom> atoms);
    ExprId atom_expr(const BitAtom& atom);
    std::int64_t known_int(const Node& n, std::string_view what);
    double known_number(const Node& n, std::string_view what);
    double known_duration(const Node& n);
    Datum bits_datum(std::vector<BitAtom> atoms, bool is_register);
    /// Positions that an index element selects out of `size`; empty optional: a single run-time
    /// one.
    struct Selection {
        std::vector<std::int64_t> positions;
        bool single = false;
        ExprId run_time;
    };
    Selection select(const Node& index, std::uint32_t size, std::string_view noun,
                     std::string_view name);
    std::int64_t checked_index(std::int64_t i, std::uint32_t size, std::string_view noun,
                               std::string_view name, Loc loc) const;
    std::vector<std::int64_t> range_values(const Node& range, std::optional<std::int64_t> size);

    // --- gates (lower_gate.cc, lower_apply.cc) ---
    struct GateRef {
        std::optional<GateName> row;
        const CompositeGate* composite = nullptr;
        const Statement* definition = nullptr;
        int params = 0, qubits = 0;
        std::string_view name;
    };
    void gate_call(const Statement& s);
    void subroutine_as_gate(const Symbol& callee, const Statement& s);
    GateRef find_gate_named(std::string_view name, Loc loc);
    GateRef row_ref(GateName row, std::string_view name) const;
    Param gate_argument(const Node& n);
    Operand operand(const Node& n);
    std::vector<QubitId> known_qubits(const Node& n);
    void with_choices(std::vector<Operand>& operands, std::size_t from,
                      const std::function<void()>& body);
    struct KnownModifier {
        Tok kind;
        int controls = 0;
        double exponent = 1;
    };
    std::vector<KnownModifier> known_modifiers(const Statement& s);
    void apply(const GateRef& gate, std::span<const Param> params, std::span<const QubitId> qubits,
               std::span<const KnownModifier> modifiers, Loc loc);
    GateList collect(const GateRef& gate, std::span<const Param> params,
                     std::span<const QubitId> qubits, std::span<const KnownModifier> modifiers,
                     Loc loc);
    void inline_gate(const Statement& definition, std::span<const Param> params,
                     std::span<const QubitId> qubits, Loc loc);
    void sink(GateKind kind, int controls, std::span<const QubitId> qubits,
              std::span<const Param> params);
    void emit(const GateList& list);
    QubitId hardware_qubit(std::string_view name, Loc loc);

    void stamp() { circuit_.block(where_).back().line = line_; }

    Sources& sources_;
    const ReadOptions& options_;
    ReadResult& result_;
    Circuit& circuit_;

    std::unordered_map<std::string_view, SymbolPtr> globals_;
    std::vector<Scope> scopes_;
    const GateFrame* frame_ = nullptr;
    std::vector<Loop> loops_;
    std::vector<Call*> calls_;
    std::vector<std::int8_t> bit_known_;  ///< per BitId: 0, 1 or -1
    BlockId where_{0};
    int level_ = 0;           ///< run-time blocks around the present statement
    int run_time_loops_ = 0;  ///< run-time loops among them
    int depth_ = 0;           ///< recursion of this interpreter
    std::uint32_t line_ = 0;
    GateList* collecting_ = nullptr;
    int version_ = 3;
    bool stdgates_ = false, qelib1_ = false, ended_ = false;
    bool has_output_ = false;
    std::uint64_t work_ = 0;
    std::set<std::string> warned_;
    std::set<std::string, std::less<>> used_inputs_;
    std::vector<StatementPtr> definitions_;
    std::vector<std::uint32_t> open_files_;
    std::vector<SymbolPtr> outputs_;
    std::map<const Node*, Operand> chosen_;  ///< operands whose run-time choice is being lowered
};

/// Most bits or qubits in one register.
constexpr std::uint32_t kMaxRegister = 1u << 24;

/// Most elements in one array.
constexpr std::uint32_t kMaxArray = 1u << 20;

/// Deepest nesting of subroutine calls.
constexpr std::size_t kMaxCalls = 250;

/// What a gate inside a gate and a subroutine inside a subroutine count against kMaxDepth.
constexpr int kGateDepth = 5;
constexpr int kCallDepth = 3;

/// Deepest nesting of subroutine and gate calls, blocks and expressions together.
constexpr int kMaxDepth = 2500;

class Lowerer::DepthGuard {
  public:
    DepthGuard(Lowerer& lowerer, Loc loc, int cost = 1) : lowerer_(lowerer), cost_(cost) {
        lowerer_.depth_ += cost_;
        if (lowerer_.depth_ > kMaxDepth) {
            lowerer_.depth_ -= cost_;
            lowerer_.fail(loc, "calls, blocks and expressions are nested deeper than " +
                                   std::to_string(kMaxDepth) +
                                   " levels; is this recursion without end?");
        }
    }
    ~DepthGuard() { lowerer_.depth_ -= cost_; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;

  private:
    Lowerer& lowerer_;
    int cost_;
};

class Lowerer::ScopeGuard {
  public:
    explicit ScopeGuard(Lowerer& lowerer, bool function_base = false) : lowerer_(lowerer) {
        lowerer_.scopes_.push_back({{}, function_base});
    }
    ~ScopeGuard() { lowerer_.scopes_.pop_back(); }
    ScopeGuard(const ScopeGuard&) = delete;
    ScopeGuard& operator=(const ScopeGuard&) = delete;

  private:
    Lowerer& lowerer_;
};

/// Enters a gate's body, or with null leaves it for a subroutine's.
class Lowerer::FrameGuard {
  public:
    FrameGuard(Lowerer& lowerer, const GateFrame* frame)
        : lowerer_(lowerer), outer_(std::exchange(lowerer.frame_, frame)) {}
    ~FrameGuard() { lowerer_.frame_ = outer_; }
    FrameGuard(const FrameGuard&) = delete;
    FrameGuard& operator=(const FrameGuard&) = delete;

  private:
    Lowerer& lowerer_;
    const GateFrame* outer_;
};

}  // namespace carillon::qasm
