// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "carillon/resource/engine/axis_places.h"
#include "carillon/resource/engine/disk_options.h"
#include "carillon/resource/engine/disk_sizes.h"
#include "carillon/resource/engine/memory.h"
#include "carillon/resource/engine/thread_team.h"
#include "carillon/resource/host/block_file.h"

namespace carillon::engine {

/// A state whose amplitudes are on disk, a piece of it at a time in memory.
///
/// An axis that is not known to be 0 has a place, a bit of the address: the lowest places count
/// within a run, a block on disk; the others count blocks. A piece is all blocks that differ in
/// some of the latter, its bits, and its number is the values of the rest of them. While one piece
/// is worked on, the last one is written and the next one is read, both in the other of two
/// buffers. The last piece of a sweep stays in memory, where the next sweep finds it if its pieces
/// have the same bits.
template <class Real>
class DiskPieces {
  public:
    /// Args: values of the axes outside, each at its own bit.
    using Wanted = std::function<bool(std::uint64_t outside)>;
    /// Args: the piece's amplitudes; values of the axes outside. Returns: whether it changed them.
    using Work = std::function<bool(Real* piece, std::uint64_t outside)>;

    /// Throws: ResourceError when a folder cannot be used or memory is too small.
    DiskPieces(const DiskOptions& options, std::shared_ptr<ThreadTeam> team);
    /// A copy in files of its own, which keeps no blocks in memory. This one gives its buffers back
    /// until it is used again, so that one of the two at a time takes the memory allowed.
    std::unique_ptr<DiskPieces> clone();

    ThreadTeam& team() const { return *team_; }
    const AxisPlaces& places() const { return places_; }
    /// Most axes of a piece.
    int inside_axes() const { return sizes_.inside_axes; }
    int run_axes() const { return sizes_.run_axes; }
    /// Axes within a run.
    std::uint64_t always() const;
    /// Axes of the piece in memory; 0 when there is none.
    std::uint64_t now() const;

    /// Becomes the state of `axes` axes that is stored at `stored`; those that turn out to be 0 for
    /// whole blocks get no place.
    void begin(const Real* stored, int axes);
    /// Throws: ResourceError when the disk is too small.
    void add_axis();
    /// Gives places to those of these axes that have none.
    void store(std::uint64_t axes);
    /// Keeps the half where an axis is `value`. The last axis takes its number.
    void remove_axis(int axis, bool value);
    /// Exchanges axes until bits_with(axes) has them all; at most inside_axes().
    void bring_inside(std::uint64_t axes);

    /// Bits of pieces that have these axes inside. What is left of their size is for bits of the
    /// piece in memory before others, and for those of `avoided` axes last.
    std::uint64_t bits_with(std::uint64_t axes, std::uint64_t avoided = 0) const;
    /// By place in a piece: the axis.
    std::vector<int> axes_of_piece(std::uint64_t bits) const;
    /// By axis: the place in a piece, -1 outside.
    std::vector<int> places_in_piece(std::uint64_t bits) const;
    /// Numbers of the pieces that are wanted and not known to be all zero.
    std::vector<std::uint64_t> pieces(std::uint64_t bits, const Wanted& wanted = {});
    /// Numbers of all pieces.
    std::vector<std::uint64_t> all_pieces(std::uint64_t bits) const;

    /// Works on pieces, in an order that suits.
    void sweep(std::uint64_t bits, std::vector<std::uint64_t> pieces, const Work& work);
    /// Puts on disk what is in memory, and forgets it there.
    void drop();

    /// Multiplies the bound of the error.
    void scale_error(double factor);
    DiskCounts counts();
    std::uint64_t bytes() const;
    std::uint64_t peak_bytes() const { return peak_bytes_; }

  private:
    using Block = host::BlockFile::Block;
    struct Buffer {
        PageBuffer memory;
        host::BlockFile::Batch open;
        std::uint64_t bits = 0, number = 0;  ///< of the piece it holds
        bool dirty = false;                  ///< differs from what is on disk
        Real* data() const { return static_cast<Real*>(memory.data()); }
    };

    static std::size_t bytes_of(int axes) { return (2 * sizeof(Real)) << axes; }
    int above() const { return sizes_.inside_axes - sizes_.run_axes; }
    int table_bits() const;
    std::uint64_t all_bits() const { return (std::uint64_t{1} << table_bits()) - 1; }
    int axis_of_bit(int bit) const { return places_.axis_at(sizes_.run_axes + bit); }
    int piece_axes(std::uint64_t bits) const;
    std::uint64_t outside(std::uint64_t bits, std::uint64_t number) const;
    bool in_memory() const;

    void find_zero_axes();
    void add_bit();
    void halve(int bit, bool value);
    void remove_in_memory(int place, bool value);
    void remove_from_runs(int place, bool value);

    void wait();
    void exchange(Buffer& buffer, std::uint64_t bits, const std::uint64_t* next);
    void write_back();
    bool start(std::uint64_t bits, std::vector<std::uint64_t>& pieces);
    void settle_error();
    void note_peak();

    DiskOptions options_;
    std::shared_ptr<ThreadTeam> team_;
    DiskSizes sizes_;
    AxisPlaces places_;
    std::unique_ptr<host::BlockFile> file_;
    std::vector<Block> table_;  ///< by the bits above a run
    std::array<Buffer, 2> buffers_;
    int resident_ = -1;  ///< buffer with the piece in memory
    bool broken_ = false;
    DiskCounts counts_;
    double settled_squares_ = 0;
    std::uint64_t peak_bytes_ = 0;
};

extern template class DiskPieces<float>;
extern template class DiskPieces<double>;

}  // namespace carillon::engine
