// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// An estimate of when instructions run, made while they are written: each as soon as its qubits
/// are free and its bits are there. Pairs of one link come one after the other, each in the mean
/// time of all channels together, and are made ahead. Blocks run once, one branch after the other.
class HoldClock {
  public:
    /// The network must outlive it.
    explicit HoldClock(const Network& network);

    /// When the qubit is free.
    Time ready(Location at) const { return qubits_[at.qpu.value][at.qubit]; }

    void gate(QpuId qpu, std::span<const LocalQubit> qubits, std::span<const BitId> conditions);
    void measure(QpuId qpu, LocalQubit qubit, BitId bit);
    void reset(QpuId qpu, LocalQubit qubit);
    void delay(QpuId qpu, std::span<const LocalQubit> qubits, double ns);
    void barrier(QpuId qpu, std::span<const LocalQubit> qubits);
    void send(QpuId from, BitId bit, QpuId to, BitId into);
    void pair(Location a, Location b, LinkId link);
    void transfer(Location leaves, Location arrives, LinkId link);
    /// A block begins, goes on or ends on all of these together.
    void meet(std::span<const QpuId> participants);

  private:
    Time& at(Location where) { return qubits_[where.qpu.value][where.qubit]; }
    Time free(QpuId qpu, std::span<const LocalQubit> qubits) const;
    void set(QpuId qpu, std::span<const LocalQubit> qubits, Time end);
    Time latency(QpuId from, QpuId to);

    const Network& network_;
    std::vector<std::vector<Time>> qubits_;  ///< by QPU and local qubit: free from then on
    std::vector<Time> links_;                ///< by link: likewise
    std::map<std::pair<std::uint32_t, std::uint32_t>, Time> bits_;       ///< by QPU and bit: there
    std::map<std::pair<std::uint32_t, std::uint32_t>, Time> latencies_;  ///< found so far
};

}  // namespace carillon
