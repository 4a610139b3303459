// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "carillon/workload/validate/canonical_form.h"
#include "carillon/workload/validate/matrix_table.h"
#include "carillon/workload/validate/qubit_map.h"
#include "carillon/workload/validate/source_form.h"

namespace carillon::validation {

/// Adds a value to a sorted set, or takes it out when it is there.
template <class T>
void toggle(std::vector<T>& set, T value) {
    const auto at = std::ranges::lower_bound(set, value);
    if (at != set.end() && *at == value)
        set.erase(at);
    else
        set.insert(at, value);
}

/// What a physical qubit holds: in every term of the state its Z value is the XOR of the values of
/// some wires, of some measured outcomes, and of a constant. |0> holds nothing at all.
struct Content {
    std::vector<std::uint32_t> wires;  ///< sorted
    std::vector<Definition> outcomes;  ///< sorted
    bool flip = false;
    bool turned = false;  ///< an H came after; only a measurement may follow

    bool classical() const { return wires.empty() && !turned; }
    bool zero() const { return classical() && outcomes.empty() && !flip; }
    friend bool operator==(const Content&, const Content&) = default;
};

/// The quantum state of all QPUs, symbolically; it undoes the protocols as they happen and passes
/// what is left, gates on source qubits, to a canonical form.
///
/// The state is a sum over the values of the wires: those of the source's qubits, in the state that
/// the logical gates so far have made, and those of Bell pairs, each in |+>. Example, a CX from q
/// to a qubit elsewhere: the pair makes wire v held by a and b. CX from q to a: a holds q + v. Its
/// measurement with outcome m says v = q + m, so b holds q + m; X on b if m clears it. b is a copy
/// of q, and a phase or the control of a CX may use it. H on b and its measurement with outcome k
/// leave a phase k q, which Z on q if k clears.
///
/// A CX whose target q has copies is done on each of them. In between they hold q or q + y; when
/// all hold q + y, that takes the place of q: a CX from y to q, and a Z due on q + y is one on
/// either.
///
/// A remote gate with many controls: a CCX from a and b to half of a pair, and the measurement of
/// that half, leave a copy of the product a b at the other end, a wire of its own (a product wire).
/// A phase on it is a phase on a b; H and measurement with outcome k leave a phase k a b, which a
/// controlled Z on a and b if k clears.
///
/// Every member function throws Difference when the program does what has no meaning for its
/// source.
class QuantumMemory {
  public:
    QuantumMemory(const QubitMap& names, CanonicalForm& form, MatrixTable& matrices,
                  Definition first_outcome);

    void place(Physical p, std::uint32_t wire);
    void make_pair(Physical a, Physical b);
    /// What `from` holds goes to `to`, which is |0>, and leaves |0> behind.
    void carry(Physical from, Physical to);
    /// X, Y or Z on p when the XOR of the outcomes is 1.
    void correct(GateKind pauli, Physical p, std::span<const Definition> outcomes);
    /// A Z controlled by all of `operands` but one, when the XOR of the outcomes is 1: it corrects
    /// a product that was measured out.
    void correct_product(std::span<const Physical> operands, std::span<const Definition> outcomes);
    void gate(GateKind kind, int controls, std::span<const Physical> operands,
              std::span<const Angle> angles, const Matrix* matrix);
    /// Whether the gate needs qubits of its own where an operand holds the parity of several, as
    /// it does until the other copies have had the same CX. It can wait for them.
    bool must_wait(GateKind kind, int controls, std::span<const Physical> operands) const;
    /// A protocol's measurement; returns the outcome's name.
    Definition measure(Physical p);
    void measure_source(Physical p, std::uint32_t number);
    void reset_source(Physical p, std::uint32_t number);
    /// Back to |0>, of a qubit that holds no part of the state.
    void clear(Physical p);

    /// Enters a block of the source that touches `wires`.
    void begin_block(std::uint32_t number, std::span<const std::uint32_t> wires);
    /// Ends its first (kElse) or last (kEnd) branch; the state is again that of the entry.
    void end_branch(EventKind kind);
    /// Leaves the block.
    void end_block(bool loop);

    /// Checks that `p` holds exactly `wire`.
    void check_end(Physical p, std::uint32_t wire);
    /// Checks that nothing but the qubits in `allowed` (sorted) holds a part of the state.
    void check_released(std::span<const Physical> allowed) const;

    Definition new_outcome() { return next_outcome_++; }
    /// Qubits that held a parity and hold a qubit of their own now; the caller clears it.
    std::vector<Physical>& settled() { return settled_; }
    std::size_t entangled() const { return entangled_; }
    std::size_t disentangled() const { return disentangled_; }

  private:
    struct Wire {
        std::vector<Physical> holders;
        std::vector<Definition> pending;  ///< outcomes whose XOR calls for a Z
        std::uint32_t region = 0;
        /// Of a product wire: the literals whose AND is its value. They do not change while it
        /// lives.
        std::vector<Literal> factors;
        std::uint32_t products = 0;  ///< product wires that have this one as a factor
    };
    /// A physical qubit as it was when a branch first touched it.
    struct Saved {
        Physical qubit = 0;
        Content entry;
        bool relied = true;  ///< what it held mattered
        std::uint32_t stamp_before = 0;
    };
    /// A qubit without a wire at the end of a branch.
    struct BranchEnd {
        Physical qubit = 0;
        Content entry, end;
        bool relied = true;
        bool first_branch = false;
    };
    struct Frame {
        std::uint32_t number = 0;
        std::uint32_t region = 0;
        std::uint32_t stamp = 0;
        std::size_t pairs_alive = 0;
        std::vector<std::uint32_t> wires;
        std::vector<Physical> holders;  ///< of `wires` at the entry
        std::vector<Saved> saved;
        std::vector<BranchEnd> ends;
    };

    std::uint32_t region() const { return frames_.empty() ? 0 : frames_.back().region; }
    bool is_pair(std::uint32_t wire) const { return wire >= form_.num_wires(); }
    bool is_product(std::uint32_t wire) const { return !wires_[wire].factors.empty(); }
    std::vector<Literal> product_of(std::span<const Physical> holders) const;
    void append_literals(Physical p, std::vector<Literal>& literals) const;
    void copy_product(std::span<const Physical> controls, Physical target);
    void free_if_done(std::uint32_t product);
    std::string copies_of(std::uint32_t wire, Physical except) const;
    void touch(Physical p, bool relied = true);
    void check_scope(Physical p) const;
    void check_plain(Physical p) const;
    std::uint32_t only_wire(Physical p) const;
    bool sole(Physical p) const;
    std::uint32_t settled_wire(Physical p);
    void toggle_wire(Physical p, std::uint32_t wire);
    void toggle_outcome(std::vector<Definition>& set, bool& flip, Definition outcome) const;
    void set_content(Physical p, Content content);
    void swap_contents(Physical a, Physical b);
    bool holds_parity(Physical p) const;
    bool acts_on_parities(Physical control, Physical target) const;
    void copy_or_uncopy(Physical control, Physical target);
    void absorb_controls(std::uint32_t wire);
    void absorb(std::uint32_t wire, std::uint32_t control);
    void gate_on_copy(Physical p, const Primitive& step);
    void logical_gate(int controls, std::span<const Physical> operands, const Matrix* matrix,
                      bool opaque);
    bool determined_without(Physical p, std::uint32_t wire) const;
    Definition measure_turned(Physical p);
    Definition known_outcome(const Content& content);
    std::uint32_t new_pair_wire();

    const QubitMap& names_;
    CanonicalForm& form_;
    MatrixTable& matrices_;
    std::vector<Content> contents_;
    std::vector<Wire> wires_;
    std::vector<std::uint32_t> free_wires_;
    std::map<std::vector<std::uint64_t>, std::uint32_t> products_;  ///< by factors
    std::vector<std::uint32_t> stamps_;  ///< by qubit: branch that saved it last
    std::vector<Frame> frames_;
    std::uint32_t last_region_ = 0, last_stamp_ = 0;
    Definition next_outcome_;
    /// Outcomes that are the XOR of others (and 1): measurements of known qubits.
    std::unordered_map<Definition, Content> derived_;
    std::size_t entangled_ = 0, disentangled_ = 0;
    std::vector<Physical> settled_;
    std::vector<Primitive> steps_;
    std::vector<Physical> at_;
    std::vector<Literal> literals_;
};

}  // namespace carillon::validation
