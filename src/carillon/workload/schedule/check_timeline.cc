// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/check_timeline.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "carillon/workload/schedule/generation.h"
#include "carillon/workload/schedule/instruction_cost.h"
#include "carillon/workload/schedule/latency.h"

namespace carillon {

namespace {

constexpr std::size_t kMostLines = 20;

std::string text(Time t) {
    return std::to_string(t.ps / 1000) + "." + std::to_string(t.ps % 1000 / 100) + " ns";
}

class TimelineChecker {
  public:
    TimelineChecker(const DistributedProgram& program, const Network& network, const Timeline& t)
        : program_(program),
          network_(network),
          t_(t),
          latency_(network),
          first_use_(program.pairs.size(), kNever),
          free_before_(program.pairs.size()) {}

    std::vector<std::string> run() {
        if (!sizes_fit()) return std::move(lines_);
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) check_stream(QpuId{q});
        check_pairs();
        check_transfers();
        check_discarded();
        check_links();
        if (last_ != t_.makespan)
            complain("the last instruction ends at " + text(last_) + ", the makespan is " +
                     text(t_.makespan));
        return std::move(lines_);
    }

  private:
    static constexpr Time kNever{INT64_MAX};

    void complain(const std::string& line) {
        if (lines_.size() < kMostLines) lines_.push_back(line);
    }
    void complain_here(const std::string& line) {
        complain(qpu().name + ", instruction " + std::to_string(position_ - 1) + ": " + line);
    }

    const QpuProgram& qpu() const { return program_.qpu(here_); }

    bool sizes_fit() {
        bool fit = t_.instructions.size() == program_.qpus.size() &&
                   program_.qpus.size() <= network_.nodes.size() &&
                   t_.pairs.size() == program_.pairs.size() &&
                   t_.transfers.size() == program_.transfers.size() &&
                   t_.messages.size() == program_.num_messages;
        for (std::size_t q = 0; fit && q < program_.qpus.size(); ++q) {
            std::size_t n = 0;
            visit_instructions(program_.qpus[q], [&n](const Instruction&) { ++n; });
            fit = n == t_.instructions[q].size();
        }
        for (const BellPair& p : program_.pairs) fit = fit && p.link.value < network_.links.size();
        for (const QubitTransfer& t : program_.transfers)
            fit = fit && t.link.value < network_.links.size();
        if (!fit) complain("the timeline is of another program or network");
        return fit;
    }

    void check_stream(QpuId q) {
        here_ = q;
        position_ = 0;
        free_at_.assign(qpu().num_qubits(), Time{});
        fresh_.assign(qpu().num_qubits(), PairId{});
        written_.clear();
        read_.clear();
        check_block(BlockId{0}, true, {Time{}, t_.makespan});
    }

    void check_block(BlockId block, bool taken, TimeSpan around) {
        if (!block.valid()) return;
        for (const Instruction& i : qpu().block(block)) {
            const TimeSpan span = t_.instructions[here_.value][position_++];
            if (span.scheduled() != taken)
                complain_here(taken ? "has no time" : "is in a branch not taken, but has a time");
            if (taken && span.scheduled()) {
                if (span.end < span.start) complain_here("ends before it starts");
                if (span.start < around.start || span.end > around.end)
                    complain_here("is outside the block around it");
                last_ = std::max(last_, span.end);
                check_instruction(i, span);
            }
            const bool then = taken && takes_then(i);
            check_block(i.body, then, span);
            check_block(i.otherwise, taken && !then, span);
        }
    }

    /// Which branch has times; the same for all QPUs that show it.
    bool takes_then(const Instruction& i) {
        if (i.kind == InstructionKind::kWhile) return true;
        const auto& spans = t_.instructions[here_.value];
        const bool has_then = i.body.valid() && !qpu().block(i.body).empty();
        const bool has_else = i.otherwise.valid() && !qpu().block(i.otherwise).empty();
        std::optional<bool> then;
        if (has_then || has_else) {
            const bool first_runs = position_ < spans.size() && spans[position_].scheduled();
            then = has_then ? first_runs : !first_runs;
        }
        if (then && i.source != Instruction::kNoSource) {
            const auto [it, fresh] = taken_.try_emplace(i.source, *then);
            if (!fresh && it->second != *then)
                complain_here("takes another branch than the same `if` on another QPU");
        }
        return then.value_or(true);
    }

    void check_instruction(const Instruction& i, TimeSpan span) {
        for (const LocalQubit x : qpu().qubits(i)) {
            if (span.start < free_at_.at(x))
                complain_here("starts at " + text(span.start) + ", but " + qpu().qubit_name(x) +
                              " is busy until " + text(free_at_[x]));
            if (i.kind == InstructionKind::kPair)
                free_before_[i.pair.value] = std::max(free_before_[i.pair.value], free_at_[x]);
            free_at_[x] = span.end;
            use(x, span.start);
            if (i.kind == InstructionKind::kPair) fresh_[x] = i.pair;
        }
        switch (i.kind) {
            case InstructionKind::kGate:
            case InstructionKind::kMeasure:
            case InstructionKind::kReset:
            case InstructionKind::kDelay:
                if (span.length() != local_duration(qpu(), i, network_.node(here_)))
                    complain_here("takes " + text(span.length()) + " instead of " +
                                  text(local_duration(qpu(), i, network_.node(here_))));
                break;
            case InstructionKind::kPair:
                if (span != t_.pairs[i.pair.value].generation)
                    complain_here("is not made when its Bell pair is");
                break;
            case InstructionKind::kTransfer:
                if (span != t_.transfers[i.transfer.value].passage)
                    complain_here("is not carried when its transfer is");
                break;
            case InstructionKind::kSend:
                if (span.end != t_.messages[i.message.value].send)
                    complain_here("is not sent when its message leaves");
                break;
            case InstructionKind::kRecv:
                check_arrival(i, span);
                break;
            default:
                break;
        }
        check_memory(i, span);
    }

    /// The first use of a half ends its waiting.
    void use(LocalQubit x, Time start) {
        if (!fresh_[x].valid()) return;
        Time& first = first_use_[fresh_[x].value];
        first = std::min(first, start);
        fresh_[x] = {};
    }

    void check_arrival(const Instruction& i, TimeSpan span) {
        const MessageTiming& m = t_.messages[i.message.value];
        if (m.from != i.peer || m.to != here_) complain_here("its message has other ends");
        if (m.arrive - m.send != latency_.between(i.peer, here_))
            complain_here("its message does not take the latency of " +
                          text(latency_.between(i.peer, here_)));
        if (span.start < m.arrive)
            complain_here("is used at " + text(span.start) + ", but its message is there at " +
                          text(m.arrive));
    }

    std::uint32_t cell(VariableId v) const { return qpu().num_bits + v.value; }

    void reads_of(ExprId e, std::vector<std::uint32_t>& cells) const {
        std::vector<BitId> bits;
        std::vector<VariableId> variables;
        collect_reads(program_.exprs, e, bits, variables);
        for (const BitId b : bits) cells.push_back(b.value);
        for (const VariableId v : variables) cells.push_back(cell(v));
    }

    void check_memory(const Instruction& i, TimeSpan span) {
        std::vector<std::uint32_t> reads, writes;
        for (const BitId b : qpu().conditions(i)) reads.push_back(b.value);
        for (const Param& p : qpu().parameters(i))
            if (!p.constant()) reads_of(p.expr, reads);
        if (i.condition.valid()) reads_of(i.condition, reads);
        if (i.kind == InstructionKind::kSend && i.bit.valid()) reads.push_back(i.bit.value);
        if (i.bit.valid() &&
            (i.kind == InstructionKind::kMeasure || i.kind == InstructionKind::kRecv))
            writes.push_back(i.bit.value);
        if (i.kind == InstructionKind::kAssign) {
            if (i.variable.valid()) writes.push_back(cell(i.variable));
            for (std::uint32_t k = 0; i.bit.valid() && k < i.bit_count; ++k)
                writes.push_back(i.bit.value + k);
        }
        for (const std::uint32_t c : reads) {
            const auto found = written_.find(c);
            if (found != written_.end() && span.start < found->second)
                complain_here("starts at " + text(span.start) + ", but reads a bit written at " +
                              text(found->second));
            Time& read = read_[c];
            read = std::max(read, span.start);
        }
        for (const std::uint32_t c : writes) {
            const auto found = read_.find(c);
            if (found != read_.end() && span.end < found->second)
                complain_here("overwrites a bit that is read at " + text(found->second));
            Time& written = written_[c];
            if (span.end < written) complain_here("overwrites a later value of a bit");
            written = span.end;
        }
    }

    bool right_length(const Link& link, TimeSpan span, std::uint32_t channels) const {
        if (!t_.drawn || link.attempt_rate_hz <= 0)
            return span.length() == mean_generation_time(link, channels);
        const double attempts = span.length().ns() * link.attempt_rate_hz * 1e-9;
        const double whole = std::round(attempts);
        return whole >= 1 && std::abs(span.length().ps -
                                      Time::from_ns(whole * 1e9 / link.attempt_rate_hz).ps) <= 1;
    }

    void check_pairs() {
        std::set<std::uint32_t> overdue;
        for (const PairId p : t_.overdue) overdue.insert(p.value);
        for (std::uint32_t p = 0; p < program_.pairs.size(); ++p) {
            const PairTiming& timing = t_.pairs[p];
            if (!timing.generation.scheduled()) continue;
            const std::string name = "Bell pair " + std::to_string(p);
            if (timing.link != program_.pairs[p].link) {
                complain(name + " is made on another link than the program says");
                continue;
            }
            const Link& link = network_.link(timing.link);
            if (!right_length(link, timing.generation, timing.channels))
                complain(name + " takes " + text(timing.generation.length()) +
                         " to make, which its link does not");
            const Time cutoff = cutoff_of(p);
            if (cutoff.ps > 0 && first_use_[p] != kNever && overdue.count(p) == 0 &&
                first_use_[p] - timing.generation.end > cutoff)
                complain(name + " is used after " + text(first_use_[p] - timing.generation.end) +
                         ", but memories keep it for " + text(cutoff));
        }
    }

    void check_transfers() {
        for (std::uint32_t k = 0; k < program_.transfers.size(); ++k) {
            const TransferTiming& timing = t_.transfers[k];
            if (!timing.passage.scheduled()) continue;
            const std::string name = "transfer " + std::to_string(k);
            const Link& link = network_.link(program_.transfers[k].link);
            if (timing.link != program_.transfers[k].link)
                complain(name + " goes over another link than the program says");
            else if (timing.passage.length() != Time::from_ns(link.transfer_time_ns))
                complain(name + " takes " + text(timing.passage.length()) +
                         ", which its link does not");
        }
    }

    Time cutoff_of(std::uint32_t p) const {
        double least = 0;
        for (const QpuId q : {program_.pairs[p].a, program_.pairs[p].b}) {
            const double own = network_.node(q).memory_cutoff_ns;
            if (own > 0) least = least > 0 ? std::min(least, own) : own;
        }
        return Time::from_ns(least);
    }

    void check_discarded() {
        std::vector<Time> again(program_.pairs.size(), Time{});  // when the next try may start
        for (const DiscardedPair& d : t_.discarded) {
            const std::string name = "discarded pair " + std::to_string(d.pair.value);
            if (d.pair.value >= program_.pairs.size() ||
                !t_.pairs[d.pair.value].generation.scheduled()) {
                complain(name + " is never made again");
                continue;
            }
            const std::uint32_t p = d.pair.value;
            if (!right_length(network_.link(t_.pairs[p].link), d.generation, d.channels))
                complain(name + " takes a time that its link does not");
            if (d.generation.start < std::max(free_before_[p], again[p]))
                complain(name + " is made while its communication qubits are busy");
            again[p] = d.generation.end;
            if (t_.pairs[p].generation.start < d.generation.end + cutoff_of(p))
                complain(name + " is given up before it is too old");
        }
    }

    void check_links() {
        struct Change {
            std::int64_t at;
            std::int64_t channels;
        };
        std::vector<std::vector<Change>> changes(network_.links.size());
        const auto add = [&](LinkId link, TimeSpan span, std::uint32_t channels) {
            if (!span.scheduled() || link.value >= changes.size() || span.length().ps == 0) return;
            changes[link.value].push_back({span.start.ps, channels});
            changes[link.value].push_back({span.end.ps, -static_cast<std::int64_t>(channels)});
        };
        for (const PairTiming& p : t_.pairs) add(p.link, p.generation, p.channels);
        for (const TransferTiming& t : t_.transfers) add(t.link, t.passage, 1);
        for (const DiscardedPair& d : t_.discarded)
            if (d.pair.value < t_.pairs.size())
                add(t_.pairs[d.pair.value].link, d.generation, d.channels);
        for (std::size_t l = 0; l < changes.size(); ++l) {
            std::sort(changes[l].begin(), changes[l].end(), [](const Change& a, const Change& b) {
                return std::pair(a.at, a.channels) < std::pair(b.at, b.channels);
            });
            std::int64_t busy = 0;
            for (const Change& c : changes[l]) {
                busy += c.channels;
                if (busy <= std::max(network_.links[l].multiplexing, 1u)) continue;
                complain("link " + std::to_string(l) + " is used on " + std::to_string(busy) +
                         " channels at " + text(Time{c.at}) + ", but has " +
                         std::to_string(network_.links[l].multiplexing));
                break;
            }
        }
    }

    const DistributedProgram& program_;
    const Network& network_;
    const Timeline& t_;
    ClassicalLatency latency_;
    std::vector<Time> first_use_, free_before_;  ///< by pair
    std::map<std::uint32_t, bool> taken_;        ///< by source operation: its first branch runs
    std::vector<std::string> lines_;
    Time last_;

    // Of the QPU at hand.
    QpuId here_;
    std::size_t position_ = 0;
    std::vector<Time> free_at_;  ///< by qubit
    std::vector<PairId> fresh_;  ///< by qubit: a half nothing has used yet
    std::unordered_map<std::uint32_t, Time> written_, read_;
};

}  // namespace

std::vector<std::string> check_timeline(const DistributedProgram& program, const Network& network,
                                        const Timeline& timeline) {
    return TimelineChecker(program, network, timeline).run();
}

}  // namespace carillon
