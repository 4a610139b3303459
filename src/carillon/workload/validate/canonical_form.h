// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/workload/validate/angle.h"
#include "carillon/workload/validate/gate_expansion.h"
#include "carillon/workload/validate/tuple_table.h"

namespace carillon::validation {

/// One wire in a phase: its value n, or 1 - n when negated.
struct Literal {
    std::uint32_t wire = 0;
    bool negated = false;
};

enum class EventKind : std::uint8_t {
    kRotation,  ///< a one-qubit unitary that is neither diagonal nor antidiagonal
    kMeasure,
    kReset,
    kOpaque,  ///< operand of a matrix on several qubits
    kBegin,   ///< a block starts
    kElse,    ///< its first branch ends, the second one starts
    kEnd,     ///< a block ends
};

/// A logical circuit, written so that two circuits that differ by commuting and merging gates only
/// look the same. Built gate by gate, in any order in which the circuit may run.
///
/// On every wire stand events, parted by segments. Phases on products of wires commute with each
/// other while their wires stay in their segments, so that a segment's phases are a sum over sets
/// of wires. A one-qubit unitary ends a segment; of it only what does not commute with Z to its
/// left is kept: the axis that it turns into Z, up to sign. The rest, a flip and a phase, is passed
/// on into the next segment. When nothing is left between two unitaries they become one, which may
/// cancel and open the earlier segment again. Example: cx cx is H, phase pi on (c, t), H, H, phase
/// pi, H; the inner H H vanish, the phases add up to 2 pi and vanish, the outer H H vanish.
class CanonicalForm {
  public:
    explicit CanonicalForm(std::uint32_t wires) : wires_(wires) {}

    /// What the following operations come from; kept with events for messages.
    void set_origin(std::uint64_t origin) { origin_ = origin; }

    /// Multiplies by e^{i angle} where all literals hold.
    void phase(std::span<const Literal> literals, const Angle& angle);
    void unitary(std::uint32_t wire, const Matrix2& m);
    void flip(std::uint32_t wire) { wires_[wire].flip ^= true; }
    /// Something nothing is moved across. `payload` and `extra` say what.
    void separator(EventKind kind, std::uint32_t wire, std::uint32_t payload,
                   std::uint32_t extra = 0);

    /// Number of events on a wire so far.
    std::uint32_t depth(std::uint32_t wire) const {
        return static_cast<std::uint32_t>(wires_[wire].events.size());
    }
    std::uint32_t num_wires() const { return static_cast<std::uint32_t>(wires_.size()); }

    /// Where two forms differ first.
    struct Divergence {
        bool found = false;
        std::uint32_t wire = 0;
        std::uint64_t origin_a = kNoOrigin;  ///< what stands there in either form, if anything does
        std::uint64_t origin_b = kNoOrigin;
        std::string what;
    };
    static constexpr std::uint64_t kNoOrigin = ~std::uint64_t{0};
    static Divergence compare(const CanonicalForm& a, const CanonicalForm& b);

  private:
    struct Event {
        std::array<double, 3> axis{};  ///< kRotation: the axis; else axis[0] = phase before it
        std::uint64_t origin = 0;
        std::uint32_t payload = 0;
        std::uint32_t extra = 0;
        std::uint32_t phases_before = 0;  ///< Wire::phases of the segment that it ends
        EventKind kind = EventKind::kRotation;
        bool flip = false;  ///< separators: an X stands before it
    };
    struct Wire {
        std::vector<Event> events;
        double phase = 0;          ///< on this wire alone, in the current segment
        std::uint32_t phases = 0;  ///< phases with other wires or run-time angles there
        bool flip = false;         ///< an X, after everything in the segment
    };

    void add_term(std::span<const Literal> wires, std::uint32_t symbol, double angle);
    void expand(std::span<const Literal> literals, std::uint32_t symbol, double angle);
    void push_rotation(std::uint32_t wire, Matrix2 m, std::uint64_t origin);
    static std::string difference_of(const Event& x, const Event& y);
    static bool phases_agree(const CanonicalForm& a, const CanonicalForm& b, Divergence& where);

    std::vector<Wire> wires_;
    TupleTable phase_keys_;
    std::vector<double> phase_angles_;  ///< by number in phase_keys_; 0 when absent
    std::vector<std::uint64_t> phase_origins_;
    std::vector<std::uint64_t> key_;          ///< scratch
    std::vector<Literal> literals_, subset_;  ///< scratch
    std::uint64_t origin_ = 0;
};

}  // namespace carillon::validation
