// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

/// A gate as the caller writes it, one per line: name, number of qubits, qubits, angles.
struct Gate {
    std::string name;
    std::vector<int> qubits;
    std::vector<double> angles;
};

/// What the caller asks: the first line of its file has the number of qubits and of repetitions,
/// the second the indices of the amplitudes wanted, the rest the gates.
struct Request {
    int qubits = 0;
    int repeats = 1;
    std::vector<std::uint64_t> indices;
    std::vector<Gate> gates;
};

inline Request read_request(const char* path) {
    std::ifstream file(path);
    Request request;
    std::string line;
    std::getline(file, line);
    std::istringstream(line) >> request.qubits >> request.repeats;
    std::getline(file, line);
    std::istringstream indices(line);
    for (std::uint64_t i = 0; indices >> i;) request.indices.push_back(i);
    while (std::getline(file, line)) {
        std::istringstream words(line);
        Gate gate;
        std::size_t count = 0;
        words >> gate.name >> count;
        gate.qubits.resize(count);
        for (int& q : gate.qubits) words >> q;
        for (double a = 0; words >> a;) gate.angles.push_back(a);
        request.gates.push_back(gate);
    }
    return request;
}

[[noreturn]] inline void unknown_gate(const std::string& name) {
    std::cerr << "unknown gate " << name << "\n";
    std::exit(2);
}

/// Times `apply` (all gates) after `reset` for every repetition and prints the answer.
template <class Reset, class Apply, class Amplitude>
void answer(const Request& request, Reset&& reset, Apply&& apply, Amplitude&& amplitude) {
    for (int r = 0; r < request.repeats; ++r) {
        reset();
        const auto start = std::chrono::steady_clock::now();
        for (const Gate& gate : request.gates) apply(gate);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        std::printf("seconds %.9f\n", elapsed.count());
    }
    for (const std::uint64_t index : request.indices) {
        const std::complex<double> a = amplitude(index);
        std::printf("amplitude %.17g %.17g\n", a.real(), a.imag());
    }
}
