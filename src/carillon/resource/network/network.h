// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carillon/base/ids.h"
#include "carillon/resource/network/link_prices.h"

namespace carillon {

enum class NodeKind : std::uint8_t { kQpu, kRepeater, kSatellite, kHost };

/// A regular coupling map over all local qubits, data qubits first, then communication qubits.
/// kGrid is row by row, as near to a square as it gets (width = the square root, rounded up).
enum class CouplingShape : std::uint8_t { kAll, kLine, kRing, kGrid };

/// How long operations take, in ns.
struct Durations {
    double one_qubit_ns = 0;
    double two_qubit_ns = 0;
    double measure_ns = 0;
    double reset_ns = 0;

    bool operator==(const Durations&) const = default;
};

/// Error probabilities per operation (dimensionless).
struct ErrorRates {
    double one_qubit = 0;
    double two_qubit = 0;
    double measure = 0;
    double reset = 0;

    bool operator==(const ErrorRates&) const = default;
};

/// A node of the network. Repeaters and satellites are nodes without data qubits.
struct Node {
    std::string name;
    NodeKind kind = NodeKind::kQpu;
    std::uint32_t data_qubits = 0;
    std::uint32_t comm_qubits = 0;
    /// Undirected pairs of local qubits that can interact (data qubits first, then communication
    /// qubits); empty = all.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> coupling;
    /// Shape asked for while data_qubits is not yet known; fill_capacity() turns it into
    /// `coupling`.
    CouplingShape coupling_shape = CouplingShape::kAll;
    /// OpenQASM names of the gates the QPU runs; empty = every built-in gate.
    std::vector<std::string> native_gates;
    Durations durations;
    ErrorRates errors;
    double t1_ns = 0;             ///< 0 = no decay
    double t2_ns = 0;             ///< 0 = no decay
    double memory_cutoff_ns = 0;  ///< an unused half of a Bell pair older than this is discarded,
                                  ///< a copy of a qubit closed; 0 = kept for ever
    double price_per_shot = 0;    ///< in the currency of the network's owner
    bool available = true;
    double x = 0, y = 0;  ///< for pictures
    bool placed = false;  ///< x and y were given

    bool operator==(const Node&) const = default;
};

enum class LinkKind : std::uint8_t { kFibre, kFreeSpace, kSatellite, kMicrowave, kDirect };

/// What a link hands over.
enum class LinkCarries : std::uint8_t {
    kPairs,   ///< Bell pairs between its ends
    kQubits,  ///< qubits themselves: shuttled ions, a cryogenic waveguide, a transducer
    kBoth,
};

/// An undirected quantum link, with its classical channel beside it.
struct Link {
    QpuId a, b;
    LinkKind kind = LinkKind::kFibre;
    double length_km = 0;
    double loss_db_per_km = 0;
    double attempt_rate_hz = 0;      ///< entanglement attempts per second
    double success_probability = 1;  ///< of one attempt
    double fidelity = 1;             ///< of a fresh pair to |Phi+>
    std::uint32_t multiplexing = 1;  ///< attempts in parallel
    double latency_ns = 0;           ///< one classical message, one way
    LinkCarries carries = LinkCarries::kPairs;
    double pair_cost = 1;         ///< price of one Bell pair
    double transfer_cost = 1;     ///< price of carrying one qubit over, in the same unit
    double transfer_time_ns = 0;  ///< the link is taken that long by one qubit
    double transfer_error = 0;    ///< probability that a qubit is spoilt on the way

    bool makes_pairs() const { return carries != LinkCarries::kQubits; }
    bool carries_qubits() const { return carries != LinkCarries::kPairs; }
    bool operator==(const Link&) const = default;
};

/// QPUs, repeaters, satellites and the links between them.
struct Network {
    std::string name;
    std::vector<Node> nodes;  ///< QpuId is the index here
    std::vector<Link> links;  ///< LinkId is the index here

    const Node& node(QpuId id) const { return nodes[static_cast<std::size_t>(id)]; }
    const Link& link(LinkId id) const { return links[static_cast<std::size_t>(id)]; }
    /// Data qubits of the available QPUs.
    std::uint64_t total_data_qubits() const;

    bool operator==(const Network&) const = default;
};

/// The device and link that every key left out by the user comes from: noiseless, without decay, 2
/// communication qubits, a CX of 1000 ns, other operations in the units compilers are compared in
/// (one-qubit gate 0.1, measurement and reset 5, classical message 1 CX; AutoComm, MICRO'22); one
/// pair takes 10 us in the mean (1 MHz attempts, success 0.1) and is perfect; a link carries no
/// qubits, and where it does one takes 10 us too. A pair and a transfer cost 1.
const Node& plain_node();
const Link& plain_link();

/// Gives the available QPUs without data qubits equal shares of what a program still needs (rounded
/// up), and turns coupling shapes into coupling maps.
///
/// Throws: InputError when the network has too few data qubits and no QPU is left to fill.
void fill_capacity(Network& network, std::uint32_t program_qubits);

/// Coupling map of a shape over `qubits` local qubits; empty for kAll.
std::vector<std::pair<std::uint32_t, std::uint32_t>> coupling_edges(CouplingShape shape,
                                                                    std::uint32_t qubits);

/// Mean time to make one pair on a link, in ns: 1 / (attempt_rate * success * multiplexing). A link
/// without an attempt rate gives 0 (pairs are free).
double mean_pair_time_ns(const Link& link);

/// Hop distances and neighbours of a network, computed once; the network is not needed afterwards.
/// Memory is linear in nodes plus links for neighbours(); distances are rows computed on first use,
/// so concurrent readers need one Topology each.
class Topology {
  public:
    explicit Topology(const Network& network);

    struct Edge {
        QpuId to;
        LinkId link;
        std::uint32_t steps = 1;  ///< price of the cheaper carrier (LinkPrices)
        Carrier carrier = Carrier::kPair;
    };
    /// By node, and among parallel links the cheapest first, then the fastest.
    const std::vector<Edge>& neighbours(QpuId node) const {
        return adjacency_[static_cast<std::size_t>(node)];
    }
    std::size_t size() const { return adjacency_.size(); }
    /// Every two nodes are joined, and every link has the same price.
    bool complete() const { return complete_; }
    const LinkPrices& prices() const { return prices_; }
    /// Hops between two nodes, or kUnreachable.
    std::uint32_t distance(QpuId a, QpuId b) const;
    /// Nodes of a shortest path from a to b, both included; empty when there is none. Among equals,
    /// the one whose next node has the smallest id.
    std::vector<QpuId> path(QpuId a, QpuId b) const;
    /// The link that makes pairs between two neighbours (the one with the cheapest pairs, then with
    /// the smallest mean pair time), or none.
    LinkId link_between(QpuId a, QpuId b) const;

    /// Price in steps of the cheapest path between two nodes, or kUnreachable. Where every link
    /// costs one step it is distance().
    std::uint32_t cost(QpuId a, QpuId b) const;
    /// Nodes of a cheapest path, as path() does for a shortest.
    std::vector<QpuId> cheapest_path(QpuId a, QpuId b) const;
    /// The cheapest way from a node to its neighbour, or nullptr when they are none.
    const Edge* crossing(QpuId a, QpuId b) const;

    static constexpr std::uint32_t kUnreachable = 0xffffffff;

  private:
    const std::vector<std::uint32_t>& row(QpuId from) const;
    const std::vector<std::uint32_t>& cost_row(QpuId from) const;

    LinkPrices prices_;
    std::vector<std::vector<Edge>> adjacency_;
    std::vector<double> pair_price_;  ///< by link; infinity where it makes none
    mutable std::vector<std::vector<std::uint32_t>> rows_, cost_rows_;
    bool complete_ = false;
};

/// Reads a network from its JSON text, ours (docs/reference/network-file.md) or pytket-dqc's
/// (`server_coupling`, `server_qubits`, `server_ebit_mem`). `file` heads error messages.
///
/// Throws: InputError with line and column and the key path (e.g. `links[3].length_km`).
Network read_network(std::string_view json_text, const std::string& file);

/// Writes the JSON that read_network() reads back equal.
std::string write_network(const Network& network);

/// Makes a network from a generator string, `SHAPE:SIZE,key=value,...`, such as
/// `full:4,qubits=8,comm=2` or `torus:32x32,qubits=64`.
///
/// Shapes: `full:K`, `line:K`, `ring:K`, `star:K` (node 0 is the hub), `tree:K,arity=2`,
/// `grid:RxC[xL]`, `torus:RxC[xL]`, `random:K,radius=0.3,seed=1` (random geometric in the unit
/// square, joined where it falls apart), `hier:campus=RxC,campuses=N,region=R[,satellite]`
/// (campuses of QPUs, joined through gateway repeaters to their region's repeater, regions joined
/// by fibre through repeaters or by one satellite). generator_help() lists the keys. Without
/// `qubits=` data_qubits is 0, "just enough": fill_capacity() settles it.
///
/// A length without `success=` scales the success probability by the fibre's transmissivity,
/// without `rate_hz=` limits attempts to one per passage of light, without `latency_ns=` gives 5000
/// ns per km.
///
/// Throws: InputError with the place in the string, the offending key, and what would be right.
Network generate_network(std::string_view text);

/// The shapes and keys of generate_network() with their meaning, as text.
std::string generator_help();

/// The network a user names on the command line: a JSON file that exists, or a generator string.
///
/// Throws: InputError when the text is wrong; ResourceError when the file cannot be read.
Network load_network(const std::string& file_or_generator);

/// A complete device model by name, with the sources of its numbers.
struct DevicePreset {
    std::string_view name;
    Node node;                 ///< gates, durations, errors, coherence times; no data qubits
    Link link;                 ///< a typical link between two such devices; no ends
    std::string_view sources;  ///< where the numbers come from
};
const std::vector<DevicePreset>& device_presets();

/// The preset of that name, or nullptr.
const DevicePreset* find_preset(std::string_view name);

/// Name of a kind as in the JSON: "qpu", "repeater", "satellite", "host".
std::string_view node_kind_name(NodeKind kind);
/// Name of a kind as in the JSON: "fibre", "free-space", "satellite", "microwave", "direct".
std::string_view link_kind_name(LinkKind kind);
/// What a link hands over, as in the JSON: "pairs", "qubits", "both".
std::string_view link_carries_name(LinkCarries carries);
/// "all", "line", "ring", "grid".
std::string_view coupling_shape_name(CouplingShape shape);

}  // namespace carillon
