// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "carillon/resource/host/group.h"

namespace carillon::engine {

/// Which axes of a state over ranks are where; the same on all ranks.
struct RankLayout {
    int axes = 0, inside = 0;
    std::vector<int> axis_at;  ///< by place; places from `inside` on number the parts
    std::uint64_t zero = 0;    ///< axes that are 0 in all amplitudes that are not
};

/// What every rank keeps of one checkpoint. Everything but the bytes is the same on all ranks.
struct Copies {
    std::uint64_t version = 0;  ///< 0: none yet
    bool complete = false;      ///< this rank has all that it should keep
    std::vector<int> holders;   ///< by part: the rank that had it
    RankLayout layout;

    struct Kept {
        int part = -1;
        std::vector<std::byte> bytes;
        std::uint64_t checksum = 0;
        bool sound() const;
    };
    Kept own, partner;

    /// Copies this rank's part and trades copies with its partner.
    void keep(host::Ranks& ranks, std::span<const std::byte> part,
              const std::function<void(int, std::span<std::byte>)>& after_copy);
    /// The part whose holder keeps a copy of this part; itself when there is only one.
    int partner_of(int part) const;
    /// This rank's sound copy of a part, or nullptr.
    const Kept* find(int part) const;
};

/// Who has which part after a death, and where the copies come from.
struct Placing {
    std::vector<int> holders;  ///< by new part
    /// By old part: a rank that has a sound copy of it.
    std::vector<int> source;
    std::size_t mended = 0;  ///< copies that were damaged and not used
    /// The new part that an old part is in, and its place there.
    std::size_t new_part(std::size_t old_part) const { return old_part % holders.size(); }
    std::size_t place(std::size_t old_part) const { return old_part / holders.size(); }
};

/// All members call it with their copies of the same checkpoint. The dead are replaced by members
/// that had no part; if there are too few, two parts whose numbers differ in the highest bit
/// become one.
///
/// Throws: ResourceError when no sound copy of a part is left.
Placing place_copies(host::Group& group, const Copies& copies);

/// Brings the copies to where they belong: `to` is this rank's new part, empty when it has none.
void bring_copies(host::Ranks& ranks, const Copies& copies, const Placing& placing,
                  std::span<std::byte> to);

}  // namespace carillon::engine
