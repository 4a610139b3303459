// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "carillon/resource/engine/disk_pieces.h"
#include "carillon/resource/engine/large_state.h"

namespace carillon::engine {

/// A state on disk, see DiskPieces. What is to be done is done in sweeps over the disk, each of
/// which does all that a piece can do.
template <class Real>
class DiskState : public LargeState<Real> {
  public:
    /// Throws: ResourceError when a folder cannot be used, memory is too small, or this build
    /// cannot compress.
    DiskState(const DiskOptions& options, std::shared_ptr<ThreadTeam> team);

    std::unique_ptr<LargeState<Real>> clone() const override;
    int axes() const override { return pieces_->places().axes(); }
    void begin(const Real* stored, int axes, std::uint64_t zero) override;
    void copy_out(Real* stored) const override;
    void add_axis() override { pieces_->add_axis(); }
    void remove_axis(int axis, bool value, double factor) override;
    void run(const passes::Items& items, Complex scalar) override;
    void apply_wide(const Matrix& matrix, std::span<const int> targets,
                    std::span<const Condition> conditions) override;
    double weight(std::span<const Condition> conditions) override;
    void visit(std::uint64_t inside, const std::function<void(const Piece<Real>&)>& look) override;
    void visit_where(const std::function<bool(std::uint64_t, std::uint64_t)>& wanted,
                     const std::function<void(const Piece<Real>&)>& look) override;
    void rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) override;
    void sum(std::span<double>) const override {}
    int inside_axes() const override { return pieces_->inside_axes(); }
    int room_inside() const override { return pieces_->inside_axes() - pieces_->run_axes(); }
    std::uint64_t bytes() const override { return pieces_->bytes(); }
    std::uint64_t peak_bytes() const override { return pieces_->peak_bytes(); }
    std::uint64_t passes() const override { return passes_; }

    std::optional<DiskCounts> disk() const override { return pieces_->counts(); }

  private:
    DiskState() = default;
    void run_stage(const passes::Items& items, std::uint64_t axes,
                   std::span<const std::uint32_t> chosen, bool last);
    std::size_t run_piece(Real* piece, int axes, const passes::Items& items, Complex scalar,
                          std::uint64_t zero);
    void look_at(std::uint64_t bits, std::vector<std::uint64_t> pieces,
                 const std::function<void(const Piece<Real>&)>& look) const;

    std::unique_ptr<DiskPieces<Real>> pieces_;
    mutable Complex owed_ = 1;  ///< factor of the whole state that is not in the amplitudes yet
    std::uint64_t zero_ = 0;    ///< axes that have a place and are 0 all the same
    std::uint64_t passes_ = 0;
};

extern template class DiskState<float>;
extern template class DiskState<double>;

}  // namespace carillon::engine
