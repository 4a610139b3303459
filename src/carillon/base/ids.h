// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace carillon {

/// An index that cannot be mixed up with another kind of index. The default value is "none".
template <class Tag>
struct Id {
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t value = kNone;

    constexpr Id() = default;
    constexpr explicit Id(std::size_t v) : value(static_cast<std::uint32_t>(v)) {}

    constexpr bool valid() const { return value != kNone; }
    constexpr explicit operator std::size_t() const { return value; }
    friend constexpr auto operator<=>(Id, Id) = default;  // NOLINT(modernize-use-nullptr): of <=>
};

using QubitId = Id<struct QubitTag>;        ///< a qubit of the source program
using BitId = Id<struct BitTag>;            ///< a classical bit
using VariableId = Id<struct VariableTag>;  ///< a run-time classical variable (int, float, ...)
using ExprId = Id<struct ExprTag>;          ///< a node of a classical expression
using BlockId = Id<struct BlockTag>;        ///< a block of operations
using QpuId = Id<struct QpuTag>;            ///< a node of the network (QPU, repeater, ...)
using LinkId = Id<struct LinkTag>;          ///< a link of the network
using PairId = Id<struct PairTag>;          ///< a Bell pair of a distributed program
using TransferId =
    Id<struct TransferTag>;               ///< a qubit carried over a link in a distributed program
using MessageId = Id<struct MessageTag>;  ///< a classical message of a distributed program

}  // namespace carillon

template <class Tag>
struct std::hash<carillon::Id<Tag>> {
    std::size_t operator()(carillon::Id<Tag> id) const noexcept {
        return std::hash<std::uint32_t>{}(id.value);
    }
};
