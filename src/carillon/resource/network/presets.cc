// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/network/network.h"

#include <cmath>

namespace carillon {

namespace {

DevicePreset trapped_ion() {
    DevicePreset preset{
        .name = "trapped-ion", .node = plain_node(), .link = plain_link(), .sources = {}};
    preset.node.native_gates = {"rx", "ry", "rz", "rzz"};
    preset.node.durations = {
        .one_qubit_ns = 26.6e3, .two_qubit_ns = 107e3, .measure_ns = 1.5e6, .reset_ns = 36e3};
    preset.node.errors = {
        .one_qubit = 2.5e-5, .two_qubit = 1.84e-3, .measure = 1.6e-3, .reset = 1.6e-3};
    preset.node.t1_ns = 0;  // hyperfine ground states: no decay on these times
    preset.node.t2_ns = 10e9;
    preset.link.kind = LinkKind::kFibre;
    preset.link.length_km = 0.002;
    preset.link.attempt_rate_hz = 833e3;
    preset.link.success_probability = 2.18e-4;
    preset.link.fidelity = 0.94;
    preset.link.latency_ns = 10;
    preset.sources =
        "link: Stephenson et al., PRL 124, 110501 (2020), 182 pairs/s at F = 0.94; durations: "
        "parameters of "
        "Avis et al., npj Quantum Inf. 9, 100 (2023), arXiv:2207.10579; errors: Moses et al., PRX "
        "13, 041052 "
        "(2023); memory: Drmota et al., PRL 130, 090803 (2023). Compare Main et al., Nature 638, "
        "383 (2025): "
        "9.7 pairs/s at F = 0.969, teleported CZ at 0.86";
    return preset;
}

DevicePreset colour_centre() {
    DevicePreset preset{
        .name = "colour-centre", .node = plain_node(), .link = plain_link(), .sources = {}};
    preset.node.comm_qubits = 1;  // the electron spin
    preset.node.native_gates = {"rx", "ry", "rz", "cz"};
    preset.node.durations = {
        .one_qubit_ns = 20e3, .two_qubit_ns = 500e3, .measure_ns = 3.7e3, .reset_ns = 310e3};
    preset.node.errors = {.one_qubit = 1e-3, .two_qubit = 0.06, .measure = 0.0375, .reset = 0.02};
    preset.node.t1_ns = 3.6e12;
    preset.node.t2_ns = 1e9;
    preset.link.kind = LinkKind::kFibre;
    preset.link.length_km = 0.002;
    preset.link.attempt_rate_hz = 1e9 / 5.5e3;
    preset.link.success_probability = 3.3e-5;
    preset.link.fidelity = 0.81;
    preset.link.latency_ns = 10;
    preset.sources =
        "nitrogen-vacancy centre, carbon spins as data qubits; link: Humphreys et al., Nature 558, "
        "268 (2018), "
        "single-photon protocol, 5.5 us per attempt, 6 pairs/s at F = 0.81 (39 pairs/s at its "
        "fastest); "
        "coherence, two-qubit and readout errors: parameters of Avis et al., npj Quantum Inf. 9, "
        "100 (2023), "
        "arXiv:2207.10579; durations: Pompili et al., Science 372, 259 (2021) and QuTech's NV "
        "model";
    return preset;
}

DevicePreset superconducting() {
    DevicePreset preset{
        .name = "superconducting", .node = plain_node(), .link = plain_link(), .sources = {}};
    preset.node.native_gates = {"rz", "sx", "x", "cz"};
    preset.node.coupling_shape = CouplingShape::kGrid;
    preset.node.durations = {
        .one_qubit_ns = 25, .two_qubit_ns = 42, .measure_ns = 600, .reset_ns = 250};
    preset.node.errors = {
        .one_qubit = 3.5e-4, .two_qubit = 3.3e-3, .measure = 7.7e-3, .reset = 2e-3};
    preset.node.t1_ns = 68e3;
    preset.node.t2_ns = 89e3;
    preset.link.kind = LinkKind::kMicrowave;
    preset.link.length_km = 0.03;
    preset.link.attempt_rate_hz = 12.5e3;
    preset.link.success_probability = 1;
    preset.link.fidelity = 0.804;
    preset.link.latency_ns = 150;
    preset.sources =
        "link: Storz et al., Nature 617, 265 (2023), deterministic over 30 m, F = 0.804, 12.5 kHz "
        "(compare "
        "Magnard et al., PRL 125, 260502 (2020)); gates, readout, T1, T2: Google Quantum AI, "
        "Nature 638, 920 "
        "(2025); reset: McEwen et al., Nat. Commun. 12, 1761 (2021)";
    return preset;
}

DevicePreset ion_shuttling() {
    DevicePreset preset = trapped_ion();
    preset.name = "ion-shuttling";
    const double pair_ns = mean_pair_time_ns(preset.link);
    preset.link = plain_link();
    preset.link.kind = LinkKind::kDirect;
    preset.link.carries = LinkCarries::kQubits;
    preset.link.latency_ns = 10;
    preset.link.transfer_time_ns = 1e9 / 2424;
    preset.link.transfer_error = 7e-8;
    preset.link.transfer_cost = std::round(1000 * preset.link.transfer_time_ns / pair_ns) / 1000;
    preset.sources =
        "modules between which ions are shuttled; link: Akhtar et al., Nat. Commun. 14, 531 "
        "(2023), 2424 ions/s, loss below 7e-8, no measurable dephasing; price: its time over that "
        "of a pair of the trapped-ion preset (5.5 ms); the modules: as trapped-ion";
    return preset;
}

DevicePreset cryogenic_waveguide() {
    DevicePreset preset = superconducting();
    preset.name = "cryogenic-waveguide";
    preset.link.length_km = 0.005;
    preset.link.latency_ns = 25;
    preset.link.fidelity = 0.795;
    preset.link.carries = LinkCarries::kBoth;
    preset.link.transfer_time_ns = 1e9 / preset.link.attempt_rate_hz;
    preset.link.transfer_error = 0.142;
    preset.link.transfer_cost = 0.69;
    preset.sources =
        "link: Magnard et al., PRL 125, 260502 (2020), 5 m between two cryostats, pairs at F = "
        "0.795, states transferred at a mean fidelity of 0.858; 12.5 kHz as Storz et al., Nature "
        "617, 265 (2023); price: infidelity of a transfer over that of a pair; the processors: as "
        "superconducting";
    return preset;
}

}  // namespace

const std::vector<DevicePreset>& device_presets() {
    static const std::vector<DevicePreset> presets = {
        trapped_ion(), colour_centre(), superconducting(), ion_shuttling(), cryogenic_waveguide()};
    return presets;
}

const DevicePreset* find_preset(std::string_view name) {
    for (const DevicePreset& preset : device_presets()) {
        if (preset.name == name) return &preset;
    }
    return nullptr;
}

}  // namespace carillon
