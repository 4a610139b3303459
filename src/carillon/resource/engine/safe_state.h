// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "carillon/resource/engine/large_state.h"
#include "carillon/resource/engine/safety.h"
#include "carillon/resource/engine/thread_team.h"
#include "carillon/resource/host/rank_trace.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::engine {

/// A RankState that goes on when ranks die.
///
/// What is done to the state is cut into steps that are the same on all ranks. Now and then every
/// rank keeps a copy of its part, and its partner's: the rank that has the part whose number
/// differs in the highest bit, which is on another node when there are several. Since then every
/// step is noted (operations are a few bytes each). When a rank is lost the survivors agree on who
/// is left, put the copies of the last checkpoint that all had finished in place, on a spare rank
/// if there is one and otherwise on half as many ranks, and do the noted steps again. Ranks that
/// were ahead so take part in what the others still have to do, and nothing above this class
/// notices.
///
/// Copies carry checksums; a damaged one is replaced by the partner's. With a folder, parts are
/// also written there, then a manifest; another run of the same program with any number of ranks
/// goes on from there: until it comes to the step of the checkpoint, steps do nothing and give the
/// values that the manifest has for them.
///
/// In memory it costs two copies of a part per rank, four while a checkpoint is taken. There is
/// one such state at a time.
template <class Real>
class SafeState : public LargeState<Real> {
  public:
    SafeState(host::Ranks& ranks, std::shared_ptr<ThreadTeam> team, std::uint64_t max_bytes,
              const SafetyOptions& options, host::RankTrace* trace = nullptr);
    ~SafeState() override;

    /// Throws: InternalError.
    std::unique_ptr<LargeState<Real>> clone() const override;
    int axes() const override;
    void begin(const Real* stored, int axes, std::uint64_t zero) override;
    void copy_out(Real* stored) const override;
    void add_axis() override;
    void remove_axis(int axis, bool value, double factor) override;
    void run(const passes::Items& items, Complex scalar) override;
    void apply_wide(const Matrix& matrix, std::span<const int> targets,
                    std::span<const Condition> conditions) override;
    double weight(std::span<const Condition> conditions) override;
    void visit(std::uint64_t inside, const std::function<void(const Piece<Real>&)>& look) override;
    void collect(std::uint64_t inside, const std::function<void(const Piece<Real>&)>& look,
                 std::span<double> values,
                 const typename LargeState<Real>::Wanted& wanted = {}) override;
    /// `change` may be called again, on the state as it was before or after, when a rank dies.
    void rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) override;
    /// Throws: InternalError; collect() is what outlives a rank.
    void sum(std::span<double> values) const override;
    void close() override;
    int inside_axes() const override;
    int room_inside() const override;
    std::uint64_t bytes() const override;
    std::uint64_t peak_bytes() const override;
    std::uint64_t passes() const override;

  private:
    class Core;
    std::unique_ptr<Core> core_;
};

extern template class SafeState<float>;
extern template class SafeState<double>;

}  // namespace carillon::engine
