// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

std::string quoted(std::string_view name) {
    return "`" + std::string(name) + "`";
}

Value zero_of(const Type& type) {
    Value v;
    v.type = scalar_type_of(type.base);
    v.width = static_cast<std::uint8_t>(type.base == Base::kBool ? 1 : type.width);
    return v;
}

}  // namespace

/// Makes the variable of an output, to be used if and when its value goes to run time.
void Lowerer::reserve_variable(Cell& cell, const Type& type, const std::string& name) {
    cell.reserved = circuit_.add_variable(name, zero_of(type), true);
}

void Lowerer::assign_variable(VariableId variable, ExprId value) {
    circuit_.assign_variable(variable, value, where_);
    stamp();
}

VariableId Lowerer::give_variable(Cell& cell, const Type& type, std::string_view name) {
    if (!cell.var.valid())
        cell.var = cell.reserved.valid() ? cell.reserved
                                         : circuit_.add_variable(std::string(name), zero_of(type));
    return cell.var;
}

/// Puts a value into a cell. Memory is written when the cell has any or the value needs it.
void Lowerer::store(Cell& cell, const Type& type, const Datum& value, std::string_view name,
                    int level, Loc loc) {
    Type element = type;
    element.sizes.clear();
    Scalar s;
    if (element.base == Base::kBit) {
        s = as_scalar(convert(value, element, loc), loc);
        if (s.known()) s.value = cast(s.value, ScalarType::kUint, static_cast<int>(type.width));
    } else {
        s = convert(value, element, loc).scalar;
    }
    const bool memoryless = element.base == Base::kComplex || element.base == Base::kDuration;
    if (memoryless && level_ > level)
        fail(loc, quoted(name) + " is of type " + to_string(element) +
                      " and cannot change where control depends on a measurement");
    if (level_ > level && !cell.var.valid())
        throw InternalError("qasm: `" + std::string(name) +
                            "` is assigned in a run-time block without memory");
    cell.known = s.known();
    if (cell.known) {
        cell.now = s;
        if (cell.var.valid()) assign_variable(cell.var, circuit_.constant(s.value));
        return;
    }
    const VariableId variable = give_variable(cell, element, name);
    cell.now = Scalar{};
    cell.now.value = zero_of(element);
    assign_variable(variable, s.expr);
}

/// One operation for at most 64 neighbouring bits.
void Lowerer::store_run(BitId first, std::span<const BitAtom> atoms) {
    bool same = true;  // what memory holds already
    for (std::size_t i = 0; i < atoms.size(); ++i)
        same &= atoms[i].known >= 0 && bit_known_[first.value + i] == atoms[i].known;
    if (same) return;
    circuit_.assign_bits(first, static_cast<std::uint32_t>(atoms.size()), bits_expr(atoms), where_);
    stamp();
}

void Lowerer::store_bits(std::span<const BitId> bits, std::vector<BitAtom> atoms, Loc loc) {
    count(loc, 1 + bits.size() / 64);
    const auto run_end = [&](std::size_t i) {
        std::size_t end = i + 1;
        while (end < bits.size() && end - i < 64 && bits[end].value == bits[i].value + (end - i))
            ++end;
        return end;
    };
    if (!bits.empty() && run_end(0) < bits.size()) {
        // Several operations: what a later one reads must not be overwritten by an earlier one.
        std::vector<BitId> targets(bits.begin(), bits.end());
        std::sort(targets.begin(), targets.end());
        const bool overlap = std::any_of(atoms.begin(), atoms.end(), [&](const BitAtom& a) {
            return a.known < 0 &&
                   (!a.bit.valid() || std::binary_search(targets.begin(), targets.end(), a.bit));
        });
        if (overlap) {
            const auto n = static_cast<std::uint32_t>(atoms.size());
            const BitId copy = circuit_.add_bits("_copy", n, false);
            bit_known_.resize(circuit_.num_bits, -1);
            for (std::size_t i = 0; i < n; i += 64) {
                const std::size_t m = std::min<std::size_t>(64, n - i);
                store_run(BitId{copy.value + i}, {atoms.data() + i, m});
            }
            for (std::size_t i = 0; i < n; ++i)
                if (atoms[i].known < 0) atoms[i] = {-1, BitId{copy.value + i}, {}};
        }
    }
    for (std::size_t i = 0; i < bits.size();) {
        const std::size_t end = run_end(i);
        store_run(bits[i], {atoms.data() + i, end - i});
        i = end;
    }
    for (std::size_t i = 0; i < bits.size(); ++i) bit_known_[bits[i].value] = atoms[i].known;
}

/// The symbol that a name on the left of an assignment stands for.
Symbol& Lowerer::assignable(const Node& root) {
    if (root.kind != NodeKind::kName)
        fail(root.loc, "only a variable or an element of one can be assigned to");
    Symbol& s = find_visible(root.text, root.loc);
    if (s.kind != SymbolKind::kScalar && s.kind != SymbolKind::kBits &&
        s.kind != SymbolKind::kArray)
        fail(root.loc, quoted(root.text) + " is " + describe(s) + " and cannot be assigned to");
    if (s.constant)
        fail(root.loc, quoted(root.text) + " is " +
                           (s.kind == SymbolKind::kArray ? "read-only" : "constant") +
                           " and cannot be assigned to");
    return s;
}

void Lowerer::assign_statement(const Statement& s) {
    count(s.loc);
    if (s.value->kind == NodeKind::kMeasure) {
        measure_into(*s.value->args[0], s.target.get(), s.loc);
        return;
    }
    if (s.value->kind == NodeKind::kSet) {
        if (s.target->kind != NodeKind::kName)
            fail(s.value->loc, "values in braces are assigned to whole arrays only");
        Symbol& array = assignable(*s.target);
        if (array.kind != SymbolKind::kArray)
            fail(s.value->loc, quoted(array.name) + " is no array");
        assign_symbol(array, array_literal(*s.value, array.type), s.loc);
        return;
    }
    Datum value = evaluate(*s.value);
    if (s.op != Tok::kAssign) {
        if (s.op == Tok::kNotAssign) fail(s.loc, "`~=` is no assignment; write x = ~x");
        value = operate(s.op, evaluate(*s.target), value, s.loc);
    }
    assign_node(*s.target, value, s.value->loc);
}

void Lowerer::assign_node(const Node& target, const Datum& value, Loc loc) {
    std::vector<const Node*> indices;
    const Node& root = flatten(target, indices);
    Symbol& s = assignable(root);
    if (indices.empty()) {
        assign_symbol(s, value, loc);
    } else if (s.kind == SymbolKind::kArray) {
        assign_array_part(s, indices, value, loc);
    } else if (s.kind == SymbolKind::kBits) {
        assign_bit_part(s, indices, value, loc);
    } else {
        if (indices.size() != 1) fail(target.loc, "the bits of a number have one index");
        assign_number_bits(s, *indices[0], value, loc);
    }
}

void Lowerer::assign_symbol(Symbol& s, const Datum& value, Loc loc) {
    switch (s.kind) {
        case SymbolKind::kScalar:
            store(s.cell, s.type, value, s.name, s.level, loc);
            return;
        case SymbolKind::kBits:
            store_bits(s.bits, as_bits(value, s.type.width, loc), loc);
            return;
        default:
            assign_array(s, s.view, convert_array(value, s.type, loc), loc);
            return;
    }
}

void Lowerer::assign_array(Symbol& array, std::span<const std::uint32_t> cells, const Datum& value,
                           Loc loc) {
    Type element = value.type;
    element.sizes.clear();
    count(loc, cells.size() / 4);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        Datum d;
        d.type = element;
        d.scalar = value.elements[i];
        if (element.base == Base::kBit) {
            d.type.base = Base::kUint;
            d = bits_datum(as_bits(d, element.width, loc), true);
        }
        store((*array.cells)[cells[i]], array.type, d, array.name, array.level, loc);
    }
}

void Lowerer::assign_array_part(Symbol& array, const std::vector<const Node*>& indices,
                                const Datum& value, Loc loc) {
    const ArrayPart part = array_part(array, indices, loc);
    if (indices.size() > part.used)
        fail(loc, "the array " + quoted(array.name) + " has " +
                      std::to_string(array.type.sizes.size()) + " dimensions, not " +
                      std::to_string(indices.size()));
    if (!part.sizes.empty()) {
        Type type = array.type;
        type.sizes = part.sizes;
        assign_array(array, part.cells, convert_array(value, type, loc), loc);
        return;
    }
    if (!part.run_time.valid()) {
        store((*array.cells)[part.cells[0]], array.type, value, array.name, array.level, loc);
        return;
    }
    demote(array);
    // The value is taken once, before the element is chosen.
    Type element = array.type;
    element.sizes.clear();
    const Datum once = convert(value, element, loc);
    for_cases(part.run_time, part.cells.size(), [&](std::size_t i) {
        store((*array.cells)[part.cells[i]], array.type, once, array.name, array.level, loc);
    });
    for (const std::uint32_t c : part.cells) (*array.cells)[c].known = false;
}

/// x[i] = bits, where x is an int, uint or angle.
void Lowerer::assign_number_bits(Symbol& s, const Node& index, const Datum& value, Loc loc) {
    if (s.type.base != Base::kInt && s.type.base != Base::kUint && s.type.base != Base::kAngle)
        fail(index.loc, "a value of type " + to_string(s.type) + " has no bits to assign to");
    const Selection chosen = select(index, s.type.width, "bit", s.name);
    if (chosen.run_time.valid())
        fail(index.loc, "the bits of a number are assigned at known positions only");
    std::vector<BitAtom> atoms = as_bits(symbol_value(s, loc), s.type.width, loc);
    const std::vector<BitAtom> bits =
        as_bits(value, static_cast<std::uint32_t>(chosen.positions.size()), loc);
    for (std::size_t i = 0; i < bits.size(); ++i)
        atoms[static_cast<std::size_t>(chosen.positions[i])] = bits[i];
    store(s.cell, s.type, bits_datum(std::move(atoms), true), s.name, s.level, loc);
}

void Lowerer::assign_bit_part(Symbol& s, const std::vector<const Node*>& indices,
                              const Datum& value, Loc loc) {
    if (!s.type.is_register) fail(loc, quoted(s.name) + " is a single bit and has no index");
    std::vector<BitId> bits = s.bits;
    for (std::size_t k = 0; k < indices.size(); ++k) {
        const Selection chosen =
            select(*indices[k], static_cast<std::uint32_t>(bits.size()), "bit", s.name);
        if (chosen.run_time.valid()) {
            const std::vector<BitAtom> atoms = as_bits(value, 1, loc);
            for_cases(chosen.run_time, bits.size(), [&](std::size_t i) {
                bit_known_[bits[i].value] = -1;
                store_bits({&bits[i], 1}, atoms, loc);
            });
            for (const BitId b : bits) bit_known_[b.value] = -1;
            return;
        }
        std::vector<BitId> next;
        for (const std::int64_t i : chosen.positions)
            next.push_back(bits[static_cast<std::size_t>(i)]);
        bits = std::move(next);
    }
    const auto n = static_cast<std::uint32_t>(bits.size());
    store_bits(bits, as_bits(value, n, loc), loc);
}

}  // namespace carillon::qasm
