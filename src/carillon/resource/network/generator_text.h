// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace carillon {

/// A key of a generator string.
struct GeneratorKey {
    std::string_view name;
    std::string_view value;  ///< what stands after `=`, for the help; empty for a flag
    std::string_view help;
};

/// The text `shape:size,key=value,flag` taken apart. Every getter checks its value and throws
/// InputError with the column (from 1) of the offending word; finish() throws for keys nobody asked
/// for.
class GeneratorText {
  public:
    explicit GeneratorText(std::string_view text);

    std::string_view shape() const { return shape_; }
    /// Extents of a size such as `4` or `4x4x2`; the parts between `x`.
    ///
    /// Throws: InputError when there is no size, or its number of parts is not in [least, most].
    std::vector<std::uint32_t> size(std::size_t least, std::size_t most, std::string_view example);
    /// As size(), for the value of a key; empty when the key is absent.
    std::vector<std::uint32_t> extents(std::string_view key, std::size_t least, std::size_t most,
                                       std::string_view example);

    bool flag(std::string_view key);
    std::optional<std::uint32_t> whole(std::string_view key, std::uint32_t least,
                                       std::uint32_t most);
    std::optional<std::uint64_t> seed(std::string_view key);
    /// `8` or `8+8+4`; empty when absent.
    std::vector<std::uint32_t> wholes(std::string_view key, std::uint32_t least,
                                      std::uint32_t most);
    std::optional<double> real(std::string_view key, double least, double most);
    /// A number >= 0 and at most what we can compute with.
    std::optional<double> capped(std::string_view key, double most);
    /// One of `choices`.
    std::optional<std::string_view> choice(std::string_view key,
                                           std::span<const std::string_view> choices);
    /// Words between `+`, each a letter or underscore, then letters, digits, underscores.
    std::vector<std::string> words(std::string_view key);

    /// Throws InputError for the first item that no getter took, with the nearest of `known`.
    void finish(std::span<const GeneratorKey> known) const;

    /// Throws InputError `network "...": column 8: MESSAGE`, at the place of a key or of the shape
    /// ("").
    [[noreturn]] void fail(std::string_view key, const std::string& message) const;

  private:
    struct Item {
        std::string_view key, value;
        bool has_value = false;
        bool used = false;
        std::size_t key_at = 0, value_at = 0;  ///< offsets in text_
    };
    /// The item of a key, marked used, or nullptr.
    Item* take(std::string_view key);
    Item* take_value(std::string_view key);
    std::uint64_t number(std::string_view digits, std::size_t at, std::string_view what,
                         std::uint64_t least, std::uint64_t most) const;
    std::vector<std::uint32_t> parts(const Item& item, char separator, std::uint32_t least,
                                     std::uint32_t most) const;
    [[noreturn]] void fail_at(std::size_t offset, const std::string& message) const;

    std::string_view text_, shape_;
    std::vector<Item> items_;
};

}  // namespace carillon
