// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/migration.h"

#include <algorithm>
#include <vector>

#include "carillon/workload/partition/sites.h"

namespace carillon {
namespace {

using Node = Assignment::Node;

constexpr double kGateStepShare = 0.25;   ///< steps that change sites only
constexpr double kFarTargetShare = 0.05;  ///< home changes to any QPU, not to the partner's
constexpr double kWholeStayShare = 0.5;   ///< stretches that end where the home changes anyhow
constexpr double kNextNetShare = 0.5;     ///< chance that a stretch goes on for one more segment
constexpr double kUnmoveShare = 0.5;      ///< changes of moves that are, not of remote gates
constexpr double kRoomyShare = 0.8;       ///< stretches cut to where there is room
constexpr int kRemoteProbes = 32;
constexpr int kLongestChain = 2;  ///< qubits that change homes in one step
constexpr int kVictims = 3;       ///< looked at for each eviction
constexpr std::uint32_t kNone = 0xffffffff;

/// Slices [begin, end).
struct Stretch {
    std::uint32_t begin, end;
};

/// A qubit that changed its home in this step.
struct Mover {
    std::uint32_t qubit;
    Stretch stretch;
};

class Migrator {
  public:
    Migrator(Assignment& assignment, Random& random, const MigrationOptions& options)
        : a_(assignment),
          graph_(assignment.graph()),
          random_(random),
          options_(options),
          slices_(static_cast<std::uint32_t>(assignment.num_slices())) {
        for (Node v = 0; v < a_.num_nodes(); ++v) {
            if (a_.capacity()[v] > 0) hosts_.push_back(v);
        }
        const auto& cuts = a_.cuts();
        slice_of_.reserve(graph_.gates.size());
        for (const Hypergraph::Gate& gate : graph_.gates) {
            const auto after = std::upper_bound(cuts.begin(), cuts.end(), gate.position);
            slice_of_.push_back(static_cast<std::uint32_t>(after - cuts.begin()));
        }
    }

    void run() {
        if (graph_.gates.empty() || hosts_.size() < 2) return;
        const std::uint64_t between_looks = graph_.num_qubits + graph_.gates.size() / 2 + 16;
        cool(a_, random_, options_, between_looks,
             [this] { return chance(kGateStepShare) ? change_sites() : relocate(); });
    }

  private:
    std::uint32_t pick(std::size_t size) { return static_cast<std::uint32_t>(random_.below(size)); }
    bool chance(double share) { return random_.uniform() < share; }

    /// A gate with an operand that needs more than one QPU, most of the time.
    std::uint32_t pick_gate() {
        std::uint32_t gate = pick(graph_.gates.size());
        for (int probe = 0; probe < kRemoteProbes; ++probe) {
            for (std::uint32_t n : graph_.nets_of(graph_.gates[gate])) {
                if (a_.entries(n).size() > 1) return gate;
            }
            gate = pick(graph_.gates.size());
        }
        return gate;
    }

    /// A net that needs more than one QPU, most of the time.
    std::uint32_t pick_net() {
        std::uint32_t net = pick(graph_.nets.size());
        for (int probe = 0; probe < kRemoteProbes && a_.entries(net).size() < 2; ++probe) {
            net = pick(graph_.nets.size());
        }
        return net;
    }

    bool relocate() {
        const std::uint32_t net = pick_net();
        const std::uint32_t cut = change_in(net);
        const bool idle = graph_.nets[net].num_gates == 0;
        if (idle && cut == kNone) return false;
        movers_.clear();
        const bool legal =
            idle || (cut != kNone && chance(kUnmoveShare)) ? unmove(net, cut) : join_partner(net);
        if (!legal) return false;
        for (const Mover& mover : movers_) settle(mover);
        return true;
    }

    /// First slice of the new home where the net sees its qubit move, or none.
    std::uint32_t change_in(std::uint32_t net) const {
        const std::uint32_t qubit = graph_.nets[net].qubit;
        for (std::uint32_t t = a_.first_slice(net); t < a_.last_slice(net); ++t) {
            if (a_.home(t, qubit) != a_.home(t + 1, qubit)) return t + 1;
        }
        return kNone;
    }

    /// The qubit that moves at `cut` stays where it was for longer, or goes there sooner.
    bool unmove(std::uint32_t net, std::uint32_t cut) {
        const std::uint32_t qubit = graph_.nets[net].qubit;
        const bool later = chance(0.5);
        const std::uint32_t at = later ? cut : cut - 1;
        Stretch s = pick_stretch(qubit, at, net);
        if (later) {
            s.begin = cut;
        } else {
            s.end = cut;
        }
        return place(qubit, s, a_.home(later ? cut - 1 : cut, qubit));
    }

    /// An operand of a gate joins its partner, or goes where the gate is done.
    bool join_partner(std::uint32_t mine) {
        const auto gates = graph_.gates_of(graph_.nets[mine]);
        const std::uint32_t gate = gates[pick(gates.size())], at = slice_of_[gate];
        const auto nets = graph_.nets_of(graph_.gates[gate]);
        const std::uint32_t other = nets[pick(nets.size())];
        std::uint32_t net = mine;
        Node target = a_.home(at, graph_.nets[other].qubit);
        if (other != mine && chance(0.5)) {  // the partner joins
            target = a_.home(at, graph_.nets[mine].qubit);
            net = other;
        }
        const std::uint32_t qubit = graph_.nets[net].qubit;
        if (target == a_.home(at, qubit)) target = a_.site(gate);
        if (chance(kFarTargetShare)) target = hosts_[pick(hosts_.size())];
        if (target == a_.home(at, qubit) || a_.capacity()[target] == 0) return false;
        Stretch s = pick_stretch(qubit, at, net);
        if (a_.room(at, target) > 0 && chance(kRoomyShare)) s = while_room(s, at, target, qubit);
        return place(qubit, s, target);
    }

    /// The part of the stretch around `at` in which the node has room for the qubit.
    Stretch while_room(Stretch s, std::uint32_t at, Node node, std::uint32_t qubit) const {
        const auto room = [&](std::uint32_t t) {
            return a_.home(t, qubit) == node || static_cast<std::int32_t>(a_.room(t, node)) > 0;
        };
        Stretch part{at, at + 1};
        while (part.begin > s.begin && room(part.begin - 1)) --part.begin;
        while (part.end < s.end && room(part.end)) ++part.end;
        return part;
    }

    /// A stretch around slice `at`, which lies in `net` of the qubit.
    Stretch pick_stretch(std::uint32_t qubit, std::uint32_t at, std::uint32_t net) {
        Stretch s{at, at + 1};
        if (chance(kWholeStayShare)) {
            while (s.begin > 0 && a_.home(s.begin - 1, qubit) == a_.home(at, qubit)) --s.begin;
        } else {
            std::uint32_t n = net;
            while (n > graph_.first_net_of[qubit] && chance(kNextNetShare)) --n;
            s.begin = edge(a_.first_slice(n), std::min(at, a_.last_slice(n)));
        }
        if (chance(kWholeStayShare)) {
            while (s.end < slices_ && a_.home(s.end, qubit) == a_.home(at, qubit)) ++s.end;
        } else {
            std::uint32_t n = net;
            while (n + 1 < graph_.first_net_of[qubit + 1] && chance(kNextNetShare)) ++n;
            s.end = 1 + edge(a_.last_slice(n), std::max(at, a_.first_slice(n)));
        }
        return s;
    }

    /// `outer`, its neighbour towards `inner`, or anything between the two.
    std::uint32_t edge(std::uint32_t outer, std::uint32_t inner) {
        if (outer == inner || chance(0.4)) return outer;
        if (chance(0.6)) return outer < inner ? outer + 1 : outer - 1;
        const std::uint32_t low = std::min(outer, inner), high = std::max(outer, inner);
        return low + pick(high - low + 1);
    }

    /// The net of the qubit that contains the slice, or its neighbour in time.
    std::uint32_t net_at(std::uint32_t qubit, std::uint32_t slice) const {
        std::uint32_t low = graph_.first_net_of[qubit], high = graph_.first_net_of[qubit + 1];
        const std::uint32_t end = high;
        while (low < high) {
            const std::uint32_t middle = (low + high) / 2;
            if (a_.last_slice(middle) < slice) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < end ? low : end - 1;
    }

    bool overfull(std::uint32_t slice, Node node) const {
        return static_cast<std::int32_t>(a_.room(slice, node)) < 0;
    }

    /// Moves the ends of the stretch to where the qubit moves anyhow, or to the next segment, where
    /// a segment would see two moves otherwise.
    Stretch apart(std::uint32_t qubit, Stretch s, Node target) {
        if (s.begin > 0 && a_.home(s.begin - 1, qubit) != target) {
            const std::uint32_t n = net_at(qubit, s.begin - 1);
            if (a_.first_slice(n) < s.begin && a_.last_slice(n) >= s.begin) {
                if (a_.last_slice(n) >= s.end && s.end < slices_ && chance(0.5)) {
                    s.begin = a_.first_slice(n);
                }
                for (std::uint32_t t = s.begin; t-- > a_.first_slice(n) + 1;) {
                    if (a_.home(t - 1, qubit) != a_.home(t, qubit)) {
                        s.begin = t;
                        break;
                    }
                }
            }
        }
        if (s.end < slices_ && a_.home(s.end, qubit) != target) {
            const std::uint32_t n = net_at(qubit, s.end - 1);
            if (a_.first_slice(n) < s.end && a_.last_slice(n) >= s.end) {
                if (a_.first_slice(n) < s.begin) s.end = a_.last_slice(n) + 1;
                for (std::uint32_t t = s.end; t < a_.last_slice(n); ++t) {
                    if (a_.home(t, qubit) != a_.home(t + 1, qubit)) {
                        s.end = t + 1;
                        break;
                    }
                }
            }
        }
        return s;
    }

    /// Gives the qubit a home for some time and makes room for it there.
    bool place(std::uint32_t qubit, Stretch stretch, Node target) {
        if (graph_.first_net_of[qubit] < graph_.first_net_of[qubit + 1]) {
            stretch = apart(qubit, stretch, target);
        }
        Node left = target;
        for (std::uint32_t t = stretch.begin; t < stretch.end && left == target; ++t) {
            left = a_.home(t, qubit);
        }
        movers_.push_back({qubit, stretch});
        a_.set_homes(stretch.begin, stretch.end, qubit, target);
        if (!moves_apart(qubit, stretch)) return false;
        for (std::uint32_t t = stretch.begin; t < stretch.end; ++t) {
            if (!overfull(t, target)) continue;
            if (movers_.size() >= kLongestChain) return false;
            if (!evict(target, t, stretch.end, left)) return false;
        }
        return true;
    }

    /// Sends some qubit away from an overfull node, to where the newcomer was if there is room.
    bool evict(Node node, std::uint32_t slice, std::uint32_t wanted_end, Node left) {
        const std::uint32_t victim = pick_victim(node, slice, left);
        if (victim == kNone) return false;
        Node target = left;
        if (left == node || static_cast<std::int32_t>(a_.room(slice, left)) <= 0 ||
            chance(kFarTargetShare)) {
            target = roomy_host(node, slice);
            if (target == node) return false;
        }
        Stretch s = victim_stretch(victim, slice, wanted_end);
        if (chance(kRoomyShare)) s = while_room(s, slice, target, victim);
        return place(victim, s, target);
    }

    /// A host other than `node` with room at that time, or `node` when there is none.
    Node roomy_host(Node node, std::uint32_t slice) {
        const std::uint32_t start = pick(hosts_.size());
        for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
            const Node host = hosts_[(start + i) % hosts_.size()];
            if (host != node && static_cast<std::int32_t>(a_.room(slice, host)) > 0) return host;
        }
        return node;
    }

    Stretch victim_stretch(std::uint32_t victim, std::uint32_t slice, std::uint32_t wanted_end) {
        if (graph_.first_net_of[victim] == graph_.first_net_of[victim + 1]) {
            return {slice, wanted_end};
        }
        Stretch s = pick_stretch(victim, slice, net_at(victim, slice));
        s.begin = std::min(s.begin, slice);
        s.end = std::max(s.end, slice + 1);
        if (chance(0.5)) s.begin = slice;
        if (chance(0.3)) s.end = std::max(s.end, wanted_end);
        return s;
    }

    /// The one of a few residents that seems least attached to the node around that time.
    std::uint32_t pick_victim(Node node, std::uint32_t slice, Node left) {
        std::uint32_t best = kNone;
        int best_score = 0;
        std::uint32_t q = pick(graph_.num_qubits);
        int seen = 0;
        for (std::uint32_t i = 0; i < graph_.num_qubits && seen < kVictims; ++i) {
            q = q + 1 == graph_.num_qubits ? 0 : q + 1;
            if (a_.home(slice, q) != node || moving(q)) continue;
            ++seen;
            const int score = attachment(q, slice, node, left);
            if (best == kNone || score < best_score) {
                best = q;
                best_score = score;
            }
        }
        return best;
    }

    bool moving(std::uint32_t qubit) const {
        return std::any_of(movers_.begin(), movers_.end(),
                           [qubit](const Mover& m) { return m.qubit == qubit; });
    }

    /// Gates around the slice with partners on `node`, less those with partners on `left`.
    int attachment(std::uint32_t qubit, std::uint32_t slice, Node node, Node left) const {
        if (graph_.first_net_of[qubit] == graph_.first_net_of[qubit + 1]) return 0;
        int score = 0;
        std::uint32_t n = net_at(qubit, slice);
        for (int ahead = 0; ahead < 3 && n < graph_.first_net_of[qubit + 1]; ++ahead, ++n) {
            score += a_.present(n, node) ? 1 : 0;
            if (a_.present(n, left)) score -= 2;
            for (std::uint32_t g : graph_.gates_of(graph_.nets[n])
                                       .first(std::min<std::size_t>(2, graph_.nets[n].num_gates))) {
                score += a_.site(g) == node ? 1 : 0;
            }
        }
        return score;
    }

    /// Nets of the qubit that contain a slice of the stretch.
    std::pair<std::uint32_t, std::uint32_t> nets_in(std::uint32_t qubit, Stretch s) const {
        const std::uint32_t end = graph_.first_net_of[qubit + 1];
        std::uint32_t first = graph_.first_net_of[qubit];
        if (first == end) return {first, first};
        first = net_at(qubit, s.begin);
        if (a_.last_slice(first) < s.begin) return {end, end};
        std::uint32_t last = first;
        while (last < end && a_.first_slice(last) < s.end) ++last;
        return {first, last};
    }

    /// Whether no net of the qubit around the stretch sees more than one change of home.
    bool moves_apart(std::uint32_t qubit, Stretch s) const {
        const auto [first, end] = nets_in(qubit, {s.begin - (s.begin > 0), s.end + 1});
        for (std::uint32_t n = first; n < end; ++n) {
            int changes = 0;
            for (std::uint32_t t = a_.first_slice(n); t < a_.last_slice(n); ++t) {
                changes += a_.home(t, qubit) != a_.home(t + 1, qubit);
            }
            if (changes > 1) return false;
        }
        return true;
    }

    /// Sends the qubit's gates in the stretch wherever they now cost least.
    void settle(const Mover& mover) {
        const auto [first, end] = nets_in(mover.qubit, mover.stretch);
        for (std::uint32_t n = first; n < end; ++n) {
            for (std::uint32_t g : graph_.gates_of(graph_.nets[n])) a_.improve_site(g, random_);
        }
    }

    bool change_sites() {
        const std::uint32_t gate = pick_gate();
        const auto nets = graph_.nets_of(graph_.gates[gate]);
        regroup_sites(a_, nets[pick(nets.size())], gate, random_);
        return true;
    }

    Assignment& a_;
    const Hypergraph& graph_;
    Random& random_;
    const MigrationOptions& options_;
    const std::uint32_t slices_;
    std::vector<Node> hosts_;
    std::vector<std::uint32_t> slice_of_;  ///< by gate
    std::vector<Mover> movers_;            ///< of this step
};

}  // namespace

void migrate(Assignment& assignment, Random& random, const MigrationOptions& options) {
    Migrator(assignment, random, options).run();
}

}  // namespace carillon
