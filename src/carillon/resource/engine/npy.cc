// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "carillon/base/error.h"

namespace carillon::engine {

static_assert(std::endian::native == std::endian::little, ".npy files here are little-endian");

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMostHeader = 4096;
/// Amplitudes written at a time; more of a large state, which is read as a whole for each piece
/// when it is on disk.
constexpr std::uint64_t kLeastPiece = 1 << 14, kMostPiece = 1 << 20;
constexpr double kSingleNorm = 1e-4, kDoubleNorm = 1e-8;

/// The text after "'key':" in a header, which is a Python dict; empty when there is no such key.
std::string_view value_of(std::string_view header, std::string_view key) {
    std::size_t at = header.find("'" + std::string(key) + "'");
    if (at == std::string_view::npos) return {};
    at = header.find_first_not_of(" :", at + key.size() + 2);
    return at == std::string_view::npos ? std::string_view{} : header.substr(at);
}

std::string quoted(std::string_view text) {
    std::string shown(text.substr(0, 24));
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
    return shown;
}

/// Numbers of a file as amplitudes.
template <class Real>
void unpack(std::span<const char> bytes, std::span<Complex> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::array<Real, 2> parts{};
        std::memcpy(parts.data(), bytes.data() + i * sizeof parts, sizeof parts);
        out[i] = {static_cast<double>(parts[0]), static_cast<double>(parts[1])};
    }
}

template <class Real>
void pack(std::span<const Complex> in, std::vector<char>& bytes) {
    bytes.resize(in.size() * 2 * sizeof(Real));
    for (std::size_t i = 0; i < in.size(); ++i) {
        const std::array<Real, 2> parts = {static_cast<Real>(in[i].real()),
                                           static_cast<Real>(in[i].imag())};
        std::memcpy(bytes.data() + i * sizeof parts, parts.data(), sizeof parts);
    }
}

/// Version 1.0: magic, version, length of the text in two bytes; the whole a multiple of 64.
std::string header_of(std::uint64_t size, bool single) {
    std::string text = std::string("{'descr': '") + (single ? "<c8" : "<c16") +
                       "', 'fortran_order': False, 'shape': (" + std::to_string(size) + ",), }";
    constexpr std::size_t kBefore = 10;
    text.append(63 - (kBefore + text.size()) % 64, ' ');
    text += '\n';
    std::string header(kMagic);
    header += {'\x01', '\x00', static_cast<char>(text.size() & 0xff),
               static_cast<char>(text.size() >> 8)};
    return header + text;
}

}  // namespace

void NpyReader::fail(const std::string& message) const {
    throw InputError(path_ + ": " + message);
}

NpyReader::NpyReader(const std::string& path) : path_(path), file_(path, std::ios::binary) {
    if (!file_) fail("cannot be read");
    read_header();
    const auto begin = file_.tellg();
    file_.seekg(0, std::ios::end);
    const auto held = static_cast<std::uint64_t>(file_.tellg() - begin);
    file_.seekg(begin);
    const std::uint64_t width = single_ ? 8 : 16;
    if (size_ > held / width || held != size_ * width)
        fail("its header says " + std::to_string(size_) + " amplitudes of " +
             std::to_string(width) + " bytes, and " + std::to_string(held) + " bytes follow");
}

void NpyReader::read_header() {
    std::array<unsigned char, 12> start{};
    file_.read(reinterpret_cast<char*>(start.data()), 10);
    if (!file_ || std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0)
        fail("is no .npy file; write one with numpy.save(file, state)");
    std::size_t length = start[8] | start[9] << 8;
    if (start[6] == 2 || start[6] == 3) {  // four bytes for the length
        file_.read(reinterpret_cast<char*>(start.data()) + 10, 2);
        length |= std::size_t{start[10]} << 16 | std::size_t{start[11]} << 24;
    } else if (start[6] != 1) {
        fail("version " + std::to_string(start[6]) + " of .npy is not known; 1, 2 and 3 are");
    }
    std::string header(std::min(length, kMostHeader), ' ');
    file_.read(header.data(), static_cast<std::streamsize>(header.size()));
    if (!file_ || length > kMostHeader) fail("its header is cut off or too long");

    const std::string_view type = value_of(header, "descr");
    single_ = type.starts_with("'<c8'");
    if (!single_ && !type.starts_with("'<c16'"))
        fail("expected complex64 ('<c8') or complex128 ('<c16'), got " +
             quoted(type.substr(0, type.find_first_of(",}"))) +
             "; use state.astype(numpy.complex128)");
    const std::string_view shape = value_of(header, "shape");
    const std::string_view inside = shape.substr(0, shape.find(')'));
    const char* const last = inside.data() + inside.size();
    const auto [end, error] = std::from_chars(inside.data() + !inside.empty(), last, size_);
    if (!inside.starts_with('(') || error != std::errc() ||
        std::string_view(end, last - end).find_first_not_of(", ") != std::string_view::npos)
        fail("expected one dimension, such as (1024,), got " +
             quoted(shape.substr(0, inside.size() + 1)) + "; use state.reshape(-1)");
}

void NpyReader::read(std::span<Complex> out) {
    thread_local std::vector<char> bytes;
    bytes.resize(out.size() * (single_ ? 8 : 16));
    file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file_) fail("cannot be read to its end");
    single_ ? unpack<float>(bytes, out) : unpack<double>(bytes, out);
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!std::isfinite(out[i].real()) || !std::isfinite(out[i].imag()))
            fail("amplitude " + std::to_string(done_ + i) + " is not a finite number");
        norm_ += std::norm(out[i]);
    }
    done_ += out.size();
}

void NpyReader::check_norm() const {
    if (std::abs(norm_ - 1) <= (single_ ? kSingleNorm : kDoubleNorm)) return;
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.9g", norm_);
    fail(std::string("the squared amplitudes add up to ") + text.data() +
         ", not to 1; divide by numpy.linalg.norm(state)");
}

void write_npy(const std::string& path, std::uint64_t size, bool single,
               const std::function<void(std::uint64_t, std::span<Complex>)>& read) {
    std::ofstream file;
    if (!path.empty()) file.open(path, std::ios::binary);
    const std::string header = header_of(size, single);
    if (!path.empty()) file.write(header.data(), static_cast<std::streamsize>(header.size()));
    std::vector<Complex> piece;
    std::vector<char> bytes;
    const std::uint64_t most = std::clamp(size / 16, kLeastPiece, kMostPiece);
    for (std::uint64_t first = 0; first < size; first += most) {
        piece.resize(std::min(most, size - first));
        read(first, piece);
        if (path.empty()) continue;
        single ? pack<float>(piece, bytes) : pack<double>(piece, bytes);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    if (path.empty()) return;
    file.close();
    if (file) return;
    std::remove(path.c_str());
    throw ResourceError(path + ": cannot be written");
}

}  // namespace carillon::engine
