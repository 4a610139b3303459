// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/sites.h"

#include <algorithm>

#include "carillon/workload/partition/cover.h"

namespace carillon {
namespace {

using Node = Assignment::Node;

/// A possible copy: of a net's qubit, on a node that is not its home.
struct Packet {
    std::uint32_t net;
    Node home, remote;
    std::uint32_t chosen = 0;  ///< gates under choice that are there now

    bool left() const { return home < remote; }
    auto key() const { return std::pair{net, remote}; }
};

/// The two packets that could serve a gate, as indices.
struct Choice {
    std::uint32_t gate;
    std::uint32_t packet[2];
};

/// The home of a net that does not move during it.
Node single_home(const Assignment& a, std::uint32_t net) {
    return a.home(a.first_slice(net), a.graph().nets[net].qubit);
}
bool stays(const Assignment& a, std::uint32_t net) {
    const std::uint32_t qubit = a.graph().nets[net].qubit;
    for (std::uint32_t t = a.first_slice(net); t < a.last_slice(net); ++t) {
        if (a.home(t, qubit) != a.home(t + 1, qubit)) return false;
    }
    return true;
}

class CoverProblem {
  public:
    explicit CoverProblem(Assignment& assignment) : assignment_(assignment) {}

    void run() {
        collect();
        assignment_.set_sites(changes_);
        changes_.clear();
        index_packets();
        std::vector<Choice> open = settle_free();
        solve(open);
        assignment_.set_sites(changes_);
    }

  private:
    /// Remote gates at one of their two homes are up for choice.
    void collect() {
        const Hypergraph& graph = assignment_.graph();
        for (std::uint32_t g = 0; g < graph.gates.size(); ++g) {
            const auto nets = graph.nets_of(graph.gates[g]);
            if (nets.size() != 2 || assignment_.embedded(g) || !stays(assignment_, nets[0]) ||
                !stays(assignment_, nets[1])) {
                continue;
            }
            const Node a = single_home(assignment_, nets[0]), b = single_home(assignment_, nets[1]);
            const Node site = assignment_.site(g);
            if (a == b) {
                changes_.emplace_back(g, a);
            } else if (site == a || site == b) {
                gates_.push_back(g);
                packets_.push_back({nets[0], a, b});
                packets_.push_back({nets[1], b, a});
            }
        }
    }

    void index_packets() {
        const auto less = [](const Packet& x, const Packet& y) { return x.key() < y.key(); };
        const auto same = [](const Packet& x, const Packet& y) { return x.key() == y.key(); };
        std::vector<Packet> of_gate = packets_;
        std::sort(packets_.begin(), packets_.end(), less);
        packets_.erase(std::unique(packets_.begin(), packets_.end(), same), packets_.end());
        for (std::size_t i = 0; i < gates_.size(); ++i) {
            Choice choice{gates_[i], {}};
            for (int side = 0; side < 2; ++side) {
                const Packet& wanted = of_gate[2 * i + static_cast<std::size_t>(side)];
                const auto found = std::lower_bound(packets_.begin(), packets_.end(), wanted, less);
                choice.packet[side] = static_cast<std::uint32_t>(found - packets_.begin());
                found->chosen += assignment_.site(gates_[i]) == found->remote;
            }
            choices_.push_back(choice);
        }
    }

    /// A copy that other gates need anyway serves for nothing; the rest is returned.
    std::vector<Choice> settle_free() {
        std::vector<bool> free(packets_.size());
        for (std::size_t p = 0; p < packets_.size(); ++p) {
            for (const Assignment::Entry& e : assignment_.entries(packets_[p].net)) {
                if (e.node == packets_[p].remote) free[p] = e.count > packets_[p].chosen;
            }
        }
        std::vector<Choice> open;
        for (const Choice& choice : choices_) {
            if (free[choice.packet[0]]) {
                changes_.emplace_back(choice.gate, packets_[choice.packet[0]].remote);
            } else if (free[choice.packet[1]]) {
                changes_.emplace_back(choice.gate, packets_[choice.packet[1]].remote);
            } else {
                open.push_back(choice);
            }
        }
        return open;
    }

    void solve(std::vector<Choice>& open) {
        std::vector<std::uint32_t> vertex(packets_.size());
        std::uint32_t num_left = 0, num_right = 0;
        for (std::size_t p = 0; p < packets_.size(); ++p) {
            vertex[p] = packets_[p].left() ? num_left++ : num_right++;
        }
        std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
        for (Choice& choice : open) {
            if (!packets_[choice.packet[0]].left()) std::swap(choice.packet[0], choice.packet[1]);
            edges.emplace_back(vertex[choice.packet[0]], vertex[choice.packet[1]]);
        }
        const VertexCover cover = smallest_vertex_cover(num_left, num_right, edges);
        for (const Choice& choice : open) {
            const bool left = cover.left[vertex[choice.packet[0]]];
            changes_.emplace_back(choice.gate, packets_[choice.packet[left ? 0 : 1]].remote);
        }
    }

    Assignment& assignment_;
    std::vector<std::uint32_t> gates_;
    std::vector<Packet> packets_;
    std::vector<Choice> choices_;
    std::vector<std::pair<std::uint32_t, Node>> changes_;
};

}  // namespace

void cover_sites(Assignment& assignment) {
    CoverProblem(assignment).run();
    assignment.forget_journal();
}

void descend_sites(Assignment& assignment, Random& random, int sweeps) {
    int idle = 0;  // sweeps without gain; equal-cost moves of one may open a gain for the next
    for (int sweep = 0; sweep < sweeps && idle < 2; ++sweep) {
        const std::int64_t before = assignment.cost();
        for (std::uint32_t g = 0; g < assignment.graph().gates.size(); ++g) {
            assignment.improve_site(g, random);
        }
        assignment.forget_journal();
        idle = assignment.cost() < before ? 0 : idle + 1;
    }
}

void regroup_sites(Assignment& a, std::uint32_t net, std::uint32_t gate, Random& random) {
    const Hypergraph& graph = a.graph();
    const auto gates = graph.gates_of(graph.nets[net]);
    if (random.uniform() < 0.5) {
        const Assignment::Node left = a.site(gate);
        for (std::uint32_t g : gates) {
            if (a.site(g) == left) a.improve_site(g, random, left);
        }
        return;
    }
    const auto nets = graph.nets_of(graph.gates[gate]);
    const auto entries = a.entries(nets[random.below(nets.size())]);
    const Assignment::Node target = entries[random.below(entries.size())].node;
    for (std::uint32_t g : gates) {
        if (a.site(g) == target || !a.may_host(g, target)) continue;
        const auto own = graph.nets_of(graph.gates[g]);
        const bool wanted = std::any_of(own.begin(), own.end(), [&](std::uint32_t n) {
            return n != net && a.present(n, target);
        });
        if (wanted) a.set_site(g, target);
    }
}

void optimise_sites(Assignment& assignment, Random& random, int sweeps) {
    assignment.legalise();
    const Assignment::Snapshot start = assignment.snapshot();
    descend_sites(assignment, random, sweeps);
    const Assignment::Snapshot descended = assignment.snapshot();
    cover_sites(assignment);
    descend_sites(assignment, random, sweeps);
    if (assignment.cost() > descended.cost) assignment.restore(descended);
    assignment.legalise();
    if (assignment.cost() > start.cost) assignment.restore(start);
    assignment.forget_journal();
}

}  // namespace carillon
