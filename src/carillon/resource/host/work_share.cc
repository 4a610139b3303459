// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_share.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <string>

#include "carillon/resource/host/chunk_runner.h"
#include "carillon/resource/host/work_collector.h"
#include "carillon/resource/host/work_messages.h"

namespace carillon::host {

namespace {

double machine_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

/// One run as one rank lives it: a worker, and the collector too where this rank is the lowest.
class WorkShare::Session {
  public:
    Session(Ranks& ranks, const WorkOptions& options, std::uint32_t number, std::uint64_t count,
            Work work, std::vector<Arrival>& early)
        : ranks_(&ranks),
          options_(&options),
          number_(number),
          plan_(options.policy, count, ranks.size(), options.chunk),
          runner_(std::move(work), options.clock),
          outbox_(ranks),
          early_(&early),
          begun_(options.clock()) {
        if (plan_.shared_counter() && count > 0) counter_ = open_counter();
        lost_ = ranks.lost();
        ranks.acknowledge_lost();
        follow_collector();
        read_early();
    }

    /// Until all is done (on the collector), or until the collector lets this rank go.
    void work() {
        while (!dismissed_ && !(collector_ && collector_->finished())) {
            if (step())
                idle_turns_ = 0;
            else
                pause();
        }
        if (collects()) collector_->announce();
    }
    void close() {
        if (collects()) {
            while (!collector_->all_know()) {
                note_lost();
                if (!read_mail()) pause();
            }
            collector_->dismiss();
        }
        while (!outbox_.settle()) {
            note_lost();
            pause();
        }
    }

    bool collects() const { return collector_ && !dismissed_; }
    const std::optional<std::string>& wrong() const {
        return collects() ? collector_->wrong() : wrong_;
    }
    WorkResult result() {
        return collects() ? collector_->result(options_->clock() - begun_) : WorkResult{};
    }

  private:
    std::unique_ptr<Counter> open_counter() {
        try {
            return ranks_->open_counter();
        } catch (const PeerLost&) {
            return nullptr;
        }
    }

    /// Whether anything happened.
    bool step() {
        bool some = read_mail();
        if (note_lost()) {
            read_mail();  // what the dead still said, which may be that all may leave
            some = true;
            if (!dismissed_ && !ranks_->alive(collector_rank_)) follow_collector();
        }
        if (auto outcome = runner_.ended()) some = true, deliver(*outcome);
        if (!runner_.busy() && !told_done_) some |= begin_something();
        if (collector_) some |= collector_->serve();
        outbox_.settle();
        return some;
    }
    void pause() {
        constexpr int kLongest = 512;  // microseconds
        idle_turns_ = std::min(idle_turns_ + 1, 9);
        runner_.wait(std::chrono::microseconds(std::min(kLongest, 1 << idle_turns_)));
    }

    // Deaths.

    bool note_lost() {
        const std::vector<int> lost = ranks_->lost();
        if (lost.size() == lost_.size()) return false;
        ranks_->acknowledge_lost();
        if (collector_)
            for (const int rank : lost)
                if (!std::binary_search(lost_.begin(), lost_.end(), rank)) collector_->died(rank);
        lost_ = lost;
        return true;
    }
    /// Turns to the lowest rank that lives, and tells it all that this rank did.
    void follow_collector() {
        const bool first = collector_rank_ < 0;
        collector_rank_ = 0;
        while (!ranks_->alive(collector_rank_)) ++collector_rank_;
        if (collector_rank_ == ranks_->rank()) {
            collector_ = std::make_unique<WorkCollector>(
                *ranks_, plan_, *options_,
                [this](int to, const WorkHeader& header, std::span<const std::byte> body) {
                    to_worker(to, header, body);
                },
                !first, told_done_);
            if (ranks_->size() > 1) runner_.apart();
        }
        told_done_ = false;
        wrong_.reset();
        asked_ = waits_for_verdict_ = false;
        for (const WorkLetter& letter : kept_) send_to_collector(letter);
        if (runner_.busy()) to_collector({.word = WorkWord::kTook, .range = running_});
        read_early();
    }

    // Messages.

    void to_collector(WorkHeader header, std::span<const std::byte> body = {}) {
        header.session = number_;
        send_to_collector(pack(header, body));
    }
    void send_to_collector(const WorkLetter& letter) {
        if (collector_)
            collector_->take(ranks_->rank(), unpack(*letter));
        else
            outbox_.post(letter, collector_rank_, kToCollector);
    }
    void to_worker(int to, WorkHeader header, std::span<const std::byte> body) {
        header.session = number_;
        if (to == ranks_->rank())
            hear(header, body);
        else
            outbox_.post(pack(header, body), to, kToWorker);
    }
    bool read_mail() {
        bool some = false;
        if (collector_)
            while (auto arrival = ranks_->poll(kToCollector))
                some = true, read(std::move(*arrival));
        while (auto arrival = ranks_->poll(kToWorker)) some = true, read(std::move(*arrival));
        return some;
    }
    void read_early() {
        std::vector<Arrival> waiting;
        waiting.swap(*early_);
        for (Arrival& arrival : waiting) read(std::move(arrival));
    }
    void read(Arrival arrival) {
        WorkMessage message = unpack(arrival.bytes);
        const WorkHeader& header = message.header;
        const bool of_worker = header.word < WorkWord::kPace;
        const bool next_collector = !of_worker && arrival.from > collector_rank_;
        if (header.session < number_) return;
        if (header.session > number_ || next_collector) {  // this rank will know of a death soon
            early_->push_back(std::move(arrival));
        } else if (of_worker) {
            if (collector_) collector_->take(arrival.from, std::move(message));
        } else if (arrival.from == collector_rank_ || header.word == WorkWord::kLeave) {
            hear(header, message.body);
        }
    }
    /// As a worker, from the collector.
    void hear(const WorkHeader& header, std::span<const std::byte> body) {
        switch (header.word) {
            case WorkWord::kPace:
                pace_.all = header.seconds;
                goes_on_ = header.more != 0;
                waits_for_verdict_ = false;
                break;
            case WorkWord::kDo:
                asked_ = false;
                to_do_.push_back(header.range);
                break;
            case WorkWord::kDone:
                told_done_ = true;
                to_do_.clear();
                if (!body.empty()) wrong_ = to_text(body);
                to_collector({.word = WorkWord::kBye});
                break;
            case WorkWord::kLeave:
                dismissed_ = true;
                break;
            default:
                throw InternalError("a collector's word came to a worker");
        }
    }

    // Chunks.

    bool begin_something() {
        if (!to_do_.empty()) {
            const UnitRange range = to_do_.front();
            to_do_.pop_front();
            begin(range);
            return true;
        }
        if (waits_for_verdict_) return false;
        if (goes_on_ && !exhausted_) {
            if (const auto range = from_plan()) {
                begin(*range);
                return true;
            }
            exhausted_ = true;
        }
        if (asked_) return false;
        asked_ = true;
        to_collector({.word = WorkWord::kIdle, .more = exhausted_ ? 1U : 0U});
        return true;
    }
    std::optional<UnitRange> from_plan() {
        const std::int64_t amount = plan_.ask(pace_);
        std::int64_t before = taken_;
        if (!plan_.shared_counter()) {
            taken_ += amount;
        } else {
            if (!counter_) return std::nullopt;
            try {
                before = counter_->fetch_add(amount);
            } catch (const PeerLost&) {  // the collector hands out the rest
                counter_.reset();
                return std::nullopt;
            }
            pace_.seen = static_cast<std::uint64_t>(before + amount);
        }
        return plan_.range(ranks_->rank(), before, amount);
    }
    void begin(UnitRange range) {
        running_ = range;
        to_collector({.word = WorkWord::kTook, .range = range});
        runner_.begin(range);
    }
    void deliver(const ChunkOutcome& outcome) {
        constexpr double kNew = 0.5;  // weight of the newest measurement
        WorkHeader header{.session = number_,
                          .word = WorkWord::kResult,
                          .range = outcome.range,
                          .seconds = outcome.seconds,
                          .more = outcome.result.failures};
        if (outcome.end != ChunkOutcome::End::kDone) {
            header.word = outcome.end == ChunkOutcome::End::kWrongInput ? WorkWord::kWrong
                                                                        : WorkWord::kFailure;
            waits_for_verdict_ = true;
            return to_collector(header, to_bytes(outcome.message));
        }
        if (outcome.seconds > 0) {
            const double speed = static_cast<double>(outcome.range.size()) / outcome.seconds;
            pace_.own = pace_.own > 0 ? kNew * speed + (1 - kNew) * pace_.own : speed;
        }
        kept_.push_back(pack(header, outcome.result.bytes));
        // A result that nobody waits for stays here.
        if (!told_done_) send_to_collector(kept_.back());
    }

    Ranks* ranks_;
    const WorkOptions* options_;
    std::uint32_t number_;
    ChunkPlan plan_;
    std::unique_ptr<Counter> counter_;
    ChunkRunner runner_;
    WorkOutbox outbox_;
    std::vector<Arrival>* early_;
    double begun_;
    int idle_turns_ = 0;

    int collector_rank_ = -1;
    std::unique_ptr<WorkCollector> collector_;  ///< when that is this rank
    std::vector<int> lost_;
    std::vector<WorkLetter> kept_;  ///< results, for the next collector

    UnitRange running_;
    std::deque<UnitRange> to_do_;
    std::int64_t taken_ = 0;  ///< of the plan, where every worker counts for itself
    WorkPace pace_;
    bool exhausted_ = false;          ///< the counter is at its end
    bool goes_on_ = true;             ///< may take from the counter
    bool asked_ = false;              ///< the collector knows that this rank is idle
    bool waits_for_verdict_ = false;  ///< a chunk failed
    bool told_done_ = false;
    bool dismissed_ = false;
    std::optional<std::string> wrong_;
};

WorkShare::WorkShare(Ranks& ranks, WorkOptions options)
    : ranks_(&ranks), options_(std::move(options)), exceptions_(std::uncaught_exceptions()) {
    if (!options_.clock) options_.clock = machine_seconds;
}

WorkShare::~WorkShare() {
    if (std::uncaught_exceptions() > exceptions_) return;
    try {
        close();
    } catch (const std::exception&) {  // the others will see a death
    }
}

WorkResult WorkShare::run(std::uint64_t count, Work work) {
    close();
    session_ =
        std::make_unique<Session>(*ranks_, options_, ++sessions_, count, std::move(work), early_);
    session_->work();
    WorkResult result = session_->result();
    const std::optional<std::string> wrong = session_->wrong();
    if (wrong || !session_->collects()) close();
    if (wrong) throw InputError(*wrong);
    return result;
}

void WorkShare::close() {
    if (!session_) return;
    session_->close();
    session_.reset();
}

}  // namespace carillon::host
