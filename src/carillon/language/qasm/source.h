// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/base/error.h"

namespace carillon::qasm {

/// A place in one of the files being read.
struct Loc {
    std::uint32_t offset = 0;
    std::uint32_t line = 1;
    std::uint32_t file = 0;
};

/// The files being read: their text stays alive as long as the table, since tokens point into it.
class Sources {
  public:
    /// A file whose text the caller keeps alive. Returns its number.
    std::uint32_t add_view(std::string name, std::string_view text);
    /// A file included at `from`; its text is kept here.
    std::uint32_t add_included(std::string name, std::string text, Loc from);

    std::string_view text(std::uint32_t file) const { return files_[file].text; }
    const std::string& name(std::uint32_t file) const { return files_[file].name; }
    SourcePosition position(Loc loc) const;

    /// Throws InputError at `loc` with the source line, a caret and the chain of includes.
    [[noreturn]] void fail(Loc loc, const std::string& message) const;

  private:
    struct File {
        std::string name;
        std::string_view text;
        std::unique_ptr<std::string> owned;
        bool included = false;
        Loc from;
    };
    std::vector<File> files_;
};

/// The candidate closest to `name` if it is close enough to be a slip of the pen, else empty.
std::string closest_name(std::string_view name, const std::vector<std::string_view>& candidates);

/// " (did you mean `x`?)" or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace carillon::qasm
