// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/router.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <utility>

namespace carillon {

namespace {

constexpr std::size_t kExtended = 20;         ///< following gates that a choice looks at
constexpr std::size_t kMostVisited = 200;     ///< steps searched for them
constexpr double kDecay = 0.001;              ///< a qubit that moved just now counts this much more
constexpr std::size_t kDecaySpan = 5;         ///< swaps until that is forgotten
constexpr std::size_t kWorkOfTries = 400000;  ///< steps, over all tries
constexpr std::size_t kMostTries = 24;

/// Choices that differ from try to try.
struct Taste {
    std::size_t front;  ///< waiting steps that count
    double ahead;       ///< weight of those that follow
};
constexpr Taste kTastes[] = {{16, 0.5}, {6, 0.5}, {32, 0.25}, {3, 0.25}, {12, 1}};

}  // namespace

Layout::Layout(LocalQubit qubits) : place(qubits), holder(qubits) {
    std::iota(place.begin(), place.end(), 0);
    holder = place;
}

void Layout::exchange(LocalQubit p, LocalQubit q) {
    std::swap(holder[p], holder[q]);
    place[holder[p]] = p;
    place[holder[q]] = q;
}

/// One pass over the steps, forward or backward.
class RoutingPass {
  public:
    RoutingPass(const Router& router, Layout& layout, std::uint64_t seed, bool forward,
                const RouteEvents* events)
        : router_(router),
          graph_(router.graph_),
          coupling_(router.coupling_),
          layout_(layout),
          random_(seed),
          taste_(kTastes[seed % std::size(kTastes)]),
          forward_(forward),
          events_(events),
          blank_(router.starts_),
          decay_(layout.place.size(), 1),
          partners_(layout.place.size()) {
        blank_.flip();
    }

    std::size_t run() {
        const auto& before = forward_ ? graph_.before : graph_.after;
        for (std::uint32_t s = 0; s < graph_.steps.size(); ++s) {
            missing_.push_back(static_cast<std::uint32_t>(before[s].size()));
            if (missing_[s] == 0) ready_.push(rank(s));
        }
        for (;;) {
            drain();
            if (front_.empty()) break;
            if (can_do(rank(front_.front()))) {  // a pair that waited for others only
                retry();
                continue;
            }
            if (since_progress_ > 3 * layout_.place.size() + 10)
                force();
            else
                apply(choose());
        }
        if (forward_) bring_home();
        return swaps_;
    }

  private:
    struct Swap {
        LocalQubit p = 0, q = 0;
    };
    struct Partner {
        LocalQubit qubit;
        double weight;
    };

    /// Steps are taken in the order of the stream where there is a choice.
    std::uint32_t rank(std::uint32_t s) const {
        return forward_ ? s : static_cast<std::uint32_t>(graph_.steps.size() - 1 - s);
    }

    // --- steps that can be done
    // ----------------------------------------------------------------------------------------------

    void drain() {
        while (!ready_.empty()) {
            const std::uint32_t s = rank(ready_.top());
            ready_.pop();
            if (can_do(s))
                done(s);
            else
                front_.insert(std::lower_bound(front_.begin(), front_.end(), rank(s)), rank(s));
        }
    }

    bool can_do(std::uint32_t s) {
        const StreamStep& step = graph_.steps[s];
        if (step.need == StepNeed::kTogether)
            return coupling_.distance(layout_.place[step.a], layout_.place[step.b]) == 1;
        if (step.need != StepNeed::kComm || !forward_) return true;
        // A pair is not made before what comes earlier in the stream.
        if (!front_.empty() && front_.front() < rank(s)) return false;
        return blank_distance(step) == 0;
    }

    void done(std::uint32_t s) {
        const StreamStep& step = graph_.steps[s];
        if (step.need == StepNeed::kExchange) {
            layout_.exchange(layout_.place[step.a], layout_.place[step.b]);
            const bool a = blank_[step.a];
            blank_[step.a] = blank_[step.b];
            blank_[step.b] = a;
        } else if (step.instruction != StreamStep::kNoInstruction) {
            if (step.need == StepNeed::kComm && forward_) take_blank(s);
            if (step.a != StreamStep::kNoQubit) blank_[step.a] = step.blanks;
            if (step.b != StreamStep::kNoQubit) blank_[step.b] = false;
            if (events_) events_->instruction(step.instruction);
        }
        if (step.need == StepNeed::kTogether || step.need == StepNeed::kComm) {
            since_progress_ = 0;
            stale_ = true;
        }
        for (const std::uint32_t next : forward_ ? graph_.after[s] : graph_.before[s])
            if (--missing_[next] == 0) ready_.push(rank(next));
    }

    // --- Bell pairs
    // -----------------------------------------------------------------------------------------------------------

    /// Steps between a communication qubit and the nearest blank qubit; the half of a pair that
    /// `step` makes is blank itself.
    std::uint32_t blank_distance(const StreamStep& step) const {
        std::uint32_t best = 0xffffffff;
        for (LocalQubit c = router_.first_comm_; c < layout_.place.size(); ++c)
            for (LocalQubit x = 0; x < layout_.place.size(); ++x)
                if (blank_[x] || x == step.a)
                    best = std::min(best, coupling_.distance(c, layout_.place[x]));
        return best;
    }

    /// Gives the name `step.a` to a blank qubit on a communication qubit: the one nearest to what
    /// it meets first.
    void take_blank(std::uint32_t s) {
        const StreamStep& step = graph_.steps[s];
        LocalQubit best = layout_.place[step.a];
        std::uint32_t best_distance = 0xffffffff;
        const std::uint32_t first = next_partner(s, step.a);
        for (LocalQubit c = router_.first_comm_; c < layout_.place.size(); ++c) {
            if (!blank_[layout_.holder[c]] && layout_.holder[c] != step.a) continue;
            const std::uint32_t d =
                first == StreamStep::kNoQubit ? 0 : coupling_.distance(c, layout_.place[first]);
            if (d < best_distance) best = c, best_distance = d;
        }
        layout_.exchange(best, layout_.place[step.a]);
    }

    /// Qubit that meets `qubit` in the next two-qubit gate of the stream, if that is near.
    std::uint32_t next_partner(std::uint32_t s, LocalQubit qubit) const {
        const std::size_t stop = std::min<std::size_t>(graph_.steps.size(), s + kMostVisited);
        for (std::size_t k = s + 1; k < stop; ++k) {
            const StreamStep& step = graph_.steps[k];
            if (step.need != StepNeed::kTogether) continue;
            if (step.a == qubit) return step.b;
            if (step.b == qubit) return step.a;
        }
        return StreamStep::kNoQubit;
    }

    // --- choosing a swap
    // ------------------------------------------------------------------------------------------------------

    void look() {
        stale_ = false;
        for (auto& list : partners_) list.clear();
        comm_step_ = nullptr;
        const std::size_t count = std::min(front_.size(), taste_.front);
        const auto add = [&](const StreamStep& step, double weight) {
            partners_[step.a].push_back({step.b, weight});
            partners_[step.b].push_back({step.a, weight});
        };
        seen_.clear();
        for (std::size_t k = 0; k < front_.size(); ++k) {
            const StreamStep& step = graph_.steps[rank(front_[k])];
            if (step.need == StepNeed::kComm) {
                if (k == 0) comm_step_ = &step;
            } else if (k < count) {
                add(step, 1.0 / static_cast<double>(count));
            }
            if (seen_.size() < kMostVisited) seen_.push_back(rank(front_[k]));
        }
        std::vector<const StreamStep*> ahead;
        for (std::size_t k = 0; k < seen_.size() && ahead.size() < kExtended; ++k)
            for (const std::uint32_t next :
                 forward_ ? graph_.after[seen_[k]] : graph_.before[seen_[k]]) {
                if (seen_.size() >= kMostVisited) break;
                if (std::find(seen_.begin(), seen_.end(), next) != seen_.end()) continue;
                seen_.push_back(next);
                if (graph_.steps[next].need == StepNeed::kTogether)
                    ahead.push_back(&graph_.steps[next]);
            }
        for (const StreamStep* step : ahead)
            add(*step, taste_.ahead / static_cast<double>(ahead.size()));
    }

    Swap choose() {
        if (stale_) look();
        candidates_.clear();
        const auto around = [&](LocalQubit p) {
            for (const LocalQubit q : coupling_.neighbours(p))
                candidates_.push_back(p < q ? Swap{p, q} : Swap{q, p});
        };
        for (std::size_t k = 0; k < std::min(front_.size(), taste_.front); ++k) {
            const StreamStep& step = graph_.steps[rank(front_[k])];
            if (step.need != StepNeed::kTogether) continue;
            around(layout_.place[step.a]);
            around(layout_.place[step.b]);
        }
        if (comm_step_)
            for (LocalQubit x = 0; x < layout_.place.size(); ++x)
                if (blank_[x] || x == comm_step_->a) around(layout_.place[x]);
        Swap best = candidates_.front();
        double lowest = 0;
        std::size_t ties = 0;
        for (const Swap& s : candidates_) {
            const LocalQubit x = layout_.holder[s.p], y = layout_.holder[s.q];
            const double d = std::max(decay_[x], decay_[y]);
            const double score = gain(s) + (d - 1);
            if (ties == 0 || score < lowest - 1e-12) {
                best = s, lowest = score, ties = 1;
            } else if (score < lowest + 1e-12 && random_.below(++ties) == 0) {
                best = s;
            }
        }
        return best;
    }

    /// Change of the weighted distances.
    double gain(const Swap& s) {
        const LocalQubit x = layout_.holder[s.p], y = layout_.holder[s.q];
        double sum = 0;
        const auto moved = [&](LocalQubit from, LocalQubit to, LocalQubit qubit, LocalQubit other) {
            for (const Partner& partner : partners_[qubit]) {
                if (partner.qubit == other) continue;
                const LocalQubit at = layout_.place[partner.qubit];
                sum += partner.weight * (static_cast<double>(coupling_.distance(to, at)) -
                                         static_cast<double>(coupling_.distance(from, at)));
            }
        };
        moved(s.p, s.q, x, y);
        moved(s.q, s.p, y, x);
        if (comm_step_ && blank_or_asked(x) != blank_or_asked(y)) {
            const double before = blank_distance(*comm_step_);
            layout_.exchange(s.p, s.q);
            sum += blank_distance(*comm_step_) - before;
            layout_.exchange(s.p, s.q);
        }
        return sum;
    }

    bool blank_or_asked(LocalQubit x) const { return blank_[x] || x == comm_step_->a; }

    void apply(const Swap& s) {
        decay_[layout_.holder[s.p]] += kDecay;
        decay_[layout_.holder[s.q]] += kDecay;
        if (++recent_ >= kDecaySpan) {
            recent_ = 0;
            std::fill(decay_.begin(), decay_.end(), 1);
        }
        swap(s.p, s.q);
        ++since_progress_;
        retry();
    }

    void swap(LocalQubit p, LocalQubit q) {
        if (events_) events_->swap(p, q);
        layout_.exchange(p, q);
        ++swaps_;
    }

    /// Steps that wait may be done now.
    void retry() {
        for (const std::uint32_t r : std::exchange(front_, {})) ready_.push(r);
        const std::size_t waiting = ready_.size();
        drain();
        if (front_.size() != waiting) stale_ = true;
    }

    /// No progress for long: the first step that waits is brought about on a shortest path.
    void force() {
        const StreamStep& step = graph_.steps[rank(front_.front())];
        LocalQubit from = layout_.place[step.a], to = from;
        std::size_t stop = 1;  // neighbours are enough
        if (step.need == StepNeed::kTogether) {
            to = layout_.place[step.b];
        } else {
            stop = 0;
            std::uint32_t best = 0xffffffff;
            for (LocalQubit c = router_.first_comm_; c < layout_.place.size(); ++c)
                for (LocalQubit x = 0; x < layout_.place.size(); ++x) {
                    const std::uint32_t d = coupling_.distance(layout_.place[x], c);
                    if ((blank_[x] || x == step.a) && d < best)
                        best = d, from = layout_.place[x], to = c;
                }
        }
        const auto path = coupling_.path(from, to);
        for (std::size_t k = 0; k + 1 + stop < path.size(); ++k) swap(path[k], path[k + 1]);
        since_progress_ = 0;
        stale_ = true;
        retry();
    }

    /// At the end every source qubit stands on a data qubit: for each on a communication qubit the
    /// nearest data qubit without one comes over, and what lies between moves up.
    void bring_home() {
        const auto& home = router_.ends_;
        for (;;) {
            std::vector<LocalQubit> best;
            for (LocalQubit c = router_.first_comm_; c < layout_.place.size(); ++c)
                for (LocalQubit d = 0; d < router_.first_comm_; ++d) {
                    if (!home[layout_.holder[c]] || home[layout_.holder[d]]) continue;
                    if (best.empty() || coupling_.distance(c, d) + 1 < best.size())
                        best = coupling_.path(d, c);
                }
            if (best.empty()) return;
            for (std::size_t k = 0; k + 1 < best.size(); ++k) swap(best[k], best[k + 1]);
        }
    }

    const Router& router_;
    const StreamGraph& graph_;
    const CouplingMap& coupling_;
    Layout& layout_;
    Random random_;
    Taste taste_;
    bool forward_;
    const RouteEvents* events_;
    std::vector<bool> blank_;  ///< by qubit of the stream: in |0> and free
    std::vector<double> decay_;
    std::vector<std::uint32_t> missing_;  ///< by step: steps before it that are not done
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready_;
    std::vector<std::uint32_t> front_;            ///< ranks of steps that wait for a swap, rising
    std::vector<std::vector<Partner>> partners_;  ///< by qubit: what a choice counts
    std::vector<std::uint32_t> seen_;
    std::vector<Swap> candidates_;
    const StreamStep* comm_step_ = nullptr;  ///< the pair that waits, when it is next
    bool stale_ = true;                      ///< partners_ must be found again
    std::size_t swaps_ = 0, recent_ = 0, since_progress_ = 0;
};

Router::Router(const StreamGraph& graph, const CouplingMap& coupling, LocalQubit first_comm,
               std::vector<bool> starts, std::vector<bool> ends)
    : graph_(graph),
      coupling_(coupling),
      first_comm_(first_comm),
      starts_(std::move(starts)),
      ends_(std::move(ends)) {}

std::size_t Router::route(Layout& layout, std::uint64_t seed, const RouteEvents& events) const {
    return RoutingPass(*this, layout, seed, true, &events).run();
}

void Router::backward(Layout& layout, std::uint64_t seed) const {
    RoutingPass(*this, layout, seed, false, nullptr).run();
    mend_start(layout);
}

/// Source qubits start on data qubits: those that do not trade places with the nearest blank one.
void Router::mend_start(Layout& layout) const {
    for (LocalQubit c = first_comm_; c < starts_.size(); ++c) {
        if (!starts_[layout.holder[c]]) continue;
        LocalQubit nearest = c;
        for (LocalQubit d = 0; d < first_comm_; ++d)
            if (!starts_[layout.holder[d]] &&
                (nearest == c || coupling_.distance(c, d) < coupling_.distance(c, nearest)))
                nearest = d;
        layout.exchange(c, nearest);
    }
}

Router::Start Router::find_start() const {
    const auto qubits = static_cast<LocalQubit>(starts_.size());
    const std::size_t tries =
        std::clamp<std::size_t>(kWorkOfTries / (5 * graph_.steps.size() + 1), 1, kMostTries);
    Start best{Layout(qubits), 0, 0};
    bool any = false;
    const auto judge = [&](const Layout& start, std::uint64_t seed) {
        Layout layout = start;
        const std::size_t swaps = RoutingPass(*this, layout, seed, true, nullptr).run();
        if (!any || swaps < best.swaps) best = {start, seed, swaps};
        any = true;
        return layout;
    };
    for (std::uint64_t seed = 0; seed < tries; ++seed) {
        Layout start(qubits);
        Random random(seed);
        if (seed % 4 != 0)
            for (LocalQubit d = first_comm_; d > 1; --d)
                start.exchange(d - 1, static_cast<LocalQubit>(random.below(d)));
        for (int round = 0; round < 2; ++round) {
            Layout end = judge(start, seed);
            backward(end, seed);
            start = std::move(end);
        }
        judge(start, seed);
    }
    return best;
}

}  // namespace carillon
