// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace carillon {

/// Where in a user's file something stands. Lines and columns count from 1; 0 means unknown.
struct SourcePosition {
    std::string file;
    int line = 0;
    int column = 0;

    bool known() const { return line > 0; }
};

/// Base of everything Carillon throws on purpose.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The user's input is wrong. what() is the whole message, already headed by `file:line:column: `
/// when known.
class InputError : public Error {
  public:
    explicit InputError(const std::string& message) : Error(message) {}
    InputError(SourcePosition position, const std::string& message);

    const SourcePosition& position() const { return position_; }

  private:
    SourcePosition position_;
};

/// Memory, a file, the network or a peer failed us.
class ResourceError : public Error {
  public:
    using Error::Error;
};

/// Our own mistake: an invariant does not hold.
class InternalError : public Error {
  public:
    using Error::Error;
};

}  // namespace carillon
