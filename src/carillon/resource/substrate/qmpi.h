// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/host/ranks.h"
#include "carillon/resource/substrate/controller.h"

namespace carillon::substrate {
template <class Real>
class Substrate;
}

/// A message passing interface for qubits: programs written by hand for many QPUs, one rank each.
///
/// After T. Haener, D. S. Steiger, T. Hoefler, M. Troyer, "Distributed quantum computing with
/// QMPI", SC'21 (arXiv:2105.01109): qubits travel as entangled copies (send, bcast, reduce, scan,
/// each undone by classical bits alone) or are moved (teleported). What each operation costs is in
/// docs/reference/process-mode.md, and counted as it happens.
namespace carillon::qmpi {

/// A qubit of this rank.
struct Qubit {
    std::uint32_t id = 0xffffffff;
};

/// What operations of one kind cost; the sum over all ranks is the cost of the operation.
struct Usage {
    std::uint64_t pairs = 0;  ///< Bell pairs, counted where the qubit comes from
    std::uint64_t bits = 0;   ///< classical bits sent
    friend bool operator==(const Usage&, const Usage&) = default;
};
using UsageByOperation = std::map<std::string, Usage>;  ///< "send", "unsend", "bcast", ...

struct Options {
    int qpus = 0;             ///< ranks that run the program; 0: all but one
    int threads_as_qpus = 0;  ///< for start(): QPUs of a program that was started alone
    std::uint64_t seed = 0;
    int threads = 0;                     ///< of each rank that holds qubits; 0: one per core
    std::uint64_t max_memory_bytes = 0;  ///< 0: what the machine has
    /// For those who look on: on the first rank, when the program is over.
    std::function<void(substrate::Substrate<double>&)> inspect = {};
};

/// What a parity of qubits of all ranks leaves on one of them.
struct Parity {
    Qubit result;  ///< where there is one
    // What undoes it.
    bool has_result = false;
    bool copied = false;        ///< `result` is a qubit of its own
    std::vector<Qubit> copies;  ///< of other ranks' parities
};

/// Qubits of this rank, and the way to those of others. Ranks are numbered from 0; those that hold
/// the qubits are not among them.
///
/// send() waits for its Bell pair, and so for the other rank to receive: in a ring one rank
/// receives first. Operations of one kind between two ranks with one tag meet in the order in which
/// each rank calls them. Collectives are called by all ranks in the same order. All classical talk
/// that the program's quantum operations depend on goes through send_bit() and receive_bit().
///
/// Throws: InputError for a qubit or a rank that does not exist; what run() throws.
class Communicator {
  public:
    Communicator(substrate::Controller& controller, std::uint64_t seed);

    int rank() const { return controller_->index(); }
    int size() const { return controller_->count(); }

    // Local.

    /// A qubit in |0>.
    Qubit allocate();
    /// Gives back a qubit that is |0> or |1>. Another state ends the run with an InputError.
    void free(Qubit qubit);
    /// A gate of the gate table; the first `controls` qubits are controls.
    void gate(GateKind kind, int controls, std::initializer_list<Qubit> qubits,
              std::initializer_list<double> angles = {});
    void unitary(const Matrix& matrix, std::span<const Qubit> qubits);
    void x(Qubit q) { gate(GateKind::kX, 0, {q}); }
    void z(Qubit q) { gate(GateKind::kZ, 0, {q}); }
    void h(Qubit q) { gate(GateKind::kH, 0, {q}); }
    void rx(double angle, Qubit q) { gate(GateKind::kRx, 0, {q}, {angle}); }
    void ry(double angle, Qubit q) { gate(GateKind::kRy, 0, {q}, {angle}); }
    void rz(double angle, Qubit q) { gate(GateKind::kRz, 0, {q}, {angle}); }
    void cx(Qubit control, Qubit target) { gate(GateKind::kX, 1, {control, target}); }
    void cz(Qubit a, Qubit b) { gate(GateKind::kZ, 1, {a, b}); }
    void rzz(double angle, Qubit a, Qubit b) { gate(GateKind::kRzz, 0, {a, b}, {angle}); }
    bool measure(Qubit qubit);
    void reset(Qubit qubit);

    // Between two ranks.

    void send_bit(bool bit, int to, int tag = 0);
    bool receive_bit(int from, int tag = 0);
    /// Both ranks call it, each with a qubit in |0>: these become a Bell pair.
    void prepare_epr(Qubit qubit, int peer, int tag = 0);
    /// An entangled copy of the qubit for another rank, which gets it with receive(): a|0> + b|1>
    /// becomes a|00> + b|11>.
    void send(Qubit qubit, int to, int tag = 0);
    Qubit receive(int from, int tag = 0);
    /// Undoes send() and receive(): the copy is given back.
    void unsend(Qubit qubit, int to, int tag = 0);
    void unreceive(Qubit copy, int from, int tag = 0);
    /// Moves the qubit: this rank has it no more.
    void send_move(Qubit qubit, int to, int tag = 0);
    Qubit receive_move(int from, int tag = 0);

    // Between all ranks.

    /// An entangled copy of the root's qubit for every other rank. Returns: the copy, on the root
    /// the qubit itself.
    Qubit bcast(Qubit qubit, int root);
    /// Undoes it, given what it returned.
    void unbcast(Qubit qubit, int root);
    /// The parity of a qubit of every rank, in a qubit of the root; undone by unreduce() with the
    /// same qubits.
    Parity reduce(Qubit qubit, int root);
    void unreduce(Qubit qubit, int root, Parity& parity);
    /// On every rank the parity of the qubits of all ranks up to it; undone by unscan().
    Parity scan(Qubit qubit);
    void unscan(Qubit qubit, Parity& parity);
    /// Moves a qubit of every rank to the root. Returns: there all of them, by rank.
    std::vector<Qubit> gather(Qubit qubit, int root);
    /// Moves the root's qubits to all ranks, one each.
    Qubit scatter(const std::vector<Qubit>& qubits, int root);

    const UsageByOperation& usage() const { return usage_; }

  private:
    /// Tells apart messages and pairs that have the same ranks and tag.
    enum class Channel : std::uint8_t { kBit, kEpr, kCopy, kUncopy, kMove, kCollective };

    void act(substrate::ActKind kind, std::span<const Qubit> qubits, double uniform = 0);
    substrate::Act message(substrate::ActKind kind, Channel channel, int from, int to, int tag);
    std::uint32_t checked(Qubit qubit) const;
    void check_peer(int peer) const;
    void pair(Qubit qubit, Channel channel, int from, int to, int tag);
    void put_bit(bool bit, Channel channel, int to, int tag);
    bool take_bit(Channel channel, int from, int tag);
    void copy_to(Qubit qubit, Channel channel, int to, int tag);
    Qubit copy_from(Channel channel, int from, int tag);
    void move_to(Qubit qubit, int to, int tag);
    Qubit move_from(int from, int tag);
    bool measured_in_x(Qubit qubit);
    Parity parity_of(Qubit qubit, std::vector<Qubit> copies);
    void undo_parity(Qubit qubit, Parity& parity);
    Usage& used(const char* operation);

    substrate::Controller* controller_;
    std::uint64_t seed_;
    std::uint32_t draws_ = 0;
    std::uint32_t order_ = 0;
    std::vector<bool> in_use_;         ///< by id
    std::vector<std::uint32_t> free_;  ///< ids
    UsageByOperation usage_;
    Usage* counted_ = nullptr;  ///< of the operation under way
    std::vector<std::uint32_t> operands_;
};

/// Runs `program` on the ranks that are not needed to hold qubits. All ranks call it.
///
/// Returns: the usage of all ranks together, on all ranks.
/// Throws: what any rank threw, on all; InputError when ranks wait for each other, or their number
///     does not fit; PeerLost when one died.
UsageByOperation run(host::Ranks& ranks, const Options& options,
                     const std::function<void(Communicator&)>& program);

/// main() of such a program: runs it on the ranks it was started among by mpirun or srun, or on
/// threads in their place when it was started alone.
///
/// Args:
///     finish: called once, with the usage of all ranks together.
/// Returns: the exit code.
int start(const std::string& name, const Options& options,
          const std::function<void(Communicator&)>& program,
          const std::function<void(const UsageByOperation&)>& finish);

}  // namespace carillon::qmpi
