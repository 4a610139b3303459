// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon::program_json {

inline constexpr std::string_view kFormat = "carillon-program";
inline constexpr std::uint32_t kVersion = 1;

/// Names of an enumeration's values, in its order.
std::span<const std::string_view> type_names();      ///< ScalarType
std::span<const std::string_view> operator_names();  ///< ExprOp; kNone has none
std::span<const std::string_view> purpose_names();
std::span<const std::string_view> transfer_purpose_names();  ///< PairPurpose

/// Position of `name` in `names`, or nothing.
std::optional<std::size_t> find_name(std::span<const std::string_view> names,
                                     std::string_view name);

/// How bits are written: `c[3]` for a source bit, `m0` for a QPU's first protocol bit.
class BitNames {
  public:
    BitNames(std::span<const BitRegister> registers, std::uint32_t source_bits);

    /// Nothing for a source bit without a name of its own.
    std::optional<std::string> name(BitId bit) const;
    std::optional<BitId> find(std::string_view name) const;

  private:
    struct Range {
        std::uint32_t first, size;
    };

    std::uint32_t source_bits_;
    std::map<std::string, Range, std::less<>> by_name_;
    std::map<std::uint32_t, std::string> by_first_;
};

}  // namespace carillon::program_json
