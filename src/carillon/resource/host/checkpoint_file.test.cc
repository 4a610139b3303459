// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/checkpoint_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "carillon/base/error.h"

namespace carillon::host {
namespace {

class CheckpointFile : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("carillon_checkpoint_" +
                   std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::create_directories(folder_);
        path_ = (folder_ / "part").string();
        head_.assign(100, std::byte{7});
        for (int k = 0; k < 20'000'000; ++k) body_.push_back(static_cast<std::byte>(k * 31 >> 3));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    void flip_bit(std::uint64_t at) {
        std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(at));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(at));
        file.put(static_cast<char>(byte ^ 4));
    }

    std::filesystem::path folder_;
    std::string path_;
    std::vector<std::byte> head_, body_;
};

TEST_F(CheckpointFile, gives_back_what_was_written_whole_or_in_part) {
    write_checkpoint_file(path_, head_, body_);
    EXPECT_EQ(read_checkpoint_head(path_), head_);
    std::vector<std::byte> part(12'345'678);
    read_checkpoint_body(path_, 5'000'001, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), body_.begin() + 5'000'001));
    EXPECT_FALSE(std::filesystem::exists(path_ + ".part"));
}

TEST_F(CheckpointFile, a_flipped_bit_anywhere_is_found) {
    for (const std::uint64_t at : {3U, 45U, 1'000U, 19'000'000U}) {
        write_checkpoint_file(path_, head_, body_);
        flip_bit(at);
        std::vector<std::byte> part(10);
        EXPECT_THROW(
            {
                read_checkpoint_head(path_);
                read_checkpoint_body(path_, 0, part);
            },
            ResourceError)
            << at;
    }
}

TEST_F(CheckpointFile, one_that_ends_early_or_is_none_is_refused) {
    write_checkpoint_file(path_, head_, body_);
    std::filesystem::resize_file(path_, 10'000'000);
    std::vector<std::byte> part(10);
    EXPECT_THROW(read_checkpoint_body(path_, 0, part), ResourceError);
    std::filesystem::resize_file(path_, 3);
    EXPECT_THROW(read_checkpoint_head(path_), ResourceError);
    EXPECT_THROW(read_checkpoint_head(path_ + ".none"), ResourceError);
    EXPECT_THROW(write_checkpoint_file("/nowhere/at/all", head_, body_), ResourceError);
}

}  // namespace
}  // namespace carillon::host
