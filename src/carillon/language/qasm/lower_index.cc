// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

std::string quoted(std::string_view name) {
    return "`" + std::string(name) + "`";
}

}  // namespace

/// `i`, counted from the end when negative; throws when it is outside 0 .. size-1.
std::int64_t Lowerer::checked_index(std::int64_t i, std::uint32_t size, std::string_view noun,
                                    std::string_view name, Loc loc) const {
    const std::int64_t n = size;
    if (i < -n || i >= n) {
        const std::string owner =
            noun == "element" ? "array dimension" : std::string(noun) + " register";
        fail(loc, owner + " " + quoted(name) + " has " + std::to_string(size) + " " +
                      std::string(noun) + (size == 1 ? "" : "s") + ", index " + std::to_string(i) +
                      " is out of range");
    }
    return i < 0 ? i + n : i;
}

/// The values of a range. With a size, open ends and negative ends count within it.
std::vector<std::int64_t> Lowerer::range_values(const Node& range,
                                                std::optional<std::int64_t> size) {
    const auto end = [&](const NodePtr& node, std::string_view what) {
        std::int64_t v = known_int(*node, what);
        if (size && v < 0) v += *size;
        return v;
    };
    const std::int64_t step = range.args[1] ? known_int(*range.args[1], "the step of a range") : 1;
    if (step == 0) fail(range.loc, "the step of a range cannot be 0");
    const std::int64_t last = size.value_or(1) - 1;
    const std::int64_t start = range.args[0] ? end(range.args[0], "the start of a range")
                               : step > 0    ? 0
                                             : last;
    const std::int64_t stop = range.args[2] ? end(range.args[2], "the end of a range")
                              : step > 0    ? last
                                            : 0;
    std::vector<std::int64_t> values;
    if (step > 0 ? start > stop : start < stop) return values;
    const std::uint64_t span =
        step > 0 ? static_cast<std::uint64_t>(stop) - static_cast<std::uint64_t>(start)
                 : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(stop);
    const std::uint64_t stride =
        step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    const std::uint64_t times = span / stride;
    if (times >= options_.max_unrolled_operations || (size && times > kMaxRegister))
        fail(range.loc, "this range has " + std::to_string(times) +
                            " values and more, over the limit of " +
                            std::to_string(options_.max_unrolled_operations));
    values.reserve(times + 1);
    for (std::uint64_t k = 0; k <= times; ++k)
        values.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(start) +
                                                   k * static_cast<std::uint64_t>(step)));
    return values;
}

Lowerer::Selection Lowerer::select(const Node& index, std::uint32_t size, std::string_view noun,
                                   std::string_view name) {
    Selection s;
    if (index.kind == NodeKind::kInteger) {  // by far the most common
        std::int64_t i = 0;
        const char* const end = index.text.data() + index.text.size();
        const auto [stop, error] = std::from_chars(index.text.data(), end, i);
        if (error == std::errc{} && stop == end) {
            s.single = true;
            s.positions.push_back(checked_index(i, size, noun, name, index.loc));
            return s;
        }
    }
    if (index.kind == NodeKind::kRange) {
        for (const std::int64_t i : range_values(index, size))
            s.positions.push_back(checked_index(i, size, noun, name, index.loc));
        return s;
    }
    if (index.kind == NodeKind::kSet) {
        for (const NodePtr& a : index.args)
            s.positions.push_back(
                checked_index(known_int(*a, "an index in a set"), size, noun, name, a->loc));
        return s;
    }
    const Datum d = evaluate(index);
    const Scalar v = as_scalar(d, index.loc);
    s.single = true;
    if (!v.known()) {
        s.run_time = v.expr;
        return s;
    }
    if (v.value.type == ScalarType::kFloat || v.value.type == ScalarType::kAngle)
        fail(index.loc, "an index must be an integer, not " + to_string(d.type));
    s.positions.push_back(checked_index(v.value.as_int(), size, noun, name, index.loc));
    return s;
}

/// The expression under all indices of `n`, and these in order.
const Node& Lowerer::flatten(const Node& n, std::vector<const Node*>& indices) {
    if (n.kind != NodeKind::kIndex) return n;
    const Node& root = flatten(*n.args[0], indices);
    for (std::size_t i = 1; i < n.args.size(); ++i) indices.push_back(n.args[i].get());
    return root;
}

Datum Lowerer::index(const Node& n) {
    std::vector<const Node*> indices;
    const Node& root = flatten(n, indices);
    if (root.kind == NodeKind::kName) {
        if (const Symbol* s = find(root.text); s && s->kind == SymbolKind::kArray)
            return index_array(*s, indices, n.loc);
    }
    return index_datum(evaluate(root), indices, root.text, n.loc);
}

Datum Lowerer::index_datum(Datum base, std::span<const Node* const> indices, std::string_view name,
                           Loc loc) {
    for (const Node* index : indices) {
        if (base.type.is_array()) fail(loc, "only a named array can be indexed");
        switch (base.type.base) {
            case Base::kBit:
                if (!base.type.is_register)
                    fail(loc, quoted(name) + " is a single bit and has no index");
                break;
            case Base::kInt:
            case Base::kUint:
            case Base::kAngle:
                base = bits_datum(as_bits(base, base.type.width, loc), true);
                break;
            default:
                fail(loc, "a value of type " + to_string(base.type) + " has no index");
        }
        base = index_bits(base.bits, *index, name);
    }
    return base;
}

/// Of several values the one numbered `index`, which runs from `first`.
Scalar Lowerer::choose(std::span<const Scalar> choices, ExprId index, std::size_t first) {
    if (choices.size() == 1) return choices[0];
    const std::size_t half = choices.size() / 2;
    const Scalar low = choose(choices.subspan(0, half), index, first);
    const Scalar high = choose(choices.subspan(half), index, first + half);
    const ExprId below =
        circuit_.binary(ExprOp::kLt, index,
                        circuit_.constant(Value::integer(static_cast<std::int64_t>(first + half))));
    Scalar s = low;
    s.expr = circuit_.select(below, as_expr(low), as_expr(high));
    return s;
}

Datum Lowerer::index_bits(const std::vector<BitAtom>& atoms, const Node& index,
                          std::string_view name) {
    const Selection s = select(index, static_cast<std::uint32_t>(atoms.size()), "bit", name);
    std::vector<BitAtom> picked;
    if (!s.run_time.valid()) {
        for (const std::int64_t i : s.positions)
            picked.push_back(atoms[static_cast<std::size_t>(i)]);
        return bits_datum(std::move(picked), !s.single);
    }
    std::vector<Scalar> choices(atoms.size());
    for (std::size_t i = 0; i < atoms.size(); ++i) {
        choices[i].value = Value::unsigned_integer(atoms[i].known == 1, 1);
        if (atoms[i].known < 0) choices[i].expr = atom_expr(atoms[i]);
    }
    BitAtom atom;
    atom.expr = as_expr(choose(choices, s.run_time, 0));
    return bits_datum({atom}, false);
}

/// The part of an array that the first indices select; what is left are indices into an element.
Lowerer::ArrayPart Lowerer::array_part(const Symbol& array, const std::vector<const Node*>& indices,
                                       Loc loc) {
    const std::vector<std::uint32_t>& sizes = array.type.sizes;
    ArrayPart part;
    part.used = std::min(indices.size(), sizes.size());
    std::vector<std::vector<std::int64_t>> positions(sizes.size());
    ExprId linear;
    for (std::size_t d = 0; d < sizes.size(); ++d) {
        Selection s;
        if (d < part.used) {
            s = select(*indices[d], sizes[d], "element", array.name);
        } else {
            for (std::uint32_t i = 0; i < sizes[d]; ++i) s.positions.push_back(i);
        }
        if (s.run_time.valid()) {
            const ExprId index = circuit_.cast_expr(s.run_time, ScalarType::kInt, 64);
            for (std::uint32_t i = 0; i < sizes[d]; ++i) s.positions.push_back(i);
            if (linear.valid()) {
                const ExprId size = circuit_.constant(Value::integer(sizes[d]));
                linear = circuit_.binary(ExprOp::kAdd, circuit_.binary(ExprOp::kMul, linear, size),
                                         index);
            } else {
                linear = index;
            }
        } else if (!s.single) {
            part.sizes.push_back(static_cast<std::uint32_t>(s.positions.size()));
        }
        positions[d] = std::move(s.positions);
    }
    if (linear.valid() && !part.sizes.empty())
        fail(loc, "a run-time index selects single elements only, not a part of an array");
    part.run_time = linear;
    std::vector<std::uint32_t> places{0};
    for (std::size_t d = 0; d < sizes.size(); ++d) {
        std::vector<std::uint32_t> next;
        next.reserve(places.size() * positions[d].size());
        for (const std::uint32_t p : places)
            for (const std::int64_t i : positions[d])
                next.push_back(p * sizes[d] + static_cast<std::uint32_t>(i));
        places = std::move(next);
    }
    for (const std::uint32_t p : places) part.cells.push_back(array.view[p]);
    return part;
}

Datum Lowerer::index_array(const Symbol& array, const std::vector<const Node*>& indices, Loc loc) {
    const ArrayPart part = array_part(array, indices, loc);
    std::vector<Scalar> elements;
    for (const std::uint32_t c : part.cells)
        elements.push_back(cell_value((*array.cells)[c], array.type).scalar);
    Datum d;
    d.type = array.type;
    d.type.sizes = part.sizes;
    if (!part.sizes.empty()) {
        if (indices.size() > part.used)
            fail(loc, "the array " + quoted(array.name) + " has " +
                          std::to_string(array.type.sizes.size()) + " dimensions, not " +
                          std::to_string(indices.size()));
        d.elements = std::move(elements);
        return d;
    }
    if (part.run_time.valid()) {
        if (d.type.base == Base::kComplex || d.type.base == Base::kDuration)
            fail(loc, "an element of this type is chosen by known indices only");
        d.scalar = choose(elements, part.run_time, 0);
    } else {
        d.scalar = elements[0];
    }
    if (d.type.base == Base::kBit) {
        Datum number = Datum::of(Value::unsigned_integer(0, static_cast<int>(d.type.width)));
        number.scalar = d.scalar;
        number.scalar.value.width = static_cast<std::uint8_t>(d.type.width);
        d = bits_datum(as_bits(number, array.type.width, loc), array.type.is_register);
    }
    const std::span<const Node* const> rest = std::span(indices).subspan(part.used);
    return rest.empty() ? d : index_datum(std::move(d), rest, array.name, loc);
}

}  // namespace carillon::qasm
