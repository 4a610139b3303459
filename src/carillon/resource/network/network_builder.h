// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "carillon/resource/network/generator_text.h"
#include "carillon/resource/network/network.h"

namespace carillon {

/// Every key of every shape.
std::span<const GeneratorKey> generator_keys();

constexpr std::uint64_t kMostNodes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostLinks = std::uint64_t{1} << 22;
/// Spans of time and lengths that a 64-bit count of picoseconds holds with room to spare: 11 days,
/// 1e9 km.
constexpr double kMostNs = 1e15;
constexpr double kMostKm = 1e9;

/// Bounds of a price of a link.
constexpr double kLeastPrice = 1e-3, kMostPrice = 1e6;

/// What is wrong with a link whose pairs take more than kMostNs in the mean; empty when nothing is.
std::string too_slow(const Link& link);

/// Prices, times and errors of what a link does not hand over become those of plain_link().
void forget_unused_prices(Link& link);

/// Collects the nodes and links of a generated network; takes their properties from the keys of the
/// text.
class NetworkBuilder {
  public:
    /// Throws: InputError for a bad node or link key.
    explicit NetworkBuilder(GeneratorText& text);

    /// Throws InputError when a network of this size is more than we make.
    void check_size(std::uint64_t nodes, std::uint64_t links) const;

    QpuId add_qpu(double x, double y, std::string name = {});
    /// A node without data qubits.
    QpuId add_relay(NodeKind kind, std::string name, double x, double y);

    /// A link as the keys say.
    void join(QpuId a, QpuId b);
    /// A link whose length comes from the shape: loss, attempt rate and latency follow from it
    /// unless given.
    void join(QpuId a, QpuId b, double length_km, LinkKind kind, double loss_db_per_km);
    /// A link of the medium the keys say, length_km long.
    void join(QpuId a, QpuId b, double length_km);

    /// Value of `length_km=`.
    std::optional<double> length_km() const { return length_km_; }

    /// The network, with the per-node qubit counts handed out.
    Network finish(std::string name);

    static constexpr double kFibreLossDbPerKm = 0.2;
    static constexpr double kFibreNsPerKm = 5000;     ///< 2e5 km/s
    static constexpr double kVacuumNsPerKm = 3335.6;  ///< 299,792 km/s, to five digits

  private:
    void read_node_keys();
    void read_link_keys();
    void read_price_keys();
    void add(const Link& link);

    GeneratorText& text_;
    Node node_;
    Link link_;
    std::vector<std::uint32_t> qubits_, comm_;  ///< one for all, or one per QPU
    std::optional<double> length_km_, loss_, success_, rate_hz_, latency_ns_;
    Network network_;
};

/// Joins the QPUs of a grid (or, with `wrap`, a torus) whose first node is `first`; node (i, j, k)
/// has the id first + (i * extents[1] + j) * extents[2] + k.
void join_grid(NetworkBuilder& builder, std::size_t first, std::span<const std::uint32_t> extents,
               bool wrap);
/// Links of such a grid.
std::uint64_t count_grid_links(std::span<const std::uint32_t> extents, bool wrap);

void make_random(GeneratorText& text, NetworkBuilder& builder);
void make_hierarchy(GeneratorText& text, NetworkBuilder& builder);

}  // namespace carillon
