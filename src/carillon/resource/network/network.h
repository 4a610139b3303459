// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carillon/base/ids.h"

namespace carillon {

enum class NodeKind : std::uint8_t { kQpu, kRepeater, kSatellite, kHost };

/// How long operations take, in ns.
struct Durations {
    double one_qubit_ns = 0;
    double two_qubit_ns = 0;
    double measure_ns = 0;
    double reset_ns = 0;
};

/// Error probabilities per operation (dimensionless).
struct ErrorRates {
    double one_qubit = 0;
    double two_qubit = 0;
    double measure = 0;
    double reset = 0;
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
    /// OpenQASM names of the gates the QPU runs; empty = every built-in gate.
    std::vector<std::string> native_gates;
    Durations durations;
    ErrorRates errors;
    double t1_ns = 0;           ///< 0 = no decay
    double t2_ns = 0;           ///< 0 = no decay
    double price_per_shot = 0;  ///< in the currency of the network's owner
    bool available = true;
    double x = 0, y = 0;  ///< for pictures
    bool placed = false;  ///< x and y were given
};

enum class LinkKind : std::uint8_t { kFibre, kFreeSpace, kSatellite, kMicrowave, kDirect };

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
};

/// QPUs, repeaters, satellites and the links between them.
struct Network {
    std::string name;
    std::vector<Node> nodes;  ///< QpuId is the index here
    std::vector<Link> links;  ///< LinkId is the index here

    const Node& node(QpuId id) const { return nodes[static_cast<std::size_t>(id)]; }
    const Link& link(LinkId id) const { return links[static_cast<std::size_t>(id)]; }
    std::uint32_t total_data_qubits() const;
};

/// Mean time to make one pair on a link, in ns: 1 / (attempt_rate * success * multiplexing). A link
/// without an attempt rate gives 0 (pairs are free).
double mean_pair_time_ns(const Link& link);

/// Hop distances and neighbours of a network, computed once. Memory is linear in nodes plus links
/// for neighbours(); distances are rows computed on first use.
class Topology {
  public:
    explicit Topology(const Network& network);

    struct Edge {
        QpuId to;
        LinkId link;
    };
    const std::vector<Edge>& neighbours(QpuId node) const {
        return adjacency_[static_cast<std::size_t>(node)];
    }
    std::size_t size() const { return adjacency_.size(); }
    bool complete() const { return complete_; }  ///< every two nodes are joined
    /// Hops between two nodes, or kUnreachable.
    std::uint32_t distance(QpuId a, QpuId b) const;
    /// Nodes of a shortest path from a to b, both included; empty when there is none.
    std::vector<QpuId> path(QpuId a, QpuId b) const;
    /// The link joining two neighbours (the one with the smallest mean pair time), or none.
    LinkId link_between(QpuId a, QpuId b) const;

    static constexpr std::uint32_t kUnreachable = 0xffffffff;

  private:
    const std::vector<std::uint32_t>& row(QpuId from) const;

    std::vector<std::vector<Edge>> adjacency_;
    mutable std::vector<std::vector<std::uint32_t>> rows_;
    bool complete_ = false;
    const Network* network_;
};

/// Reads a network from its JSON text. `file` heads error messages.
///
/// Throws: InputError naming the key path (e.g. `links[3].length_km`) and, for malformed JSON, line
/// and column.
Network read_network(std::string_view json_text, const std::string& file);

/// Writes the JSON that read_network() reads back equal.
std::string write_network(const Network& network);

/// Makes a network from a generator string such as `full:4,qubits=8,comm=2` or
/// `torus:32x32,qubits=64`.
///
/// Throws: InputError naming the offending key, with what would be right.
Network generate_network(std::string_view text);

/// The network a user names on the command line: a JSON file that exists, or a generator string.
Network load_network(const std::string& file_or_generator);

/// A complete device model by name ("trapped-ion", "colour-centre", "superconducting"), with the
/// sources of its numbers.
struct DevicePreset {
    std::string_view name;
    Node node;                 ///< gates, durations, errors, coherence times; no qubit counts
    Link link;                 ///< a typical link between two such devices; no ends
    std::string_view sources;  ///< where the numbers come from
};
const std::vector<DevicePreset>& device_presets();

}  // namespace carillon
