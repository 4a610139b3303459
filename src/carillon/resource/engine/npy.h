// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <span>
#include <string>

#include "carillon/language/circuit/gate.h"

namespace carillon::engine {

/// A state in a NumPy .npy file: one dimension, complex64 or complex128 ("<c8", "<c16"), read from
/// front to back.
class NpyReader {
  public:
    /// Throws: InputError that names the file: cannot be read, no .npy file, another type or shape,
    /// shorter or longer than its header says.
    explicit NpyReader(const std::string& path);

    std::uint64_t size() const { return size_; }
    bool single_precision() const { return single_; }

    /// The next amplitudes.
    ///
    /// Throws: InputError with the index of one that is not finite; when the file ends early.
    void read(std::span<Complex> out);
    /// Throws: InputError unless what was read has the squared norm 1, to 1e-4 in single and 1e-8
    /// in double precision.
    void check_norm() const;

  private:
    void read_header();
    [[noreturn]] void fail(const std::string& message) const;

    std::string path_;
    std::ifstream file_;
    std::uint64_t size_ = 0;
    bool single_ = false;
    std::uint64_t done_ = 0;
    double norm_ = 0;
};

/// Writes a state as a .npy file of `size` amplitudes in one dimension, without holding more than a
/// piece of it. A file that cannot be finished is removed.
///
/// Args:
///     single: complex64 instead of complex128.
///     path: empty: amplitudes are read and not written, for ranks that only take part in reading.
///     read: gives the amplitudes with indices from `first` on; called for all of them even when
///         the file cannot be written.
/// Throws: ResourceError that names the file.
void write_npy(const std::string& path, std::uint64_t size, bool single,
               const std::function<void(std::uint64_t first, std::span<Complex> out)>& read);

}  // namespace carillon::engine
