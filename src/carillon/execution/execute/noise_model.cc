// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/noise_model.h"

#include "carillon/base/error.h"
#include "carillon/base/json_reader.h"

namespace carillon {

namespace {

constexpr double kLongest = 1e18;  ///< ns

void read_depolarizing(const JsonValue& v, NoiseModel& noise) {
    v.allow_keys({"one_qubit", "two_qubit", "more_qubits"});
    if (const auto p = v.find("one_qubit")) noise.one_qubit_depolarizing = p->real(0, 4.0 / 3);
    if (const auto p = v.find("two_qubit")) noise.two_qubit_depolarizing = p->real(0, 16.0 / 15);
    if (const auto p = v.find("more_qubits")) noise.more_qubits_depolarizing = p->real(0, 1);
}

void read_durations(const JsonValue& v, Durations& durations) {
    v.allow_keys({"one_qubit_ns", "two_qubit_ns", "measure_ns", "reset_ns"});
    const auto read = [&](const char* key, double& to) {
        if (const auto t = v.find(key)) to = t->real(0, kLongest);
    };
    read("one_qubit_ns", durations.one_qubit_ns);
    read("two_qubit_ns", durations.two_qubit_ns);
    read("measure_ns", durations.measure_ns);
    read("reset_ns", durations.reset_ns);
}

engine::ReadoutError read_readout(const JsonValue& v) {
    if (!v.is_object()) {
        const double p = v.real(0, 1);
        return {p, p};
    }
    v.allow_keys({"one_from_zero", "zero_from_one"});
    return {v.at("one_from_zero").real(0, 1), v.at("zero_from_one").real(0, 1)};
}

}  // namespace

bool NoiseModel::has_gate_noise() const {
    return one_qubit_depolarizing > 0 || two_qubit_depolarizing > 0 || bit_flip > 0 ||
           phase_flip > 0 || phase_damping > 0 || amplitude_damping > 0;
}

void check(const NoiseModel& noise) {
    // The channels know their own ranges.
    engine::depolarizing(1, noise.one_qubit_depolarizing);
    engine::depolarizing(2, noise.two_qubit_depolarizing);
    engine::bit_flip(noise.bit_flip);
    engine::phase_flip(noise.phase_flip);
    engine::phase_damping(noise.phase_damping);
    engine::amplitude_damping(noise.amplitude_damping, noise.excited_population);
    engine::check(noise.readout);
    engine::bit_flip(noise.reset_error);
    const Durations& d = noise.durations;
    for (const double time : {d.one_qubit_ns, d.two_qubit_ns, d.measure_ns, d.reset_ns})
        engine::relaxation(time, noise.t1_ns, noise.t2_ns, noise.excited_population);
}

NoiseModel read_noise(std::string_view json_text, const std::string& file) {
    const JsonDocument document(json_text, file);
    const JsonValue root = document.root();
    root.allow_keys({"depolarizing", "bit_flip", "phase_flip", "phase_damping", "amplitude_damping",
                     "t1_ns", "t2_ns", "excited_population", "durations", "readout_error",
                     "reset_error"});
    NoiseModel noise;
    const auto read = [&](const char* key, double& to, double most) {
        if (const auto v = root.find(key)) to = v->real(0, most);
    };
    read("bit_flip", noise.bit_flip, 1);
    read("phase_flip", noise.phase_flip, 1);
    read("phase_damping", noise.phase_damping, 1);
    read("amplitude_damping", noise.amplitude_damping, 1);
    read("t1_ns", noise.t1_ns, kLongest);
    read("t2_ns", noise.t2_ns, kLongest);
    read("excited_population", noise.excited_population, 1);
    read("reset_error", noise.reset_error, 1);
    if (const auto v = root.find("depolarizing")) read_depolarizing(*v, noise);
    if (const auto v = root.find("durations")) read_durations(*v, noise.durations);
    if (const auto v = root.find("readout_error")) noise.readout = read_readout(*v);
    try {
        check(noise);
    } catch (const InputError& error) {
        if (root.find("t2_ns")) root.fail_key("t2_ns", error.what());
        root.fail(error.what());
    }
    return noise;
}

}  // namespace carillon
