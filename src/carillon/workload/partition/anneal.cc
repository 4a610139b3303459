// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/anneal.h"

#include <algorithm>
#include <cmath>

#include "carillon/workload/partition/sites.h"

namespace carillon {
namespace {

using Node = Assignment::Node;

constexpr double kGateStepShare = 0.5;    ///< steps that change sites only
constexpr double kKeepStepShare = 0.3;    ///< steps that keep or release copies, where some can be
constexpr double kNearTargetShare = 0.9;  ///< home changes towards a partner's home
constexpr std::uint32_t kPartnerProbes = 64;
constexpr int kRemoteProbes = 4;
constexpr std::uint64_t kStepsPerLookAtClock = 64;
constexpr int kCalibrationSteps = 64;
constexpr double kKeepingHot = 0.5;  ///< first temperature where copies may be kept
constexpr double kHotPerRise = 0.5;  ///< first temperature per mean cost rise of a random step

/// Slices [begin, end).
struct Window {
    std::uint32_t begin, end;
};

class Annealer {
  public:
    Annealer(Assignment& assignment, Random& random, const AnnealOptions& options)
        : a_(assignment), graph_(assignment.graph()), random_(random), options_(options) {
        for (Node v = 0; v < a_.num_nodes(); ++v) {
            if (a_.capacity()[v] > 0) hosts_.push_back(v);
        }
        if (options.movable.empty()) return;
        fixed_.assign(graph_.num_qubits, true);
        for (std::uint32_t q : options.movable) fixed_[q] = false;
    }

    void run() {
        if (graph_.gates.empty() || hosts_.size() < 2) return;
        Assignment::Snapshot best = a_.snapshot();
        const double hot = options_.hot > 0 ? options_.hot : calibrate();
        const double cold = std::min(options_.cold, hot);
        const std::uint64_t start = a_.work();
        const auto patience =
            static_cast<std::uint64_t>(options_.patience * static_cast<double>(options_.work));
        std::uint64_t last_gain = start;
        const std::uint64_t between_looks = graph_.num_qubits + graph_.gates.size() / 4 + 16;
        for (std::uint64_t step = 0;; ++step) {
            const double spent =
                static_cast<double>(a_.work() - start) / static_cast<double>(options_.work + 1);
            if (spent >= 1 || step > options_.work) break;
            if (step % kStepsPerLookAtClock == 0 && options_.deadline.over()) break;
            temperature_ = hot * std::pow(cold / hot, spent);
            this->step();
            if (step % between_looks != between_looks - 1) continue;
            if (a_.cost() < best.cost) {
                best = a_.snapshot();
                last_gain = a_.work();
            }
            if (best.cost <= options_.enough || a_.work() - last_gain > patience) break;
        }
        descend_sites(a_, random_, 4);
        if (a_.cost() > best.cost) a_.restore(best);
        a_.legalise();
        a_.forget_journal();
    }

  private:
    void step() {
        const std::int64_t before = a_.cost();
        bool legal;
        if (a_.can_keep() && random_.uniform() < kKeepStepShare) {
            legal = change_kept();
        } else {
            legal = options_.homes && random_.uniform() >= kGateStepShare ? change_home()
                                                                          : change_sites();
        }
        const auto rise = static_cast<double>(a_.cost() - before);
        if (!legal || (rise > 0 && random_.uniform() >= std::exp(-rise / temperature_))) {
            a_.roll_back(0);
        }
        a_.forget_journal();
    }

    /// A temperature at which a typical cost rise is accepted now and then.
    double calibrate() {
        if (a_.can_keep()) return kKeepingHot;
        double rises = 0;
        int count = 0;
        for (int i = 0; i < kCalibrationSteps; ++i) {
            const std::int64_t before = a_.cost();
            const bool legal = options_.homes ? change_home() : change_sites();
            if (legal && a_.cost() > before) {
                rises += static_cast<double>(a_.cost() - before);
                ++count;
            }
            a_.roll_back(0);
        }
        return count == 0 ? 1 : std::max(kHotPerRise * rises / count, 2 * options_.cold);
    }

    std::uint32_t pick(std::size_t size) { return static_cast<std::uint32_t>(random_.below(size)); }

    /// All time, or a stretch of slices of random length, short ones more often.
    Window pick_window() {
        const auto slices = static_cast<std::uint32_t>(a_.num_slices());
        if (slices == 1) return {0, 1};
        std::uint32_t length = 1 + pick(slices);
        if (random_.uniform() < 0.7) length = 1 + pick(length);
        const std::uint32_t begin = pick(slices);
        if (random_.uniform() < 0.5) return {begin, std::min(begin + length, slices)};
        return {begin + 1 - std::min(begin + 1, length), begin + 1};
    }

    /// Nets of the qubit that contain a slice of the window.
    std::pair<std::uint32_t, std::uint32_t> nets_in(std::uint32_t qubit, Window window) const {
        std::uint32_t first = graph_.first_net_of[qubit], end = graph_.first_net_of[qubit + 1];
        if (a_.num_slices() == 1) return {first, end};
        const auto before = [&](std::uint32_t limit, auto last_of) {
            std::uint32_t low = first, high = end;
            while (low < high) {
                const std::uint32_t middle = (low + high) / 2;
                if (last_of(middle) < limit) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        };
        const std::uint32_t from =
            before(window.begin, [&](std::uint32_t n) { return a_.last_slice(n); });
        const std::uint32_t to =
            before(window.end, [&](std::uint32_t n) { return a_.first_slice(n); });
        return {from, std::max(from, to)};
    }

    /// A home of a gate partner of `qubit` in the window, or any node.
    Node pick_target(std::uint32_t qubit, Window window) {
        const auto [first, end] = nets_in(qubit, window);
        if (first == end || random_.uniform() >= kNearTargetShare) {
            return hosts_[pick(hosts_.size())];
        }
        const auto gates = graph_.gates_of(graph_.nets[first + pick(end - first)]);
        if (gates.empty()) return hosts_[pick(hosts_.size())];
        const auto nets = graph_.nets_of(graph_.gates[gates[pick(gates.size())]]);
        const std::uint32_t net = nets[pick(nets.size())];
        return a_.home(a_.first_slice(net), graph_.nets[net].qubit);
    }

    bool movable(std::uint32_t qubit) const { return fixed_.empty() || !fixed_[qubit]; }

    /// An operand of a gate between homes, most of the time.
    std::uint32_t pick_qubit() {
        for (int probe = 0; probe < kRemoteProbes; ++probe) {
            const auto nets = graph_.nets_of(graph_.gates[pick(graph_.gates.size())]);
            const std::uint32_t net = nets[pick(nets.size())];
            if (a_.entries(net).size() > 1 && movable(graph_.nets[net].qubit)) {
                return graph_.nets[net].qubit;
            }
        }
        if (!fixed_.empty()) return options_.movable[pick(options_.movable.size())];
        return pick(graph_.num_qubits);
    }

    bool change_home() {
        const std::uint32_t qubit = pick_qubit();
        const Window window = pick_window();
        const Node target = pick_target(qubit, window);
        bool differs = false, fits = true;
        for (std::uint32_t t = window.begin; t < window.end; ++t) {
            if (a_.home(t, qubit) == target) continue;
            differs = true;
            fits = fits && a_.room(t, target) > 0;
        }
        if (!differs) return false;
        if (fits && random_.uniform() < 0.7) {
            for (std::uint32_t t = window.begin; t < window.end; ++t) {
                a_.set_home(t, qubit, target);
            }
            if (!moves_apart(qubit, window)) return false;
            settle(qubit, window);
            return true;
        }
        return exchange(qubit, target, window);
    }

    /// Swaps homes with a qubit that lives on `target` at the window's start.
    bool exchange(std::uint32_t qubit, Node target, Window window) {
        std::uint32_t other = pick(graph_.num_qubits);
        const std::uint32_t probes = kPartnerProbes + 4 * static_cast<std::uint32_t>(hosts_.size());
        const auto unfit = [&] {
            return a_.home(window.begin, other) != target || other == qubit || !movable(other);
        };
        for (std::uint32_t i = 0; unfit(); ++i) {
            if (i == probes) return false;
            other = other + 1 == graph_.num_qubits ? 0 : other + 1;
        }
        for (std::uint32_t t = window.begin; t < window.end; ++t) {
            const Node mine = a_.home(t, qubit), theirs = a_.home(t, other);
            a_.set_home(t, qubit, theirs);
            a_.set_home(t, other, mine);
        }
        if (!moves_apart(qubit, window) || !moves_apart(other, window)) return false;
        settle(qubit, window);
        settle(other, window);
        return true;
    }

    /// Whether no net of the qubit around the window sees more than one change of home.
    bool moves_apart(std::uint32_t qubit, Window window) const {
        if (a_.num_slices() == 1) return true;
        const auto [first, end] =
            nets_in(qubit, {window.begin - (window.begin > 0), window.end + 1});
        for (std::uint32_t n = first; n < end; ++n) {
            int changes = 0;
            for (std::uint32_t t = a_.first_slice(n); t < a_.last_slice(n); ++t) {
                changes += a_.home(t, qubit) != a_.home(t + 1, qubit);
            }
            if (changes > 1) return false;
        }
        return true;
    }

    /// Sends the qubit's gates in the window wherever they now cost least.
    void settle(std::uint32_t qubit, Window window) {
        const auto [first, end] = nets_in(qubit, window);
        settle_nets(first, end);
    }

    /// Gathers the gates of a segment on one more QPU, or scatters those on one of its QPUs.
    bool change_sites() {
        const std::uint32_t net = pick(graph_.nets.size());
        const auto gates = graph_.gates_of(graph_.nets[net]);
        if (gates.empty()) return false;
        const std::uint32_t gate = gates[pick(gates.size())];
        if (random_.uniform() < 0.5) {
            const Node left = a_.site(gate);
            for (std::uint32_t g : gates) {
                if (a_.site(g) == left) a_.improve_site(g, random_, left);
            }
            return true;
        }
        const auto nets = graph_.nets_of(graph_.gates[gate]);
        const std::uint32_t partner = nets[pick(nets.size())];
        const auto entries = a_.entries(partner);
        const Node target = entries[pick(entries.size())].node;
        for (std::uint32_t g : gates) {
            if (a_.site(g) == target) continue;
            for (std::uint32_t n : graph_.nets_of(graph_.gates[g])) {
                if (n != net && a_.present(n, target) && a_.may_host(g, target)) {
                    a_.set_site(g, target);
                    break;
                }
            }
        }
        return true;
    }

    /// Keeps copies through a middle, or releases them.
    bool change_kept() {
        const std::uint32_t middle = pick(graph_.middles.size());
        const auto now = a_.kept(middle);
        if (now.empty() || (now.size() + 1 < hosts_.size() && random_.uniform() < 0.3)) {
            return keep_more(middle);
        }
        if (now.size() == 1 || random_.uniform() < 0.5) {
            a_.release_all(middle, random_);
        } else {
            a_.release(middle, now[pick(now.size())]);
        }
        settle_nets(graph_.middles[middle].net - 1, graph_.middles[middle].net + 2);
        return true;
    }

    /// Keeps one more copy, or all that both the net before and the one after have a use for.
    bool keep_more(std::uint32_t middle) {
        const std::uint32_t net = graph_.middles[middle].net;
        const Node home = a_.home(a_.first_slice(net), graph_.nets[net].qubit);
        kept_.clear();
        const bool all = random_.uniform() < 0.5;
        for (const Assignment::Entry& e : a_.entries(net - 1)) {
            if (e.node != home && (!all || a_.present(net + 1, e.node))) kept_.push_back(e.node);
        }
        if (!all) {
            for (const Assignment::Entry& e : a_.entries(net + 1)) {
                if (e.node != home) kept_.push_back(e.node);
            }
        }
        if (kept_.empty()) return false;
        if (!all) kept_ = {kept_[pick(kept_.size())]};
        make_way(net);
        bool changed = false;
        for (Node node : kept_) changed = a_.keep(middle, node) || changed;
        if (!changed) return false;
        settle_nets(net - 1, net);
        settle_nets(net + 1, net + 2);
        if (random_.uniform() < 0.5) {
            for (std::uint32_t g : graph_.gates_of(graph_.nets[net])) {
                const std::uint32_t partner = graph_.partner(g, net);
                settle_nets(partner, partner + 1);
            }
        }
        return true;
    }

    /// Releases what stands against keeping copies through the net.
    void make_way(std::uint32_t net) {
        const auto release = [&](std::uint32_t n) {
            if (a_.is_kept(n)) a_.release_all(graph_.middle_of[n], random_);
        };
        release(net - 1);
        release(net + 1);
        for (std::uint32_t g : graph_.gates_of(graph_.nets[net])) release(graph_.partner(g, net));
    }

    void settle_nets(std::uint32_t first, std::uint32_t end) {
        for (std::uint32_t n = first; n < end; ++n) {
            for (std::uint32_t g : graph_.gates_of(graph_.nets[n])) a_.improve_site(g, random_);
        }
    }

    Assignment& a_;
    const Hypergraph& graph_;
    Random& random_;
    const AnnealOptions& options_;
    std::vector<Node> hosts_;
    std::vector<Node> kept_;   ///< scratch
    std::vector<bool> fixed_;  ///< by qubit; empty: none is
    double temperature_ = 1;
};

}  // namespace

void anneal(Assignment& assignment, Random& random, const AnnealOptions& options) {
    assignment.forget_journal();
    Annealer(assignment, random, options).run();
}

}  // namespace carillon
