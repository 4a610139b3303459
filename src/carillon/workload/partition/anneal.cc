// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/anneal.h"

#include <algorithm>

#include "carillon/workload/partition/sites.h"

namespace carillon {
namespace {

using Node = Assignment::Node;

constexpr double kGateStepShare = 0.5;    ///< steps that change sites only
constexpr double kKeepStepShare = 0.3;    ///< steps that keep or release copies, where some can be
constexpr double kNearTargetShare = 0.9;  ///< home changes towards a partner's home
constexpr double kMoveShare = 0.7;        ///< home changes where there is room that are no exchange
constexpr std::uint32_t kPartnerProbes = 64;
constexpr int kRemoteProbes = 4;
constexpr int kCalibrationSteps = 64;
constexpr double kKeepingHot = 0.5;  ///< first temperature where copies may be kept
constexpr double kHotPerRise = 0.5;  ///< first temperature per mean cost rise of a random step

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
        Cooling cooling = options_;
        if (cooling.hot <= 0) cooling.hot = calibrate();
        cooling.cold = std::min(cooling.cold, cooling.hot);
        const std::uint64_t between_looks = graph_.num_qubits + graph_.gates.size() / 4 + 16;
        cool(a_, random_, cooling, between_looks, [this] { return change(); });
    }

  private:
    bool change() {
        if (a_.can_keep() && random_.uniform() < kKeepStepShare) return change_kept();
        return random_.uniform() >= kGateStepShare ? change_home() : change_sites();
    }

    /// A temperature at which a typical cost rise is accepted now and then.
    double calibrate() {
        if (a_.can_keep()) return kKeepingHot;
        double rises = 0;
        int count = 0;
        for (int i = 0; i < kCalibrationSteps; ++i) {
            const std::int64_t before = a_.cost();
            const bool legal = change_home();
            if (legal && a_.cost() > before) {
                rises += static_cast<double>(a_.cost() - before);
                ++count;
            }
            a_.roll_back(0);
        }
        return count == 0 ? 1 : std::max(kHotPerRise * rises / count, 2 * options_.cold);
    }

    std::uint32_t pick(std::size_t size) { return static_cast<std::uint32_t>(random_.below(size)); }

    /// A home of a gate partner of `qubit`, or any node.
    Node pick_target(std::uint32_t qubit) {
        const std::uint32_t first = graph_.first_net_of[qubit];
        const std::uint32_t end = graph_.first_net_of[qubit + 1];
        if (first == end || random_.uniform() >= kNearTargetShare) {
            return hosts_[pick(hosts_.size())];
        }
        const auto gates = graph_.gates_of(graph_.nets[first + pick(end - first)]);
        if (gates.empty()) return hosts_[pick(hosts_.size())];
        const auto nets = graph_.nets_of(graph_.gates[gates[pick(gates.size())]]);
        return home(graph_.nets[nets[pick(nets.size())]].qubit);
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

    Node home(std::uint32_t qubit) const { return a_.home(0, qubit); }

    bool change_home() {
        const std::uint32_t qubit = pick_qubit();
        const Node target = pick_target(qubit);
        if (home(qubit) == target) return false;
        if (a_.room(0, target) == 0 || random_.uniform() >= kMoveShare) {
            return exchange(qubit, target);
        }
        a_.set_home(0, qubit, target);
        settle(qubit);
        return true;
    }

    /// Swaps homes with a qubit that lives on `target`.
    bool exchange(std::uint32_t qubit, Node target) {
        std::uint32_t other = pick(graph_.num_qubits);
        const std::uint32_t probes = kPartnerProbes + 4 * static_cast<std::uint32_t>(hosts_.size());
        for (std::uint32_t i = 0; home(other) != target || !movable(other); ++i) {
            if (i == probes) return false;
            other = other + 1 == graph_.num_qubits ? 0 : other + 1;
        }
        a_.set_home(0, other, home(qubit));
        a_.set_home(0, qubit, target);
        settle(qubit);
        settle(other);
        return true;
    }

    /// Sends the qubit's gates wherever they now cost least.
    void settle(std::uint32_t qubit) {
        settle_nets(graph_.first_net_of[qubit], graph_.first_net_of[qubit + 1]);
    }

    bool change_sites() {
        const std::uint32_t net = pick(graph_.nets.size());
        const auto gates = graph_.gates_of(graph_.nets[net]);
        if (gates.empty()) return false;
        regroup_sites(a_, net, gates[pick(gates.size())], random_);
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
        const Node here = home(graph_.nets[net].qubit);
        kept_.clear();
        const bool all = random_.uniform() < 0.5;
        for (const Assignment::Entry& e : a_.entries(net - 1)) {
            if (e.node != here && (!all || a_.present(net + 1, e.node))) kept_.push_back(e.node);
        }
        if (!all) {
            for (const Assignment::Entry& e : a_.entries(net + 1)) {
                if (e.node != here) kept_.push_back(e.node);
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
};

}  // namespace

void anneal(Assignment& assignment, Random& random, const AnnealOptions& options) {
    Annealer(assignment, random, options).run();
}

}  // namespace carillon
