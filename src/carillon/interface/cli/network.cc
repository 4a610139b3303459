// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/network/network.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "carillon/execution/execute/picture_network.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"

namespace carillon::cli {

namespace {

constexpr std::size_t kMostRows = 24;  ///< rows of a table before it is cut

std::uint32_t diameter(const Network& network, const Topology& topology) {
    std::uint32_t most = 0;
    for (std::size_t a = 0; a < network.nodes.size(); ++a)
        for (std::size_t b = a + 1; b < network.nodes.size(); ++b)
            most = std::max(most, topology.distance(QpuId{a}, QpuId{b}));
    return most;
}

/// "1 / 0.25 *, 412.5 us, 7e-08": the cheaper one is marked.
std::string prices_text(const Link& link) {
    const bool carried = cheaper_carrier(link) == Carrier::kTransfer;
    std::string text = link.makes_pairs()
                           ? fmt::format("{:g}{}", link.pair_cost, carried ? "" : " *")
                           : std::string("-");
    if (!link.carries_qubits()) return text + " / -";
    return text + fmt::format(" / {:g}{}, {:g} us, {:g}", link.transfer_cost, carried ? " *" : "",
                              link.transfer_time_ns / 1e3, link.transfer_error);
}

std::string describe(const Network& network) {
    const Topology topology(network);
    const bool priced = std::any_of(network.links.begin(), network.links.end(), [](const Link& l) {
        return l.carries_qubits() || l.pair_cost != 1;
    });
    std::size_t qpus = 0;
    for (const Node& node : network.nodes) qpus += node.kind == NodeKind::kQpu;
    std::string text =
        fmt::format("{}: {} nodes ({} QPUs), {} links, {} data qubits", network.name,
                    network.nodes.size(), qpus, network.links.size(), network.total_data_qubits());
    text += network.nodes.size() <= 2048
                ? fmt::format(", diameter {}\n\n", diameter(network, topology))
                : "\n\n";
    text += fmt::format("{:<16} {:<10} {:>6} {:>6} {:>6}  {}\n", "node", "kind", "data", "comm",
                        "links", "native gates");
    for (std::size_t i = 0; i < std::min(network.nodes.size(), kMostRows); ++i) {
        const Node& node = network.nodes[i];
        std::string gates;
        for (const std::string& gate : node.native_gates)
            gates += (gates.empty() ? "" : " ") + gate;
        text += fmt::format(
            "{:<16} {:<10} {:>6} {:>6} {:>6}  {}\n", node.name, node_kind_name(node.kind),
            node.data_qubits              ? std::to_string(node.data_qubits)
            : node.kind == NodeKind::kQpu ? "fit"
                                          : "-",
            node.comm_qubits, topology.neighbours(QpuId{i}).size(), gates.empty() ? "all" : gates);
    }
    if (network.nodes.size() > kMostRows)
        text += fmt::format("... and {} more\n", network.nodes.size() - kMostRows);
    text +=
        fmt::format("\n{:<16} {:<16} {:>10} {:>14} {:>9} {:>12}{}\n", "link", "", "km", "mean pair",
                    "fidelity", "latency", priced ? "  pair / transfer: price, time, error" : "");
    for (std::size_t i = 0; i < std::min(network.links.size(), kMostRows); ++i) {
        const Link& link = network.links[i];
        const std::string pair =
            link.makes_pairs()
                ? fmt::format("{:>11g} us {:>9.4f}", mean_pair_time_ns(link) / 1e3, link.fidelity)
                : fmt::format("{:>14} {:>9}", "-", "-");
        text += fmt::format("{:<16} {:<16} {:>10g} {} {:>9g} us{}\n", network.node(link.a).name,
                            network.node(link.b).name, link.length_km, pair, link.latency_ns / 1e3,
                            priced ? "  " + prices_text(link) : "");
    }
    if (network.links.size() > kMostRows)
        text += fmt::format("... and {} more\n", network.links.size() - kMostRows);
    return text;
}

std::string describe_presets() {
    std::string text;
    for (const DevicePreset& preset : device_presets()) {
        const Node& n = preset.node;
        text += fmt::format(
            "{}\n  gates {:g} / {:g} us (one / two qubits), measurement {:g} us, T2 {:g} ms\n",
            preset.name, n.durations.one_qubit_ns / 1e3, n.durations.two_qubit_ns / 1e3,
            n.durations.measure_ns / 1e3, n.t2_ns / 1e6);
        text += fmt::format("  errors {:g} / {:g}", n.errors.one_qubit, n.errors.two_qubit);
        const Link& link = preset.link;
        if (link.makes_pairs())
            text += fmt::format(", link: {:g} pairs/s at fidelity {:g}",
                                1e9 / mean_pair_time_ns(link), link.fidelity);
        if (link.carries_qubits())
            text +=
                fmt::format(", link: {:g} qubits/s at error {:g}, price {:g}",
                            1e9 / link.transfer_time_ns, link.transfer_error, link.transfer_cost);
        text += fmt::format("\n  {}\n\n", preset.sources);
    }
    text.pop_back();
    return text;
}

}  // namespace

Command network_command() {
    return {{"network",
             "show a network, or write it as JSON or as a picture",
             "NETWORK is a JSON file, a generator string, or `presets`, which lists the device "
             "presets with their sources. "
             "Generators: full:K line:K ring:K star:K tree:K grid:RxC torus:RxC torus:XxYxZ "
             "random:K hier:... with keys "
             "such as qubits=8, comm=2, preset=trapped-ion, length_km=1, fidelity=0.95.",
             {"carillon network ring:4,qubits=8",
              "carillon network torus:4x4,qubits=8 --json > torus.json",
              "carillon network examples/two_ions_one_nv.json --svg network.svg",
              "carillon network presets"}},
            [](CLI::App& app) -> std::function<int()> {
                auto options = std::make_shared<Options>();
                auto svg = std::make_shared<std::string>();
                app.add_option("network", options->network,
                               "JSON file, generator string, or presets")
                    ->required()
                    ->type_name("NETWORK");
                app.add_option("--svg", *svg, "write a picture")->type_name("FILE");
                add_output(app, options);
                return [&app, options, svg] {
                    settle(app, *options);
                    if (options->network == "presets") {
                        std::cout << describe_presets();
                        return 0;
                    }
                    const Network network = load_network(options->network);
                    if (!svg->empty()) write_file(*svg, network_svg(network));
                    std::cout << (options->json ? write_network(network) : describe(network));
                    return 0;
                };
            }};
}

}  // namespace carillon::cli
