// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/quantum_memory.h"

#include <algorithm>
#include <cmath>

#include "carillon/workload/validate/difference.h"

namespace carillon::validation {

namespace {

bool is_hadamard(const Matrix2& m) {
    const Complex a = m[0];
    return std::abs(std::abs(a) - std::numbers::sqrt2 / 2) < 1e-9 && std::abs(m[1] - a) < 1e-9 &&
           std::abs(m[2] - a) < 1e-9 && std::abs(m[3] + a) < 1e-9;
}

}  // namespace

QuantumMemory::QuantumMemory(const QubitMap& names, CanonicalForm& form, MatrixTable& matrices,
                             Definition first_outcome)
    : names_(names),
      form_(form),
      matrices_(matrices),
      contents_(names.size()),
      wires_(form.num_wires()),
      stamps_(names.size(), 0),
      next_outcome_(first_outcome) {}

// --- checks ---------------------------------------------------------------------------------

void QuantumMemory::check_scope(Physical p) const {
    for (const std::uint32_t w : contents_[p].wires)
        if (wires_[w].region != region())
            throw Difference(names_.name(p) + " holds " + names_.wire_name(w) +
                             ", which the source's block does not touch");
}

void QuantumMemory::check_plain(Physical p) const {
    check_scope(p);
    if (contents_[p].turned)
        throw Difference(names_.name(p) +
                         " holds a copy that an H has turned; only its measurement may follow");
}

/// The one source wire that p holds, free of corrections.
std::uint32_t QuantumMemory::only_wire(Physical p) const {
    check_plain(p);
    const Content& c = contents_[p];
    if (c.wires.empty()) throw Difference(names_.name(p) + " holds no qubit");
    if (c.wires.size() > 1)
        throw Difference(names_.name(p) + " holds the parity of " + names_.wire_name(c.wires[0]) +
                         " and " + names_.wire_name(c.wires[1]) + ", no qubit of its own");
    if (!c.outcomes.empty())
        throw Difference(names_.name(p) + " holds " + names_.wire_name(c.wires[0]) +
                         " without its X correction");
    if (is_pair(c.wires[0]) && !is_product(c.wires[0]))
        throw Difference(names_.name(p) + " is half of a Bell pair that carries no qubit");
    return c.wires[0];
}

bool QuantumMemory::sole(Physical p) const {
    const Content& c = contents_[p];
    return c.wires.size() == 1 && wires_[c.wires[0]].holders.size() == 1;
}

std::string QuantumMemory::copies_of(std::uint32_t wire, Physical except) const {
    for (const Physical h : wires_[wire].holders)
        if (h != except) return names_.name(h);
    return "nowhere";
}

/// The wire that p alone holds, with no correction due; a flip of the holder becomes an X of the
/// wire.
std::uint32_t QuantumMemory::settled_wire(Physical p) {
    const std::uint32_t wire = only_wire(p);
    if (is_product(wire))
        throw Difference(names_.name(p) + " holds a product of qubits; only phases may act on it");
    if (wires_[wire].products != 0)
        throw Difference(names_.wire_name(wire) + " at " + names_.name(p) +
                         " is a factor of a product that is still held elsewhere");
    if (!sole(p))
        throw Difference(names_.wire_name(wire) + " at " + names_.name(p) +
                         " still has a copy at " + copies_of(wire, p));
    if (!wires_[wire].pending.empty())
        throw Difference(names_.wire_name(wire) + " at " + names_.name(p) +
                         " lacks a Z correction");
    if (contents_[p].flip) form_.flip(wire);
    contents_[p].flip = false;
    return wire;
}

// --- contents -------------------------------------------------------------------------------

/// Keeps what p holds for the end of the branch, before it changes for the first time.
void QuantumMemory::touch(Physical p, bool relied) {
    if (frames_.empty() || stamps_[p] == frames_.back().stamp) return;
    frames_.back().saved.push_back({p, contents_[p], relied, stamps_[p]});
    stamps_[p] = frames_.back().stamp;
}

void QuantumMemory::toggle_wire(Physical p, std::uint32_t wire) {
    toggle(contents_[p].wires, wire);
    auto& holders = wires_[wire].holders;
    const auto at = std::ranges::find(holders, p);
    if (at == holders.end()) {
        holders.push_back(p);
    } else {
        *at = holders.back();
        holders.pop_back();
    }
}

/// XORs an outcome into a set of outcomes and a constant.
void QuantumMemory::toggle_outcome(std::vector<Definition>& set, bool& flip,
                                   Definition outcome) const {
    if (outcome == 0) return;  // a bit that was never written is 0
    const auto known = derived_.find(outcome);
    if (known == derived_.end()) return toggle(set, outcome);
    for (const Definition o : known->second.outcomes) toggle(set, o);
    flip ^= known->second.flip;
}

void QuantumMemory::set_content(Physical p, Content content) {
    while (!contents_[p].wires.empty()) toggle_wire(p, contents_[p].wires.back());
    const std::vector<std::uint32_t> wires = std::move(content.wires);
    content.wires.clear();
    contents_[p] = std::move(content);
    for (const std::uint32_t w : wires) toggle_wire(p, w);
}

void QuantumMemory::swap_contents(Physical a, Physical b) {
    touch(a);
    touch(b);
    const auto rename = [&](Physical from, Physical to) {
        for (const std::uint32_t w : contents_[from].wires) {
            if (std::ranges::binary_search(contents_[to].wires, w)) continue;
            *std::ranges::find(wires_[w].holders, from) = to;
        }
    };
    rename(a, b);
    rename(b, a);
    std::swap(contents_[a], contents_[b]);
}

void QuantumMemory::place(Physical p, std::uint32_t wire) {
    if (!contents_[p].zero())
        throw Difference("the initial layout puts two source qubits on " + names_.name(p));
    toggle_wire(p, wire);
}

std::uint32_t QuantumMemory::new_pair_wire() {
    std::uint32_t wire = static_cast<std::uint32_t>(wires_.size());
    if (free_wires_.empty()) {
        wires_.emplace_back();
    } else {
        wire = free_wires_.back();
        free_wires_.pop_back();
    }
    wires_[wire].region = region();
    if (!frames_.empty()) ++frames_.back().pairs_alive;
    return wire;
}

void QuantumMemory::make_pair(Physical a, Physical b) {
    for (const Physical p : {a, b})
        if (!contents_[p].zero())
            throw Difference("a Bell pair is made on " + names_.name(p) + ", which is not in |0>");
    touch(a);
    touch(b);
    const std::uint32_t wire = new_pair_wire();
    toggle_wire(a, wire);
    toggle_wire(b, wire);
}

void QuantumMemory::carry(Physical from, Physical to) {
    check_scope(from);
    if (!contents_[to].zero())
        throw Difference("a qubit is carried to " + names_.name(to) + ", which is not in |0>");
    if (contents_[from].classical())
        throw Difference(names_.name(from) + " is carried away but holds no part of the state");
    swap_contents(from, to);
}

void QuantumMemory::correct(GateKind pauli, Physical p, std::span<const Definition> outcomes) {
    check_plain(p);
    touch(p);
    Content& c = contents_[p];
    if (pauli != GateKind::kX)
        for (const std::uint32_t w : c.wires)
            for (const Definition o : outcomes) {
                bool sign = false;  // -1 to a known power has no effect
                toggle_outcome(wires_[w].pending, sign, o);
                if (sign) {
                    const Literal literal{w, false};
                    if (is_pair(w)) throw Difference("a Bell pair is turned by a Z");
                    form_.phase({&literal, 1}, {std::numbers::pi});
                }
            }
    if (pauli != GateKind::kZ)
        for (const Definition o : outcomes) toggle_outcome(c.outcomes, c.flip, o);
}

void QuantumMemory::clear(Physical p) {
    check_scope(p);
    if (!contents_[p].classical())
        throw Difference(names_.name(p) + " is reset while it holds a part of " +
                         names_.wire_name(contents_[p].wires.empty() ? 0 : contents_[p].wires[0]));
    touch(p, false);
    contents_[p] = {};
}

// --- gates ----------------------------------------------------------------------------------

void QuantumMemory::gate(GateKind kind, int controls, std::span<const Physical> operands,
                         std::span<const Angle> angles, const Matrix* matrix) {
    if (kind == GateKind::kSwap && controls == 0) return swap_contents(operands[0], operands[1]);
    for (const Physical p : operands) {
        check_plain(p);
        touch(p);
    }
    if (kind == GateKind::kX && controls == 0) {
        contents_[operands[0]].flip ^= true;
        return;
    }
    if (kind == GateKind::kX && controls == 1 && acts_on_parities(operands[0], operands[1]))
        return copy_or_uncopy(operands[0], operands[1]);
    if (kind == GateKind::kX && controls > 1 && !sole(operands.back()))
        return copy_product(operands.first(operands.size() - 1), operands.back());
    const bool expanded = expand_gate(kind, controls, angles, matrix, steps_);
    const bool one = operands.size() == 1 && expanded && steps_.size() == 1;
    if (one && steps_[0].kind == Primitive::Kind::kUnitary) {
        // An antidiagonal gate also commutes, up to global phase, with a Z correction still due.
        const bool antidiagonal = std::abs(steps_[0].matrix[0]) < 1e-9;
        const auto& held = contents_[operands[0]].wires;
        const bool product = held.size() == 1 && is_product(held[0]);
        if (antidiagonal || product || !sole(operands[0]))
            return gate_on_copy(operands[0], steps_[0]);
    }
    logical_gate(controls, operands, matrix, !expanded);
}

/// A one-qubit gate on a qubit that holds one of several copies.
void QuantumMemory::gate_on_copy(Physical p, const Primitive& step) {
    Content& c = contents_[p];
    const Matrix2& m = step.matrix;
    if (c.wires.empty()) throw Difference(names_.name(p) + " holds no qubit");
    if (is_hadamard(m)) {
        c.turned = true;
        return;
    }
    if (std::abs(m[0]) > 1e-9) {
        throw Difference(names_.wire_name(c.wires[0]) + " at " + names_.name(p) +
                         " still has a copy at " + copies_of(c.wires[0], p));
    }
    if (is_product(only_wire(p)))
        throw Difference(names_.name(p) + " holds a product of qubits; only phases may act on it");
    c.flip ^= true;  // X and then a phase
    const Literal literal{only_wire(p), c.flip};
    form_.phase({&literal, 1}, {std::arg(m[2]) - std::arg(m[1])});
}

void QuantumMemory::logical_gate(int controls, std::span<const Physical> operands,
                                 const Matrix* matrix, bool opaque) {
    at_.assign(operands.begin(), operands.end());
    if (opaque) {
        std::vector<std::uint32_t> wires;
        for (const Physical p : at_) wires.push_back(settled_wire(p));
        return matrices_.append(form_, *matrix, controls, wires);
    }
    const auto first = static_cast<std::size_t>(controls);
    for (const Physical p : at_) only_wire(p);
    for (const Primitive& s : steps_)
        if (s.kind == Primitive::Kind::kUnitary) settled_wire(at_[first + s.target]);
    for (const Primitive& s : steps_) switch (s.kind) {
            case Primitive::Kind::kUnitary:
                form_.unitary(contents_[at_[first + s.target]].wires[0], s.matrix);
                break;
            case Primitive::Kind::kPhase:
                literals_.clear();
                for (std::size_t i = 0; i < at_.size(); ++i)
                    if (i < first ? s.controlled : s.targets >> (i - first) & 1)
                        append_literals(at_[i], literals_);
                form_.phase(literals_, s.angle);
                break;
            case Primitive::Kind::kExchange:
                swap_contents(at_[first], at_[first + 1]);
                break;
        }
}

// --- products -------------------------------------------------------------------------------

/// What the value of p is the AND of, added to literals that are there already.
void QuantumMemory::append_literals(Physical p, std::vector<Literal>& literals) const {
    const Content& c = contents_[p];
    const std::uint32_t wire = only_wire(p);
    if (!is_product(wire)) {
        literals.push_back({wire, c.flip});
        return;
    }
    if (c.flip) throw Difference(names_.name(p) + " holds the opposite of a product of qubits");
    for (const Literal& factor : wires_[wire].factors) {
        const auto same = std::ranges::find(literals, factor.wire, &Literal::wire);
        if (same == literals.end())
            literals.push_back(factor);
        else if (same->negated != factor.negated)
            throw Difference(names_.name(p) + " holds a product with the opposite of " +
                             names_.wire_name(factor.wire));
    }
}

/// The literals whose AND is the AND of what the qubits hold, by wire.
std::vector<Literal> QuantumMemory::product_of(std::span<const Physical> holders) const {
    std::vector<Literal> literals;
    for (const Physical p : holders) append_literals(p, literals);
    std::ranges::sort(literals, {}, &Literal::wire);
    for (std::size_t i = 0; i + 1 < literals.size(); ++i)
        if (literals[i].wire == literals[i + 1].wire)
            throw Difference("a gate has two copies of " + names_.wire_name(literals[i].wire) +
                             " as controls");
    return literals;
}

namespace {

std::vector<std::uint64_t> key_of(std::span<const Literal> literals) {
    std::vector<std::uint64_t> key;
    for (const Literal& l : literals) key.push_back(std::uint64_t{l.wire} << 1 | l.negated);
    return key;
}

}  // namespace

/// A multi-controlled X onto half of a Bell pair, which now also holds the product, or onto |0>,
/// which becomes a copy of it.
void QuantumMemory::copy_product(std::span<const Physical> controls, Physical target) {
    const Content& c = contents_[target];
    const bool half_of_pair = c.wires.size() == 1 && is_pair(c.wires[0]) && !is_product(c.wires[0]);
    if (!half_of_pair && !c.zero())
        throw Difference(names_.name(target) + " is the target of a gate with " +
                         std::to_string(controls.size()) +
                         " controls but holds a copy of something else");
    std::vector<Literal> factors = product_of(controls);
    const auto [at, fresh] = products_.try_emplace(key_of(factors));
    if (fresh) {
        at->second = new_pair_wire();
        for (const Literal& f : factors) ++wires_[f.wire].products;
        wires_[at->second].factors = std::move(factors);
    }
    toggle_wire(target, at->second);
}

void QuantumMemory::correct_product(std::span<const Physical> operands,
                                    std::span<const Definition> outcomes) {
    for (const Physical p : operands) touch(p);
    const std::vector<Literal> literals = product_of(operands);
    const auto at = products_.find(key_of(literals));
    if (at == products_.end())
        throw Difference("corrects a product of qubits that nothing holds or held");
    bool sign = false;
    for (const Definition o : outcomes) toggle_outcome(wires_[at->second].pending, sign, o);
    if (sign) form_.phase(literals, {std::numbers::pi});
    free_if_done(at->second);
}

/// Forgets a product wire that nothing holds and that no correction is due for.
void QuantumMemory::free_if_done(std::uint32_t product) {
    Wire& wire = wires_[product];
    if (!wire.holders.empty() || !wire.pending.empty()) return;
    products_.erase(key_of(wire.factors));
    for (const Literal& f : wire.factors) --wires_[f.wire].products;
    wires_[product] = {};
    free_wires_.push_back(product);
    if (!frames_.empty()) --frames_.back().pairs_alive;
}

// --- measurements ---------------------------------------------------------------------------

void QuantumMemory::measure_source(Physical p, std::uint32_t number) {
    check_plain(p);
    touch(p);
    form_.separator(EventKind::kMeasure, settled_wire(p), number);
}

void QuantumMemory::reset_source(Physical p, std::uint32_t number) {
    check_plain(p);
    touch(p);
    form_.separator(EventKind::kReset, settled_wire(p), number);
}

/// True when the value of `wire` can be read off qubits other than p.
bool QuantumMemory::determined_without(Physical p, std::uint32_t wire) const {
    if (is_product(wire))
        return std::ranges::all_of(wires_[wire].factors, [&](const Literal& factor) {
            return determined_without(p, factor.wire);
        });
    const auto plain_holder = [&](std::uint32_t w) {
        return std::ranges::any_of(wires_[w].holders, [&](Physical h) {
            return h != p && !contents_[h].turned && contents_[h].wires.size() == 1;
        });
    };
    if (plain_holder(wire)) return true;
    return std::ranges::any_of(wires_[wire].holders, [&](Physical h) {
        if (h == p || contents_[h].turned) return false;
        // A product may not stand in for one of its factors: it is a function of them.
        return std::ranges::all_of(contents_[h].wires, [&](std::uint32_t w) {
            return w == wire || (!is_product(w) && plain_holder(w));
        });
    });
}

/// Measurement after an H: the outcome is a phase on what the qubit held.
Definition QuantumMemory::measure_turned(Physical p) {
    for (const std::uint32_t w : contents_[p].wires)
        if (!determined_without(p, w))
            throw Difference("the measurement of " + names_.name(p) + " destroys " +
                             names_.wire_name(w) + ", which nothing else holds");
    const Definition outcome = new_outcome();
    const std::vector<std::uint32_t> held = contents_[p].wires;
    for (const std::uint32_t w : held) toggle(wires_[w].pending, outcome);
    set_content(p, {{}, {outcome}, false, false});
    for (const std::uint32_t w : held) absorb_controls(w);
    ++disentangled_;
    return outcome;
}

Definition QuantumMemory::known_outcome(const Content& content) {
    if (content.outcomes.empty() && !content.flip) return 0;
    if (content.outcomes.size() == 1 && !content.flip) return content.outcomes[0];
    const Definition outcome = new_outcome();
    derived_[outcome] = content;
    return outcome;
}

Definition QuantumMemory::measure(Physical p) {
    check_scope(p);
    touch(p);
    if (contents_[p].turned) return measure_turned(p);
    if (contents_[p].classical()) return known_outcome(contents_[p]);
    // A Bell pair's value becomes known relative to the rest; the one with the fewest holders goes.
    std::uint32_t gone = 0;
    std::size_t fewest = 0;
    for (const std::uint32_t w : contents_[p].wires)
        if (is_pair(w) && !is_product(w) && (fewest == 0 || wires_[w].holders.size() < fewest)) {
            gone = w;
            fewest = wires_[w].holders.size();
        }
    if (fewest == 0)
        throw Difference("a protocol measures " + names_.name(p) + ", which holds " +
                         names_.wire_name(contents_[p].wires[0]));
    const Definition outcome = new_outcome();
    Content relation = contents_[p];
    toggle(relation.outcomes, outcome);
    const std::vector<Physical> holders = wires_[gone].holders;
    for (const Physical h : holders) {
        if (h == p) continue;
        touch(h);
        for (const std::uint32_t w : relation.wires) toggle_wire(h, w);
        for (const Definition o : relation.outcomes) toggle(contents_[h].outcomes, o);
        contents_[h].flip ^= relation.flip;
    }
    for (const std::uint32_t w : relation.wires)
        if (w != gone)
            for (const Definition o : wires_[gone].pending) toggle(wires_[w].pending, o);
    set_content(p, {{}, {outcome}, false, false});
    wires_[gone] = {};
    free_wires_.push_back(gone);
    if (!frames_.empty()) --frames_.back().pairs_alive;
    for (const std::uint32_t w : relation.wires) absorb_controls(w);
    ++entangled_;
    return outcome;
}

// --- the end --------------------------------------------------------------------------------

void QuantumMemory::check_end(Physical p, std::uint32_t wire) {
    if (contents_[p].wires.empty() || settled_wire(p) != wire)
        throw Difference("the final layout wants " + names_.name(p) + " to hold " +
                         (contents_[p].wires.empty()
                              ? "a qubit, it holds nothing"
                              : "another qubit than " + names_.wire_name(only_wire(p))));
}

void QuantumMemory::check_released(std::span<const Physical> allowed) const {
    if (!products_.empty())
        throw Difference("at the end a product of qubits lacks a Z correction or is still held");
    for (Physical p = 0; p < contents_.size(); ++p)
        if (!contents_[p].classical() && !std::ranges::binary_search(allowed, p))
            throw Difference("at the end " + names_.name(p) + " still holds " +
                             (contents_[p].wires.empty()
                                  ? "something"
                                  : names_.wire_name(contents_[p].wires[0])));
}

}  // namespace carillon::validation
