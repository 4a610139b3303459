// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace carillon {

/// Colours and rules that every picture uses, for light and dark screens; goes into a <style>.
std::string_view picture_style();

/// Class of the fill of the QPU numbered `index`: "q0" ... "q9", repeating.
std::string qpu_class(std::size_t index);

/// A coordinate with at most one decimal: "12", "3.5".
std::string coordinate(double value);

}  // namespace carillon
