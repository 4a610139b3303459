// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_collector.h"

#include <iterator>

namespace carillon::host {

WorkCollector::WorkCollector(Ranks& ranks, const ChunkPlan& plan, const WorkOptions& options,
                             Post post, bool took_over, bool told_done)
    : ranks_(&ranks),
      options_(&options),
      post_(std::move(post)),
      ledger_(plan, ranks.size(), options.recovery, !took_over) {
    constexpr double kPatience = 2.0;
    if (told_done) patient_until_ = options.clock() + kPatience;
    for (const int rank : ranks.lost()) ledger_.died(rank);
}

void WorkCollector::tell_pace(int to) {
    post_(to,
          {.word = WorkWord::kPace,
           .seconds = ledger_.total_speed(),
           .more = ledger_.sick(to) ? 0U : 1U},
          {});
}

void WorkCollector::failed(int from, const WorkMessage& message) {
    ledger_.failed(from, message.header.range, to_text(message.body), message.header.seconds,
                   options_->clock());
    tell_pace(from);
}

void WorkCollector::take(int from, WorkMessage message) {
    const WorkHeader& header = message.header;
    if (finished() && header.word != WorkWord::kBye) return;
    switch (header.word) {
        case WorkWord::kTook:
            idle_.erase(from);
            ledger_.took(from, header.range, options_->clock());
            break;
        case WorkWord::kResult:
            ledger_.delivered(from, {header.range, std::move(message.body)}, header.seconds,
                              header.more);
            tell_pace(from);
            break;
        case WorkWord::kFailure:
            failed(from, message);
            break;
        case WorkWord::kWrong:
            if (!wrong_) wrong_ = to_text(message.body);
            break;
        case WorkWord::kIdle:
            if (header.more != 0) ledger_.idle(from, options_->clock());
            idle_.insert(from);
            break;
        case WorkWord::kBye:
            know_.insert(from);
            break;
        default:
            throw InternalError("a worker's word came to a collector");
    }
}

bool WorkCollector::serve() {
    bool some = false;
    for (auto it = idle_.begin(); it != idle_.end();) {
        const int worker = *it++;
        const auto range = ledger_.next_for(worker, options_->clock());
        if (!range) continue;
        some = true;
        idle_.erase(worker);
        post_(worker, {.word = WorkWord::kDo, .range = *range}, {});
    }
    return some;
}

void WorkCollector::announce() {
    const auto text = to_bytes(wrong_.value_or(""));
    for (int r = 0; r < ranks_->size(); ++r)
        if (r != ranks_->rank()) post_(r, {.word = WorkWord::kDone}, text);
}

bool WorkCollector::all_know() const {
    if (patient_until_ && options_->clock() > *patient_until_) return true;
    for (int r = 0; r < ranks_->size(); ++r)
        if (r != ranks_->rank() && ranks_->alive(r) && !know_.contains(r)) return false;
    return true;
}

void WorkCollector::dismiss() {
    for (int r = ranks_->size(); r-- > 0;)
        if (r != ranks_->rank()) post_(r, {.word = WorkWord::kLeave}, {});
}

WorkResult WorkCollector::result(double seconds) {
    WorkResult result{true, ledger_.take_pieces(), ledger_.report()};
    result.report.collector = ranks_->rank();
    result.report.seconds = seconds;
    return result;
}

}  // namespace carillon::host
