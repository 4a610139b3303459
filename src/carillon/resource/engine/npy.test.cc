// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/npy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <vector>

#include "carillon/base/error.h"

namespace carillon::engine {
namespace {

using namespace std::string_literals;

std::string path_of(const std::string& name) {
    // Tests run side by side.
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    return (std::filesystem::path(testing::TempDir()) / ("carillon_" + test + "_" + name)).string();
}

std::string write(const std::string& name, const std::string& bytes) {
    const std::string path = path_of(name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

/// What numpy.save writes before the data of a one-dimensional array: 128 bytes with the shape.
std::string numpy_header(const std::string& dict) {
    std::string header = "\x93NUMPY\x01\x00\x76\x00"s + dict;
    header.resize(127, ' ');
    return header + "\n";
}

/// numpy.save(f, numpy.array([0.6, 0.8j], dtype=numpy.complex128)), byte for byte.
std::string two_amplitudes() {
    return numpy_header("{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }") +
           "\x33\x33\x33\x33\x33\x33\xe3\x3f\x00\x00\x00\x00\x00\x00\x00\x00"s
           "\x00\x00\x00\x00\x00\x00\x00\x00\x9a\x99\x99\x99\x99\x99\xe9\x3f"s;
}

std::string error_of(const std::string& bytes) {
    try {
        NpyReader reader(write("bad.npy", bytes));
        std::vector<Complex> all(reader.size());
        reader.read(all);
        reader.check_norm();
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Npy, a_file_that_numpy_wrote_is_read) {
    NpyReader reader(write("two.npy", two_amplitudes()));
    ASSERT_EQ(reader.size(), 2);
    EXPECT_FALSE(reader.single_precision());
    std::vector<Complex> all(2);
    reader.read(all);
    EXPECT_EQ(all[0], Complex(0.6, 0));
    EXPECT_EQ(all[1], Complex(0, 0.8));
    EXPECT_NO_THROW(reader.check_norm());
}

TEST(Npy, what_is_written_is_what_numpy_writes) {
    // Version 1.0; numpy pads the header to a multiple of 64 bytes.
    const std::string path = path_of("out.npy");
    write_npy(path, 2, true, [](std::uint64_t, std::span<Complex> out) {
        out[0] = 1;
        out[1] = {0, -2};
    });
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::string dict = "{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }";
    ASSERT_EQ((bytes.size() - 16) % 64, 0);
    EXPECT_EQ(bytes.substr(0, 8), "\x93NUMPY\x01\x00"s);
    EXPECT_EQ(static_cast<unsigned char>(bytes[8]) + 256 * bytes[9] + 10U, bytes.size() - 16);
    EXPECT_EQ(bytes.substr(10, dict.size()), dict);
    EXPECT_EQ(bytes[bytes.size() - 17], '\n');
    EXPECT_EQ(bytes.substr(bytes.size() - 16),
              "\x00\x00\x80\x3f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc0"s);
}

TEST(Npy, many_pieces_come_back_in_order) {
    const std::string path = path_of("long.npy");
    constexpr std::uint64_t kSize = 40000;
    write_npy(path, kSize, false, [](std::uint64_t first, std::span<Complex> out) {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(first + i);
    });
    NpyReader reader(path);
    std::vector<Complex> all(kSize);
    reader.read(all);
    for (std::uint64_t i = 0; i < kSize; ++i) ASSERT_EQ(all[i], Complex(static_cast<double>(i)));
}

TEST(Npy, bad_files_are_refused_with_a_reason) {
    EXPECT_NE(error_of("hello").find("is no .npy file"), std::string::npos);
    EXPECT_NE(error_of(two_amplitudes().substr(0, 60)).find("cut off"), std::string::npos);
    EXPECT_NE(error_of(two_amplitudes().substr(0, 150)).find("22 bytes follow"), std::string::npos);
    EXPECT_NE(error_of(two_amplitudes() + "x").find("33 bytes follow"), std::string::npos);
    std::string wrong = two_amplitudes();
    wrong.replace(wrong.find("<c16"), 4, "<f8 ");
    EXPECT_NE(error_of(wrong).find("expected complex64"), std::string::npos);
    wrong = two_amplitudes();
    wrong.replace(wrong.find("<c16"), 4, ">c16");
    EXPECT_NE(error_of(wrong).find("got '>c16'"), std::string::npos);
    wrong = two_amplitudes();
    wrong.replace(wrong.find("(2,)"), 6, "(1, 2)");
    EXPECT_NE(error_of(wrong).find("one dimension"), std::string::npos);
    wrong = two_amplitudes();
    wrong[6] = 9;
    EXPECT_NE(error_of(wrong).find("version 9"), std::string::npos);
    EXPECT_THROW(NpyReader("/nowhere/at/all.npy"), InputError);
    EXPECT_THROW(write_npy("/nowhere/at/all.npy", 2, true, [](auto, auto) {}), ResourceError);
}

TEST(Npy, numbers_that_are_no_state_are_refused) {
    std::string wrong = two_amplitudes();
    wrong.replace(136, 8, "\x00\x00\x00\x00\x00\x00\xf8\x7f"s);  // NaN
    EXPECT_NE(error_of(wrong).find("amplitude 0 is not a finite number"), std::string::npos);
    wrong = two_amplitudes();
    wrong.replace(128, 8, "\x00\x00\x00\x00\x00\x00\xf0\x3f"s);  // 1, so 1.64 in all
    EXPECT_NE(error_of(wrong).find("add up to 1.64"), std::string::npos);
}

}  // namespace
}  // namespace carillon::engine
