// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/base/error.h"
#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// An InputError whose message already says the line.
struct PlacedError : InputError {
    using InputError::InputError;
};

/// Does work(); an InputError from it gets the source line of `op`, unless it has that of an
/// operation within.
template <class Work>
void at_line_of(const Operation& op, const Work& work) {
    try {
        work();
    } catch (const PlacedError&) {
        throw;
    } catch (const InputError& error) {
        if (op.line == 0) throw;
        throw PlacedError("line " + std::to_string(op.line) + ": " + error.what());
    }
}

}  // namespace carillon
