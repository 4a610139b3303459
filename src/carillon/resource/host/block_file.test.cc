// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/block_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon::host {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone at the end.
class BlockFiles : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "carillon-test-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    BlockFileOptions options(std::size_t block_bytes) const {
        return {.folders = {folder_}, .block_bytes = block_bytes};
    }
    fs::path folder_;
};

/// Blocks of numbers with few digits, so that they shrink; some all zero.
AlignedBytes numbers(std::size_t bytes, std::uint64_t seed) {
    AlignedBytes block(bytes);
    Random random(seed);
    const bool zero = random.below(5) == 0;
    for (std::size_t k = 0; k < bytes / sizeof(double); ++k) {
        const double value = zero ? 0 : static_cast<double>(random.below(512)) / 1024;
        std::memcpy(block.data() + k * sizeof(double), &value, sizeof value);
    }
    return block;
}

void expect_block(BlockFile& file, BlockFile::Block block, std::size_t bytes, std::uint64_t seed) {
    const AlignedBytes room(bytes), expected = numbers(bytes, seed);
    BlockFile::Batch batch;
    file.start({.read = block, .memory = room.data()}, batch);
    batch.wait();
    EXPECT_EQ(std::memcmp(room.data(), expected.data(), bytes), 0) << block;
}

/// Random exchanges; every block must come back as it was written last.
void storm(BlockFile& file, std::size_t bytes, int blocks, int exchanges) {
    std::vector<std::uint64_t> seed_of;
    BlockFile::Batch first;
    std::vector<AlignedBytes> sources;
    for (int b = 0; b < blocks; ++b) {
        ASSERT_EQ(file.take(), static_cast<BlockFile::Block>(b));
        seed_of.push_back(b);
        sources.push_back(numbers(bytes, b));
        file.start({.write = static_cast<BlockFile::Block>(b), .memory = sources.back().data()},
                   first);
    }
    Random random(blocks);
    std::vector<AlignedBytes> memory;
    std::vector<std::uint64_t> expected;
    BlockFile::Batch batch;
    for (int k = 0; k < exchanges; ++k) {
        const auto to = static_cast<BlockFile::Block>(random.below(blocks));
        const auto from = static_cast<BlockFile::Block>(random.below(blocks));
        seed_of[to] = 1000 + k;
        memory.push_back(numbers(bytes, seed_of[to]));
        expected.push_back(seed_of[from]);
        file.start({.write = to, .read = from, .memory = memory.back().data()}, batch);
    }
    first.wait();
    batch.wait();
    for (int k = 0; k < exchanges; ++k)
        EXPECT_EQ(std::memcmp(memory[k].data(), numbers(bytes, expected[k]).data(), bytes), 0) << k;
}

TEST_F(BlockFiles, blocks_come_back_as_they_were_written_last) {
    for (const std::size_t bytes : {512U, 4096U, 24576U})  // smaller than a sector, one, six
        for (const int threads : {1, 4}) {
            BlockFileOptions o = options(bytes);
            o.threads = threads;
            BlockFile file(o);
            storm(file, bytes, 20, 200);
        }
}

TEST_F(BlockFiles, packed_blocks_of_any_size_share_the_file) {
    if (!can_compress()) GTEST_SKIP() << "built without zstd";
    BlockFileOptions o = options(32768);
    o.coding.compression = Compression::kLossless;
    BlockFile file(o);
    storm(file, 32768, 20, 200);
    EXPECT_LT(file.counts().most_on_disk_bytes, 20U * 32768 / 2);
}

TEST_F(BlockFiles, blocks_are_spread_over_folders_and_memory) {
    fs::create_directory(folder_ / "other");
    BlockFileOptions o = options(4096);
    o.folders.push_back(folder_ / "other");
    o.memory_bytes = 7 * 4096 + 100;
    BlockFile file(o);
    storm(file, 4096, 20, 200);
    EXPECT_LE(file.counts().most_on_disk_bytes, 13U * 4096);
}

TEST_F(BlockFiles, a_block_of_zeros_takes_no_room) {
    BlockFile file(options(8192));
    const BlockFile::Block a = file.take(), b = file.take();
    AlignedBytes memory(8192);
    std::memset(memory.data(), 0, 8192);
    BlockFile::Batch batch;
    file.start({.write = a, .memory = memory.data()}, batch);
    batch.wait();
    EXPECT_TRUE(file.is_zero(a));
    EXPECT_EQ(file.counts().written_bytes, 0U);
    memory.data()[8191] = std::byte{1};
    file.start({.write = a, .read = b, .memory = memory.data()}, batch);
    batch.wait();
    EXPECT_FALSE(file.is_zero(a));
    EXPECT_EQ(file.counts().written_bytes, 8192U);
    EXPECT_EQ(memory.data()[8191], std::byte{0});
}

/// Flips a bit of the only spill file this process has open.
void flip_bit(const fs::path& folder, std::uint64_t offset) {
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code none;
        const std::string target = fs::read_symlink(entry.path(), none).string();
        if (!target.starts_with((folder / "carillon-spill-").string())) continue;
        const int file = open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
        char byte = 0;
        ASSERT_EQ(pread(file, &byte, 1, static_cast<off_t>(offset)), 1);
        byte ^= 4;
        ASSERT_EQ(pwrite(file, &byte, 1, static_cast<off_t>(offset)), 1);
        close(file);
        return;
    }
    FAIL() << "no spill file is open";
}

void expect_found(const BlockFileOptions& options, const fs::path& folder) {
    BlockFile file(options);
    storm(file, options.block_bytes, 3, 0);
    flip_bit(folder, 100);
    const AlignedBytes room(options.block_bytes);
    std::string message;
    for (BlockFile::Block block = 0; block < 3; ++block) {
        BlockFile::Batch batch;
        file.start({.read = block, .memory = room.data()}, batch);
        try {
            batch.wait();
        } catch (const ResourceError& error) {
            message += error.what();
        }
    }
    EXPECT_NE(message.find("block "), std::string::npos);
    EXPECT_NE(message.find("at byte 0 of " + folder.string()), std::string::npos) << message;
    EXPECT_NE(message.find("checksum"), std::string::npos);
}

TEST_F(BlockFiles, a_flipped_bit_is_found) {
    expect_found(options(4096), folder_);
    if (!can_compress()) return;
    BlockFileOptions packed = options(32768);
    packed.coding.compression = Compression::kLossless;
    expect_found(packed, folder_);
}

TEST_F(BlockFiles, nothing_is_left_in_the_folder) {
    BlockFile file(options(4096));
    storm(file, 4096, 4, 4);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(BlockFiles, a_copy_is_on_its_own) {
    BlockFileOptions o = options(4096);
    o.memory_bytes = 2 * 4096;
    BlockFile file(o);
    storm(file, 4096, 6, 0);
    const auto copy = file.clone();
    BlockFile::Batch batch;
    std::vector<AlignedBytes> others;
    for (BlockFile::Block block = 0; block < 6; ++block) {
        others.push_back(numbers(4096, 50 + block));
        file.start({.write = block, .memory = others.back().data()}, batch);
    }
    batch.wait();
    for (BlockFile::Block block = 0; block < 6; ++block) {
        expect_block(file, block, 4096, 50 + block);
        expect_block(*copy, block, 4096, block);
    }
}

TEST_F(BlockFiles, a_block_that_is_given_back_makes_room) {
    BlockFile file(options(4096));
    storm(file, 4096, 6, 0);
    const std::uint64_t before = file.counts().most_on_disk_bytes;
    for (BlockFile::Block block = 0; block < 6; ++block) file.give(block);
    AlignedBytes memory = numbers(4096, 1);
    BlockFile::Batch batch;
    for (int k = 0; k < 6; ++k) {
        const BlockFile::Block block = file.take();
        EXPECT_TRUE(file.is_zero(block));
        if (k < 4) file.start({.write = block, .memory = memory.data()}, batch);
        batch.wait();
    }
    EXPECT_EQ(file.counts().most_on_disk_bytes, before);
}

/// No file of this process may be larger, as long as this lives.
class SmallFiles {
  public:
    explicit SmallFiles(rlim_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &limit_);
        const rlimit small{bytes, limit_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallFiles() {
        setrlimit(RLIMIT_FSIZE, &limit_);
        std::signal(SIGXFSZ, before_);
    }
    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

  private:
    rlimit limit_{};
    void (*before_)(int);
};

TEST_F(BlockFiles, a_write_that_fails_is_told_to_who_waits_for_it) {
    BlockFile file(options(4096));
    std::vector<AlignedBytes> sources;
    BlockFile::Batch batch, other;
    const SmallFiles small(3 * 4096);
    for (BlockFile::Block block = 0; block < 12; ++block) {
        sources.push_back(numbers(4096, 1));
        file.start({.write = file.take(), .memory = sources.back().data()}, batch);
    }
    try {
        batch.wait();
        FAIL() << "12 pages were written to a file of 3";
    } catch (const ResourceError& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("the file " + folder_.string()), std::string::npos) << message;
        EXPECT_NE(message.find("cannot be written: File too large"), std::string::npos) << message;
    }
    file.start({.read = 0, .memory = sources[0].data()}, other);
    EXPECT_NO_THROW(other.wait());
}

std::string refusal(const auto& action) {
    try {
        action();
    } catch (const ResourceError& error) {
        return error.what();
    }
    return "none";
}

TEST_F(BlockFiles, what_cannot_be_is_refused_in_words) {
    BlockFileOptions o = options(4096);
    BlockFile file(o);
    const std::string full = refusal([&] { file.reserve(std::uint64_t{1} << 44); });
    EXPECT_NE(full.find("the state needs "), std::string::npos) << full;
    EXPECT_NE(full.find(" more on the disk of \"" + folder_.string() + "\""), std::string::npos);
    EXPECT_NE(full.find(" are free there"), std::string::npos);
    o.folders = {folder_ / "missing"};
    const std::string missing = refusal([&] { BlockFile{o}; });
    EXPECT_NE(missing.find("no file can be made in the folder \"" + o.folders[0].string() + "\""),
              std::string::npos);
    EXPECT_NE(missing.find("No such file or directory"), std::string::npos);
}

}  // namespace
}  // namespace carillon::host
