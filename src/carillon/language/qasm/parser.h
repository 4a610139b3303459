// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "carillon/language/qasm/ast.h"
#include "carillon/language/qasm/lexer.h"

namespace carillon::qasm {

/// Recursive-descent parser of one file; gives one top-level statement at a time.
class Parser {
  public:
    /// `version` is 2 or 3; a version statement in the file changes it.
    Parser(const Sources& sources, std::uint32_t file, int version);

    /// The next statement, or null at the end of the file.
    StatementPtr next_statement();
    /// The whole file as one expression (array initialisers allowed), for values given as text.
    NodePtr whole_expression();

    int version() const { return version_; }

  private:
    // Tokens.
    const Token& peek();
    Token take();
    bool at(Tok kind) const { return token_.kind == kind; }
    bool accept(Tok kind);
    Token expect(Tok kind, std::string_view where);
    void expect_semicolon(std::string_view after);
    Token expect_name(std::string_view what);
    bool at_name() const;
    bool at_operand() const;
    [[noreturn]] void fail(Loc loc, const std::string& message) const;
    [[noreturn]] void unexpected(std::string_view wanted) const;

    // Statements (parser.cc).
    StatementPtr statement();
    StatementPtr keyword_statement();
    StatementPtr make(StatementKind kind) const;
    StatementPtr version_statement();
    StatementPtr include_statement();
    StatementPtr if_statement();
    StatementPtr for_statement();
    StatementPtr while_statement();
    StatementPtr switch_statement();
    StatementPtr return_statement();
    StatementPtr simple_statement(StatementKind kind, std::string_view what);
    StatementPtr box_statement();
    StatementPtr block_statement();
    StatementPtr let_statement();
    std::vector<StatementPtr> braced_block(std::string_view what);
    std::vector<StatementPtr> block_or_statement(std::string_view what);
    NodePtr parenthesised(std::string_view what);

    // Quantum statements and expressions used as statements (parser_quantum.cc).
    StatementPtr measure_statement();
    StatementPtr operand_statement(StatementKind kind, bool may_be_empty);
    StatementPtr delay_statement();
    StatementPtr modified_call();
    StatementPtr name_statement();
    void finish_call(Statement& call, NodePtr callee);
    StatementPtr assignment(NodePtr target);
    void operand_list(std::vector<NodePtr>& operands);
    NodePtr operand();
    Modifier modifier();

    // Declarations and definitions (parser_declare.cc).
    StatementPtr declaration(Qualifier qualifier, Loc loc);
    StatementPtr cast_statement(StatementPtr s);
    StatementPtr old_register(Qualifier qualifier, Loc loc);
    StatementPtr gate_definition(StatementKind kind);
    StatementPtr subroutine_definition();
    StatementPtr extern_declaration();
    StatementPtr cal_block();
    StatementPtr defcal_block();
    StatementPtr defcalgrammar();
    Parameter subroutine_parameter();
    std::vector<Parameter> name_list(std::string_view what, Tok closing);
    bool at_type() const;
    bool old_bit_type() const;
    TypePtr type();
    TypePtr scalar_type();
    TypePtr array_type();
    NodePtr designator();

    // Expressions (parser_expression.cc).
    NodePtr expression() { return binary(0); }
    NodePtr value_or_measure();
    NodePtr initializer();
    NodePtr alias_value();
    NodePtr binary(int lowest, NodePtr first = nullptr);
    NodePtr unary();
    NodePtr power(NodePtr base);
    NodePtr postfix();
    NodePtr index_of(NodePtr base);
    NodePtr range_or_expression();
    NodePtr set();
    NodePtr primary();
    NodePtr cast_or_name();
    NodePtr call(Token name);
    NodePtr number_literal();
    NodePtr duration_literal();
    NodePtr duration_of();
    NodePtr make_node(NodeKind kind, const Token& token) const;
    void adopt(Node& parent, NodePtr child) const;

    /// Counts nesting of calls; throws past kMaxNesting.
    class Nest {
      public:
        explicit Nest(Parser& parser);
        ~Nest() { --parser_.nesting_; }
        Nest(const Nest&) = delete;
        Nest& operator=(const Nest&) = delete;

      private:
        Parser& parser_;
    };

    const Sources& sources_;
    Lexer lexer_;
    Token token_;
    std::optional<Token> peeked_;
    Loc previous_end_;  ///< just behind the last token taken
    int version_;
    int nesting_ = 0;
    bool first_ = true;                                   ///< no statement has been read yet
    std::unordered_set<std::string_view> keyword_gates_;  ///< OpenQASM 2 gates named like keywords
};

}  // namespace carillon::qasm
