// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// Writes a circuit of one-qubit gates and phases, with as few gates and as long segments as it
/// can see on the way.
///
/// One-qubit gates wait until something must come after them, and are multiplied out; diagonal ones
/// are carried to the right through phases. A segment of a wire lies between two written gates that
/// are not diagonal. A phase on wires that all are still in the segments of an earlier phase on the
/// same wires is added to it; when the sum vanishes, so does the gate. Two one-qubit gates with no
/// phase left between them become one, which may be diagonal: then the segment before goes on.
class SegmentWriter {
  public:
    explicit SegmentWriter(Circuit& circuit)
        : circuit_(circuit), pending_(circuit.num_qubits), segments_(circuit.num_qubits) {
        for (auto& stack : segments_) stack.push_back(new_segment());
    }

    BlockId block() const { return where_; }
    /// What follows goes to this block. The wires that are used in it have been separated.
    void set_block(BlockId block) { where_ = block; }
    /// Number of the source operation that the following gates come from.
    void set_origin(std::uint32_t origin) { origin_ = origin; }

    void one_qubit(QubitId wire, const Matrix& m);
    /// e^{i angle} where all wires are 1.
    void phase(std::span<const QubitId> wires, double angle);
    /// The same with an angle known at run time.
    void phase(std::span<const QubitId> wires, const Param& angle);
    /// Nothing is moved or merged across this point of these wires.
    void separate(std::span<const QubitId> wires);
    /// Writes what waits on every wire.
    void flush();
    /// An operation of any kind: separates its wires and is written as it is.
    void copy(Operation op, std::span<const QubitId> wires, std::span<const Param> params);
    /// Takes out what vanished. Last.
    void finish();

  private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    struct Pending {
        bool active = false;
        std::array<Complex, 4> m{1, 0, 0, 1};
        std::uint32_t origin = Operation::kNoOrigin;
    };
    struct Segment {
        std::uint32_t id = 0;
        std::uint32_t phases = 0;      ///< standing in it
        std::uint32_t opened = kNone;  ///< position of the one-qubit gate that began it
        std::array<Complex, 4> m{};    ///< that gate
    };
    /// The last phase with a known angle on a set of wires.
    struct Standing {
        BlockId block;
        std::uint32_t position = 0;
        double angle = 0;
        std::vector<std::uint32_t> segments;
    };

    Segment new_segment() { return {next_segment_++, 0, kNone, {}}; }
    Segment& segment(QubitId w) { return segments_[static_cast<std::size_t>(w)].back(); }
    bool pending_diagonal(QubitId wire) const;
    void turn(QubitId wire);
    void write_pending(QubitId wire);
    std::uint32_t last() const {
        return static_cast<std::uint32_t>(circuit_.block(where_).size() - 1);
    }
    void set_phase(Operation& op, double angle);
    void vanish(BlockId block, std::uint32_t position);

    Circuit& circuit_;
    std::vector<Pending> pending_;                ///< by wire
    std::vector<std::vector<Segment>> segments_;  ///< by wire: those that could go on, current last
    std::unordered_map<std::string, Standing> standing_;  ///< by wires, sorted
    BlockId where_{0};
    std::uint32_t origin_ = 0;
    std::uint32_t next_segment_ = 0;
};

}  // namespace carillon
