// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/disk_pieces.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/engine/kernels/kernels.h"

namespace carillon::engine {

using host::BlockFile;
using kernels::kBlock;
using kernels::offset_of;

namespace {

constexpr int kMaxAxes = 48;

/// Keeps the half of a state where the axis at `place` is `value`; the last one takes its place.
/// What is left over becomes zero.
template <class Real>
void collapse(Real* data, int axes, int place, bool value, ThreadTeam& team) {
    if (axes >= 6) {
        kernels::collapse(kernels::StateView<Real>{data, axes, &team}, place, value, 1);
    } else {
        const std::uint64_t half = std::uint64_t{1} << (axes - 1);
        for (std::uint64_t i = 0; i < half; ++i) {
            std::uint64_t old = (i & ~(std::uint64_t{1} << place)) | std::uint64_t{value} << place;
            if (place != axes - 1) old |= (i >> place & 1) << (axes - 1);
            data[offset_of(i)] = data[offset_of(old)];
            data[offset_of(i) + kBlock] = data[offset_of(old) + kBlock];
        }
    }
    const std::uint64_t all = std::uint64_t{1} << axes;
    for (std::uint64_t i = all / 2; i < std::min(all, kBlock); ++i)
        data[offset_of(i)] = data[offset_of(i) + kBlock] = 0;
    if (all / 2 >= kBlock) std::memset(data + all, 0, all * sizeof(Real));
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

template <class Real>
DiskPieces<Real>::DiskPieces(const DiskOptions& options, std::shared_ptr<ThreadTeam> team)
    : options_(options), team_(std::move(team)) {
    sizes_ = choose_sizes(options_, sizeof(Real), team_->threads());
    file_ = std::make_unique<BlockFile>(
        host::BlockFileOptions{.folders = options.folders,
                               .block_bytes = bytes_of(sizes_.run_axes),
                               .coding = {.compression = options.compression,
                                          .number_bytes = sizeof(Real),
                                          .error_bound = options.error_bound / std::numbers::sqrt2},
                               .memory_bytes = sizes_.spare_bytes,
                               .threads = options.io_threads});
    counts_.direct = file_->direct();
    table_.push_back(file_->take());
}

template <class Real>
std::unique_ptr<DiskPieces<Real>> DiskPieces<Real>::clone() {
    write_back();
    wait();
    DiskOptions options = options_;
    options.inside_axes = sizes_.inside_axes;
    options.run_axes = sizes_.run_axes;
    auto copy = std::make_unique<DiskPieces>(options, team_);
    copy->places_ = places_;
    copy->file_ = file_->clone();
    copy->table_ = table_;
    settle_error();
    copy->counts_.error = counts_.error;
    resident_ = -1;
    for (Buffer& buffer : buffers_) buffer.memory = PageBuffer();
    return copy;
}

template <class Real>
int DiskPieces<Real>::table_bits() const {
    return std::max(places_.places() - sizes_.run_axes, 0);
}

template <class Real>
int DiskPieces<Real>::piece_axes(std::uint64_t bits) const {
    return std::min(places_.places(), sizes_.run_axes) + std::popcount(bits);
}

template <class Real>
std::uint64_t DiskPieces<Real>::always() const {
    std::uint64_t mask = 0;
    for (int place = 0; place < std::min(sizes_.run_axes, places_.places()); ++place)
        mask |= std::uint64_t{1} << places_.axis_at(place);
    return mask;
}

template <class Real>
std::uint64_t DiskPieces<Real>::now() const {
    if (resident_ < 0) return 0;
    std::uint64_t mask = 0;
    for (const int axis : axes_of_piece(buffers_[resident_].bits)) mask |= std::uint64_t{1} << axis;
    return mask;
}

/// True when the whole state is the piece in memory.
template <class Real>
bool DiskPieces<Real>::in_memory() const {
    return resident_ >= 0 && buffers_[resident_].bits == all_bits();
}

template <class Real>
std::uint64_t DiskPieces<Real>::outside(std::uint64_t bits, std::uint64_t number) const {
    std::uint64_t values = 0;
    for (std::uint64_t rest = number & ~bits; rest != 0; rest &= rest - 1)
        values |= std::uint64_t{1} << axis_of_bit(std::countr_zero(rest));
    return values;
}

template <class Real>
std::vector<int> DiskPieces<Real>::axes_of_piece(std::uint64_t bits) const {
    std::vector<int> axes;
    for (int place = 0; place < std::min(sizes_.run_axes, places_.places()); ++place)
        axes.push_back(places_.axis_at(place));
    for (; bits != 0; bits &= bits - 1) axes.push_back(axis_of_bit(std::countr_zero(bits)));
    return axes;
}

template <class Real>
std::vector<int> DiskPieces<Real>::places_in_piece(std::uint64_t bits) const {
    std::vector<int> places(static_cast<std::size_t>(places_.axes()), -1);
    int place = 0;
    for (const int axis : axes_of_piece(bits)) places[static_cast<std::size_t>(axis)] = place++;
    return places;
}

template <class Real>
std::uint64_t DiskPieces<Real>::bits_with(std::uint64_t axes, std::uint64_t avoided) const {
    const std::uint64_t held = resident_ >= 0 ? buffers_[resident_].bits : 0;
    std::uint64_t bits = 0, unloved = 0;
    for (int bit = 0; bit < table_bits(); ++bit) {
        bits |= (axes >> axis_of_bit(bit) & 1) << bit;
        unloved |= (avoided >> axis_of_bit(bit) & 1) << bit;
    }
    if (std::popcount(bits) > above()) throw InternalError("DiskPieces: a piece is too small");
    for (const std::uint64_t choice :
         {held & ~unloved, all_bits() & ~unloved, held & unloved, all_bits()})
        for (std::uint64_t rest = choice & ~bits; rest != 0 && std::popcount(bits) < above();
             rest &= rest - 1)
            bits |= rest & -rest;
    return bits;
}

template <class Real>
void DiskPieces<Real>::begin(const Real* stored, int axes) {
    resident_ = -1;
    for (Buffer& buffer : buffers_) buffer.dirty = false;
    wait();
    for (const Block block : table_) file_->give(block);
    table_.clear();
    places_ = AxisPlaces(axes);
    file_->reserve(all_bits() + 1);
    while (table_.size() <= all_bits()) table_.push_back(file_->take());
    if (table_bits() <= above()) {
        Buffer& buffer = buffers_[0];
        buffer.memory.grow(bytes_of(sizes_.run_axes) << table_bits());
        std::memset(buffer.data(), 0, bytes_of(sizes_.run_axes));
        std::memcpy(buffer.data(), stored, std::max(bytes_of(axes), bytes_of(kernels::kBlockBits)));
        buffer.bits = all_bits();
        buffer.number = 0;
        buffer.dirty = true;
        resident_ = 0;
    } else {
        // The caller has its copy meanwhile: no memory for blocks yet.
        file_->keep_in_memory(false);
        BlockFile::Batch open;
        auto* at = const_cast<std::byte*>(reinterpret_cast<const std::byte*>(stored));
        for (std::size_t k = 0; k < table_.size(); ++k)
            file_->start({.write = table_[k], .memory = at + k * bytes_of(sizes_.run_axes)}, open);
        open.wait();
        file_->keep_in_memory(true);
        find_zero_axes();
    }
    note_peak();
}

/// Takes places away from axes above the runs that are 0 everywhere.
template <class Real>
void DiskPieces<Real>::find_zero_axes() {
    for (int bit = table_bits() - 1; bit >= 0; --bit) {
        bool zero = true;
        for (std::uint64_t at = 0; at <= all_bits() && zero; ++at)
            zero = (at >> bit & 1) == 0 || file_->is_zero(table_[at]);
        if (!zero) continue;
        const int axis = axis_of_bit(bit);
        halve(bit, false);
        places_.take_place(axis);
    }
}

template <class Real>
void DiskPieces<Real>::add_axis() {
    const int places = places_.axes() + 1;
    const std::uint64_t blocks = std::uint64_t{1} << std::clamp(places - sizes_.run_axes, 0, 40);
    const std::uint64_t index = blocks * (sizeof(Block) + BlockFile::kIndexBytes);
    if (places > kMaxAxes || (blocks > 1 << 16 && index > sizes_.index_bytes))
        throw ResourceError("a state of " + std::to_string(places) +
                            " qubits is too large: " + "the list of its blocks alone would take " +
                            bytes_text(index) + " of memory");
    file_->check_room(blocks);
    places_.add();
}

template <class Real>
void DiskPieces<Real>::store(std::uint64_t axes) {
    for (std::uint64_t rest = axes & places_.without(); rest != 0; rest &= rest - 1) {
        if (places_.places() >= sizes_.run_axes) add_bit();
        places_.give_place(std::countr_zero(rest));
    }
    note_peak();
}

/// Twice as many blocks, the new ones zero. A state that is in memory stays there if it can.
template <class Real>
void DiskPieces<Real>::add_bit() {
    const std::size_t before = table_.size();
    file_->reserve(2 * before);
    if (in_memory() && table_bits() < above()) {
        Buffer& buffer = buffers_[resident_];
        buffer.open.wait();
        const std::size_t bytes = before * bytes_of(sizes_.run_axes);
        buffer.memory.grow(2 * bytes);
        std::memset(reinterpret_cast<std::byte*>(buffer.data()) + bytes, 0, bytes);
        buffer.bits |= before;
        buffer.dirty = true;
    }
    for (std::size_t k = 0; k < before; ++k) table_.push_back(file_->take());
}

/// Keeps the blocks where a bit has this value.
template <class Real>
void DiskPieces<Real>::halve(int bit, bool value) {
    wait();
    std::vector<Block> kept(table_.size() / 2);
    for (std::uint64_t at = 0; at < table_.size(); ++at) {
        if ((at >> bit & 1) == std::uint64_t{value})
            kept[without_bit(at, bit)] = table_[at];
        else
            file_->give(table_[at]);
    }
    table_ = std::move(kept);
}

template <class Real>
void DiskPieces<Real>::remove_axis(int axis, bool value) {
    const int place = places_.place_of(axis);
    if (place < 0 && value) {  // nothing is left
        drop();
        wait();
        for (Block& block : table_) file_->give(std::exchange(block, 0));
        for (Block& block : table_) block = file_->take();
    } else if (place >= sizes_.run_axes && !in_memory()) {
        drop();
        halve(place - sizes_.run_axes, value);
    } else if (place >= 0) {
        if (table_bits() <= above()) {
            if (!in_memory()) sweep(all_bits(), {0}, [](Real*, std::uint64_t) { return false; });
            remove_in_memory(place, value);
        } else {
            remove_from_runs(place, value);
        }
        places_.exchange(place, places_.places() - 1);
    }
    if (place >= 0) places_.take_place(axis);
    places_.remove(axis);
}

template <class Real>
void DiskPieces<Real>::remove_in_memory(int place, bool value) {
    Buffer& buffer = buffers_[resident_];
    wait();
    collapse(buffer.data(), piece_axes(buffer.bits), place, value, *team_);
    buffer.dirty = true;
    if (table_bits() == 0) return;
    halve(table_bits() - 1, false);
    buffer.bits = table_.size() - 1;
}

/// The last place moves into the runs, to where the axis was; its upper half becomes zero.
template <class Real>
void DiskPieces<Real>::remove_from_runs(int place, bool value) {
    const int last = table_bits() - 1;
    const std::uint64_t bits = bits_with(std::uint64_t{1} << axis_of_bit(last));
    sweep(bits, pieces(bits), [&](Real* piece, std::uint64_t) {
        collapse(piece, piece_axes(bits), place, value, *team_);
        return true;
    });
    drop();
    halve(last, false);
}

template <class Real>
void DiskPieces<Real>::bring_inside(std::uint64_t axes) {
    if (std::popcount(axes) > sizes_.inside_axes)
        throw InternalError("DiskPieces::bring_inside: too many axes");
    store(axes);
    for (;;) {
        std::vector<int> far, near;  // wanted ones above the runs, others within
        for (int place = 0; place < places_.places(); ++place) {
            const bool wanted = (axes >> places_.axis_at(place) & 1) != 0;
            if (wanted && place >= sizes_.run_axes) far.push_back(place);
            if (!wanted && place < sizes_.run_axes) near.push_back(place);
        }
        const int excess = static_cast<int>(far.size()) - above();
        if (excess <= 0) return;
        const auto count =
            std::min({static_cast<std::size_t>(excess), near.size(), far.size() - excess});
        std::uint64_t moving = 0;
        for (std::size_t k = 0; k < count; ++k)
            moving |= std::uint64_t{1} << places_.axis_at(far[k]);
        const std::uint64_t bits = bits_with(moving);
        const std::vector<int> at = places_in_piece(bits);
        sweep(bits, pieces(bits), [&](Real* piece, std::uint64_t) {
            for (std::size_t k = 0; k < count; ++k) {
                const int from = at[static_cast<std::size_t>(places_.axis_at(far[k]))];
                const std::uint64_t both = std::uint64_t{1} << from | std::uint64_t{1} << near[k];
                const Condition differ{both, true};
                kernels::shift(kernels::StateView<Real>{piece, piece_axes(bits), team_.get()}, both,
                               {&differ, 1});
            }
            return true;
        });
        drop();
        for (std::size_t k = 0; k < count; ++k) places_.exchange(far[k], near[k]);
    }
}

template <class Real>
std::vector<std::uint64_t> DiskPieces<Real>::all_pieces(std::uint64_t bits) const {
    const std::uint64_t others = all_bits() & ~bits;
    std::vector<std::uint64_t> numbers(std::size_t{1} << std::popcount(others));
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = deposit(k, others);
    return numbers;
}

template <class Real>
std::vector<std::uint64_t> DiskPieces<Real>::pieces(std::uint64_t bits, const Wanted& wanted) {
    if (resident_ >= 0 && buffers_[resident_].bits != bits) drop();
    std::vector<std::uint64_t> numbers = all_pieces(bits);
    std::erase_if(numbers, [&](std::uint64_t number) {
        if (wanted && !wanted(outside(bits, number))) return true;
        if (resident_ >= 0 && buffers_[resident_].number == number) return false;
        for (std::uint64_t k = 0; k <= all_bits() >> std::popcount(all_bits() & ~bits); ++k)
            if (!file_->is_zero(table_[number | deposit(k, bits)])) return false;
        return true;
    });
    return numbers;
}

template <class Real>
void DiskPieces<Real>::sweep(std::uint64_t bits, std::vector<std::uint64_t> pieces,
                             const Work& work) {
    if (broken_) throw InternalError("DiskPieces: used after an error");
    const auto begin = std::chrono::steady_clock::now();
    const double busy_before = file_->counts().busy_s;
    broken_ = true;
    settle_error();
    if (start(bits, pieces)) {
        ++counts_.sweeps;
        int at = resident_;
        for (std::size_t k = 0; k < pieces.size(); ++k, at = 1 - at) {
            Buffer& buffer = buffers_[at];
            exchange(buffers_[1 - at], bits, k + 1 < pieces.size() ? &pieces[k + 1] : nullptr);
            buffer.open.wait();
            const auto working = std::chrono::steady_clock::now();
            if (work(buffer.data(), outside(bits, pieces[k]))) buffer.dirty = true;
            counts_.compute_s += seconds_since(working);
            resident_ = at;
        }
    }
    broken_ = false;
    note_peak();
    counts_.sweep_s += seconds_since(begin);
    counts_.io_s += file_->counts().busy_s - busy_before;
}

/// Has the first piece in a buffer, or on its way there: the one that is there already if it is
/// among them.
template <class Real>
bool DiskPieces<Real>::start(std::uint64_t bits, std::vector<std::uint64_t>& pieces) {
    if (pieces.empty()) return false;
    if (resident_ >= 0 && buffers_[resident_].bits == bits) {
        const auto there = std::ranges::find(pieces, buffers_[resident_].number);
        if (there != pieces.end()) {
            std::rotate(pieces.begin(), there, pieces.end());
            return true;
        }
    }
    const int free = resident_ >= 0 ? 1 - resident_ : 0;
    drop();
    exchange(buffers_[free], bits, &pieces.front());
    resident_ = free;
    return true;
}

/// Writes what a buffer holds if that is new, and reads the next piece into it.
template <class Real>
void DiskPieces<Real>::exchange(Buffer& buffer, std::uint64_t bits, const std::uint64_t* next) {
    buffer.open.wait();
    const std::uint64_t old_bits = buffer.bits, old_number = buffer.number;
    const std::size_t writes = buffer.dirty ? std::size_t{1} << std::popcount(old_bits) : 0;
    const std::size_t reads = next != nullptr ? std::size_t{1} << std::popcount(bits) : 0;
    buffer.memory.grow(std::max(writes, reads) * bytes_of(sizes_.run_axes));
    auto* const memory = reinterpret_cast<std::byte*>(buffer.data());
    for (std::size_t k = 0; k < std::max(writes, reads); ++k) {
        BlockFile::Request request{.memory = memory + k * bytes_of(sizes_.run_axes)};
        if (k < writes) request.write = table_[old_number | deposit(k, old_bits)];
        if (k < reads) request.read = table_[*next | deposit(k, bits)];
        file_->start(request, buffer.open);
    }
    buffer.dirty = false;
    if (next == nullptr) return;
    buffer.bits = bits;
    buffer.number = *next;
}

/// Begins to write what is only in memory.
template <class Real>
void DiskPieces<Real>::write_back() {
    for (Buffer& buffer : buffers_)
        if (buffer.dirty) exchange(buffer, 0, nullptr);
}

template <class Real>
void DiskPieces<Real>::drop() {
    write_back();
    resident_ = -1;
}

template <class Real>
void DiskPieces<Real>::wait() {
    for (Buffer& buffer : buffers_) buffer.open.wait();
}

/// Rounding at writes of different blocks adds up in squares, that of different times as it is.
template <class Real>
void DiskPieces<Real>::settle_error() {
    if (options_.compression != host::Compression::kBounded) return;
    wait();
    const double squares = file_->counts().squared_error;
    counts_.error += std::sqrt(squares - settled_squares_);
    settled_squares_ = squares;
}

template <class Real>
void DiskPieces<Real>::scale_error(double factor) {
    settle_error();
    counts_.error *= factor;
}

template <class Real>
DiskCounts DiskPieces<Real>::counts() {
    settle_error();
    const host::BlockFileCounts of_file = file_->counts();
    DiskCounts counts = counts_;
    counts.read_bytes = of_file.read_bytes;
    counts.written_bytes = of_file.written_bytes;
    counts.most_on_disk_bytes = of_file.most_on_disk_bytes;
    counts.notes = file_->notes();
    return counts;
}

template <class Real>
std::uint64_t DiskPieces<Real>::bytes() const {
    return buffers_[0].memory.capacity() + buffers_[1].memory.capacity() + file_->bytes() +
           table_.capacity() * sizeof(Block) + sizes_.tile_bytes;
}

template <class Real>
void DiskPieces<Real>::note_peak() {
    peak_bytes_ = std::max(peak_bytes_, bytes());
}

template class DiskPieces<float>;
template class DiskPieces<double>;

}  // namespace carillon::engine
