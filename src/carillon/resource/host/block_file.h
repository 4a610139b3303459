// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "carillon/resource/host/block_codec.h"
#include "carillon/resource/host/extents.h"
#include "carillon/resource/host/spill_file.h"

namespace carillon::host {

struct BlockFileOptions {
    std::vector<std::filesystem::path> folders;  ///< blocks are spread over them
    std::size_t block_bytes = 0;
    BlockCoding coding = {};
    std::size_t memory_bytes = 0;  ///< as many blocks as this holds are never on disk
    int threads = 4;               ///< that read, write and pack
};

struct BlockFileCounts {
    std::uint64_t read_bytes = 0, written_bytes = 0;  ///< of the disk
    std::uint64_t most_on_disk_bytes = 0;             ///< at one time
    double busy_s = 0;                                ///< some request was being served
    double squared_error = 0;                         ///< of what was rounded
};

/// Numbered blocks of equal size, on disk. Reads and writes are done by threads of its own while
/// the caller does something else. A checksum of every block is kept in memory and checked when it
/// is read. A block that is all zero takes no space.
///
/// Requests for one block are served in the order they are made. One thread makes requests.
class BlockFile {
  public:
    using Block = std::uint32_t;
    static constexpr std::size_t kIndexBytes = 48;  ///< memory per block, about

    /// Requests that are waited for together.
    class Batch {
      public:
        Batch() = default;
        ~Batch();
        Batch(const Batch&) = delete;
        Batch& operator=(const Batch&) = delete;

        /// Returns when all its requests are served. Throws what the first to fail threw.
        void wait();

      private:
        friend class BlockFile;
        void wait_for_end();
        void end_one(const std::exception_ptr& error);

        std::mutex mutex_;
        std::condition_variable ended_;
        std::size_t open_ = 0;
        std::exception_ptr error_;
    };

    /// What is at `memory` becomes block `write`; then block `read` is put there.
    struct Request {
        std::optional<Block> write = {}, read = {};
        std::byte* memory = nullptr;  ///< of block_bytes, untouched by others until it is served
    };

    /// Throws: ResourceError when a folder cannot be used.
    explicit BlockFile(const BlockFileOptions& options);
    /// Requests that are still open are given up.
    ~BlockFile();
    BlockFile(const BlockFile&) = delete;
    BlockFile& operator=(const BlockFile&) = delete;
    /// A copy in files of its own that keeps no blocks in memory. No request may be open.
    std::unique_ptr<BlockFile> clone() const;

    const BlockFileOptions& options() const { return options_; }

    /// Makes sure that `blocks` can be there at one time, as far as that can be told: blocks that
    /// are packed take less than they might.
    ///
    /// Throws: ResourceError when the disk is too small.
    void reserve(std::uint64_t blocks);
    /// Throws: ResourceError unless reserve() would go well.
    void check_room(std::uint64_t blocks) const;
    /// Whether memory_bytes may be used from now on. No request may be open.
    void keep_in_memory(bool keep) { keep_in_memory_ = keep; }
    /// A block that is all zero.
    Block take();
    /// Gives a block back that no open request is for.
    void give(Block block);

    void start(const Request& request, Batch& batch);
    /// True when the block is known to be all zero.
    bool is_zero(Block block) const;

    BlockFileCounts counts() const;
    /// What the user should know, e.g. that a folder allows no direct access.
    std::vector<std::string> notes() const;
    bool direct() const;
    /// Memory it holds.
    std::size_t bytes() const;

  private:
    enum class Form : std::uint8_t { kZero, kMemory, kRaw, kPacked };
    struct Entry {
        std::uint64_t offset = 0, sum = 0;
        std::uint32_t room = 0, bytes = 0;      ///< on disk: taken, and used of it
        std::uint32_t asked = 0, answered = 0;  ///< requests
        Form form = Form::kZero;
    };
    struct Task {
        Request request;
        std::uint32_t write_turn = 0, read_turn = 0;
        Batch* batch = nullptr;
    };
    struct Place {
        SpillFile file;
        Extents extents;
        explicit Place(const std::filesystem::path& folder) : file(folder) {}
    };
    class Worker;

    void work(const std::stop_token& stop);
    void serve(const Task& task, Worker& worker);
    void await_turn(Block block, std::uint32_t turn);
    void end_turn(Block block);
    void write(Block block, const std::byte* from, Worker& worker);
    void read(Block block, std::byte* to, Worker& worker);
    Entry entry_of(Block block) const;
    void make_room(Block block, std::size_t bytes, Form form);
    Place& place_of(Block block) const { return *places_[block % places_.size()]; }
    std::byte* memory_of(Block block) const {
        return memory_.data() + block * options_.block_bytes;
    }
    std::uint64_t per_place(std::uint64_t blocks) const;
    void count_busy(int change);

    BlockFileOptions options_;
    std::size_t slot_bytes_;       ///< of a block that is not packed, on disk
    std::uint64_t in_memory_ = 0;  ///< blocks 0 to in_memory_ - 1 are never on disk
    AlignedBytes memory_;          ///< theirs
    std::atomic<bool> keep_in_memory_{true};
    std::vector<std::unique_ptr<Place>> places_;

    mutable std::mutex mutex_;
    std::condition_variable_any asked_;  ///< a task is there
    std::condition_variable turned_;     ///< a turn is over
    std::deque<Task> tasks_;
    std::vector<Entry> entries_;
    std::vector<Block> given_;
    BlockFileCounts counts_;
    std::uint64_t on_disk_ = 0;
    int busy_ = 0;
    double busy_since_ = 0;
    std::vector<std::jthread> threads_;
};

}  // namespace carillon::host
