// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "carillon/resource/host/ranks.h"
#include "carillon/resource/host/work_policy.h"

namespace carillon::host {

/// What workers and their collector say to each other.
enum class WorkWord : std::uint32_t {
    // To the collector.
    kTook,     ///< began `range`
    kResult,   ///< `range` done in `seconds`; the body holds the result
    kFailure,  ///< `range` failed after `seconds`; the body says how
    kWrong,    ///< `range` failed because the user's input is wrong: the end of all
    kIdle,     ///< nothing to do
    kBye,      ///< the end is known; nothing comes from this worker any more
    // To a worker.
    kPace,   ///< all workers do `seconds` units a second; `more` 0: take no chunks but from me
    kDo,     ///< do `range`
    kDone,   ///< all is done; the body says what was wrong, if anything
    kLeave,  ///< everybody knows it
};

struct WorkHeader {
    std::uint32_t session = 0;  ///< number of the run that it belongs to
    WorkWord word = WorkWord::kIdle;
    UnitRange range = {};
    double seconds = 0;
    std::uint64_t more = 0;  ///< failures that the work told of
};

struct WorkMessage {
    WorkHeader header;
    std::vector<std::byte> body;
};

constexpr int kToCollector = 301, kToWorker = 302;  ///< tags

using WorkLetter = std::shared_ptr<const std::vector<std::byte>>;
WorkLetter pack(const WorkHeader& header, std::span<const std::byte> body = {});
WorkMessage unpack(std::span<const std::byte> bytes);

std::vector<std::byte> to_bytes(const std::string& text);
std::string to_text(std::span<const std::byte> bytes);

/// Messages that are on their way.
class WorkOutbox {
  public:
    explicit WorkOutbox(Ranks& ranks) : ranks_(&ranks) {}

    void post(WorkLetter letter, int to, int tag);
    /// Forgets what is through or cannot be delivered. Returns: whether nothing is left.
    bool settle();

  private:
    struct Item {
        WorkLetter letter;
        Ticket ticket;
        int to;
    };
    bool through(Item& item) const;

    Ranks* ranks_;
    std::list<Item> items_;
};

}  // namespace carillon::host
