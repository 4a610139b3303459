// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/block_file.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/host/checksum.h"

namespace carillon::host {

namespace {

std::size_t rounded_up(std::size_t bytes) {
    return (bytes + kSpillAlign - 1) / kSpillAlign * kSpillAlign;
}

bool all_zero(const std::byte* at, std::size_t bytes) {
    constexpr std::size_t kStretch = 64;
    static constexpr std::byte kZeros[kStretch]{};
    for (; bytes >= kStretch; at += kStretch, bytes -= kStretch)
        if (std::memcmp(at, kZeros, kStretch) != 0) return false;
    return std::memcmp(at, kZeros, bytes) == 0;
}

bool is_aligned(const std::byte* at) {
    return reinterpret_cast<std::uintptr_t>(at) % kSpillAlign == 0;
}

double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

BlockFile::Batch::~Batch() {
    wait_for_end();
}

void BlockFile::Batch::wait_for_end() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return open_ == 0; });
}

void BlockFile::Batch::wait() {
    wait_for_end();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void BlockFile::Batch::end_one(const std::exception_ptr& error) {
    const std::lock_guard lock(mutex_);
    if (error && !error_) error_ = error;
    if (--open_ == 0) ended_.notify_all();
}

/// What a thread needs for itself.
class BlockFile::Worker {
  public:
    Worker(const BlockFileOptions& options, std::size_t room_bytes)
        : codec(options.coding, options.block_bytes), room(room_bytes) {}

    BlockCodec codec;
    AlignedBytes room;  ///< what is on disk, or goes there, unless it is the caller's memory
};

BlockFile::BlockFile(const BlockFileOptions& options)
    : options_(options), slot_bytes_(rounded_up(options.block_bytes)) {
    if (options.folders.empty()) throw InternalError("BlockFile: no folder");
    in_memory_ = options.memory_bytes / options.block_bytes;
    memory_ = AlignedBytes(std::max<std::size_t>(in_memory_ * options.block_bytes, 1));
    for (const auto& folder : options.folders) places_.push_back(std::make_unique<Place>(folder));
    BlockCodec(options.coding, options.block_bytes);  // throws here rather than in a thread
    for (int k = 0; k < options.threads; ++k)
        threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

BlockFile::~BlockFile() {
    std::deque<Task> left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(tasks_);
    }
    for (const Task& task : left) task.batch->end_one(nullptr);
    for (std::jthread& thread : threads_) thread.request_stop();
    threads_.clear();
}

std::unique_ptr<BlockFile> BlockFile::clone() const {
    BlockFileOptions options = options_;
    options.memory_bytes = 0;
    auto copy = std::make_unique<BlockFile>(options);
    copy->reserve(entries_.size());
    Worker worker(options, slot_bytes_);
    for (Block block = 0; block < entries_.size(); ++block) {
        const Entry& entry = entries_[block];
        copy->entries_.emplace_back();
        if (entry.form == Form::kMemory) copy->write(block, memory_of(block), worker);
        if (entry.room == 0) continue;
        place_of(block).file.read(entry.offset, {worker.room.data(), entry.room});
        copy->make_room(block, entry.bytes, entry.form);
        Entry& copied = copy->entries_[block];
        copied.sum = entry.sum;
        copy->place_of(block).file.write(copied.offset, {worker.room.data(), entry.room});
    }
    copy->given_ = given_;
    return copy;
}

std::uint64_t BlockFile::per_place(std::uint64_t blocks) const {
    if (options_.coding.compression != Compression::kNone || blocks <= in_memory_) return 0;
    return (blocks - in_memory_ + places_.size() - 1) / places_.size() * slot_bytes_;
}

void BlockFile::check_room(std::uint64_t blocks) const {
    for (const auto& place : places_) place->file.check_room(per_place(blocks));
}

void BlockFile::reserve(std::uint64_t blocks) {
    for (const auto& place : places_) place->file.reserve(per_place(blocks));
    const std::lock_guard lock(mutex_);
    entries_.reserve(blocks);
}

BlockFile::Block BlockFile::take() {
    const std::lock_guard lock(mutex_);
    if (!given_.empty()) {
        const Block block = given_.back();
        given_.pop_back();
        return block;
    }
    entries_.emplace_back();
    return static_cast<Block>(entries_.size() - 1);
}

void BlockFile::give(Block block) {
    make_room(block, 0, Form::kZero);
    const std::lock_guard lock(mutex_);
    given_.push_back(block);
}

bool BlockFile::is_zero(Block block) const {
    const std::lock_guard lock(mutex_);
    const Entry& entry = entries_[block];
    return entry.asked == entry.answered && entry.form == Form::kZero;
}

void BlockFile::start(const Request& request, Batch& batch) {
    {
        const std::lock_guard lock(batch.mutex_);
        ++batch.open_;
    }
    {
        const std::lock_guard lock(mutex_);
        Task task{.request = request, .batch = &batch};
        if (request.write) task.write_turn = entries_[*request.write].asked++;
        if (request.read) task.read_turn = entries_[*request.read].asked++;
        tasks_.push_back(task);
    }
    asked_.notify_one();
}

void BlockFile::work(const std::stop_token& stop) {
    Worker worker(options_, slot_bytes_);
    for (;;) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            if (!asked_.wait(lock, stop, [&] { return !tasks_.empty(); })) return;
            task = tasks_.front();
            tasks_.pop_front();
            count_busy(1);
        }
        std::exception_ptr error;
        try {
            serve(task, worker);
        } catch (...) {
            error = std::current_exception();
        }
        {
            const std::lock_guard lock(mutex_);
            count_busy(-1);
        }
        task.batch->end_one(error);
    }
}

void BlockFile::count_busy(int change) {
    if (busy_ == 0) busy_since_ = now_s();
    busy_ += change;
    if (busy_ == 0) counts_.busy_s += now_s() - busy_since_;
}

/// Both turns come to their end, whatever happens: later requests wait for them.
void BlockFile::serve(const Task& task, Worker& worker) {
    const auto& [to_write, to_read, memory] = task.request;
    std::exception_ptr error;
    if (to_write) {
        await_turn(*to_write, task.write_turn);
        try {
            write(*to_write, memory, worker);
        } catch (...) {
            error = std::current_exception();
        }
        end_turn(*to_write);
    }
    if (to_read) {
        await_turn(*to_read, task.read_turn);
        try {
            if (!error) read(*to_read, memory, worker);
        } catch (...) {
            error = std::current_exception();
        }
        end_turn(*to_read);
    }
    if (error) std::rethrow_exception(error);
}

/// Tasks are taken in order, so that the ones waited for are in other threads' hands already.
void BlockFile::await_turn(Block block, std::uint32_t turn) {
    std::unique_lock lock(mutex_);
    turned_.wait(lock, [&] { return entries_[block].answered == turn; });
}

void BlockFile::end_turn(Block block) {
    {
        const std::lock_guard lock(mutex_);
        ++entries_[block].answered;
    }
    turned_.notify_all();
}

/// Room on disk for a block that takes `bytes` there.
void BlockFile::make_room(Block block, std::size_t bytes, Form form) {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[block];
    Place& place = place_of(block);
    const auto room = static_cast<std::uint32_t>(rounded_up(bytes));
    if (entry.room != room) {
        if (entry.room != 0) place.extents.give(entry.offset, entry.room);
        if (room != 0) entry.offset = place.extents.take(room);
        on_disk_ += room;
        on_disk_ -= entry.room;
        entry.room = room;
        counts_.most_on_disk_bytes = std::max(counts_.most_on_disk_bytes, on_disk_);
    }
    entry.bytes = static_cast<std::uint32_t>(bytes);
    entry.form = form;
}

void BlockFile::write(Block block, const std::byte* from, Worker& worker) {
    if (all_zero(from, options_.block_bytes)) return make_room(block, 0, Form::kZero);
    if (block < in_memory_ && keep_in_memory_) {
        std::memcpy(memory_of(block), from, options_.block_bytes);
        return make_room(block, 0, Form::kMemory);
    }
    const BlockCodec::Packed packed = worker.codec.encode({from, options_.block_bytes});
    const bool smaller = !packed.bytes.empty() && rounded_up(packed.bytes.size()) < slot_bytes_;
    const std::span<const std::byte> bytes =
        smaller ? packed.bytes : std::span(from, options_.block_bytes);
    make_room(block, bytes.size(), smaller ? Form::kPacked : Form::kRaw);
    const std::byte* source = bytes.data();
    if (bytes.size() % kSpillAlign != 0 || !is_aligned(source)) {
        std::memcpy(worker.room.data(), source, bytes.size());
        std::memset(worker.room.data() + bytes.size(), 0, rounded_up(bytes.size()) - bytes.size());
        source = worker.room.data();
    }
    const std::uint64_t sum = checksum({source, bytes.size()});
    const Entry entry = entry_of(block);
    place_of(block).file.write(entry.offset, {source, entry.room});
    const std::lock_guard lock(mutex_);
    entries_[block].sum = sum;
    counts_.written_bytes += entry.room;
    if (smaller) counts_.squared_error += packed.squared_error;
}

void BlockFile::read(Block block, std::byte* to, Worker& worker) {
    const Entry entry = entry_of(block);
    if (entry.form == Form::kZero) {
        std::memset(to, 0, options_.block_bytes);
        return;
    }
    if (entry.form == Form::kMemory) {
        std::memcpy(to, memory_of(block), options_.block_bytes);
        return;
    }
    const bool in_place = entry.form == Form::kRaw && entry.bytes == entry.room && is_aligned(to);
    std::byte* const bytes = in_place ? to : worker.room.data();
    const SpillFile& file = place_of(block).file;
    bool good = false;
    for (int attempt = 0; attempt < 2 && !good; ++attempt) {
        file.read(entry.offset, {bytes, entry.room});
        good = checksum({bytes, entry.bytes}) == entry.sum;
    }
    if (good && entry.form == Form::kPacked)
        good = worker.codec.decode({bytes, entry.bytes}, {to, options_.block_bytes});
    else if (!in_place)
        std::memcpy(to, bytes, options_.block_bytes);
    if (!good)
        throw ResourceError("block " + std::to_string(block) + " of the state, at byte " +
                            std::to_string(entry.offset) + " of " + file.path().string() +
                            ", is not what was written there: its checksum differs. The disk or " +
                            "the memory of this machine is faulty");
    const std::lock_guard lock(mutex_);
    counts_.read_bytes += entry.room;
}

BlockFile::Entry BlockFile::entry_of(Block block) const {
    const std::lock_guard lock(mutex_);
    return entries_[block];
}

BlockFileCounts BlockFile::counts() const {
    const std::lock_guard lock(mutex_);
    BlockFileCounts counts = counts_;
    if (busy_ > 0) counts.busy_s += now_s() - busy_since_;
    return counts;
}

std::vector<std::string> BlockFile::notes() const {
    std::vector<std::string> notes;
    for (const auto& place : places_)
        if (!place->file.note().empty()) notes.push_back(place->file.note());
    return notes;
}

bool BlockFile::direct() const {
    return std::ranges::all_of(places_, [](const auto& place) { return place->file.direct(); });
}

std::size_t BlockFile::bytes() const {
    const std::size_t packing = BlockCodec::bytes_for(options_.coding, options_.block_bytes);
    const std::lock_guard lock(mutex_);
    return std::min(in_memory_, std::uint64_t{entries_.size()}) * options_.block_bytes +
           options_.threads * (slot_bytes_ + packing) + entries_.capacity() * sizeof(Entry);
}

}  // namespace carillon::host
