// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/qmpi.h"

#include <algorithm>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon::qmpi {

using substrate::Act;
using substrate::ActKind;

Communicator::Communicator(substrate::Controller& controller, std::uint64_t seed)
    : controller_(&controller), seed_(seed) {}

// Local.

std::uint32_t Communicator::checked(Qubit qubit) const {
    if (qubit.id >= in_use_.size() || !in_use_[qubit.id])
        throw InputError("rank " + std::to_string(rank()) +
                         " uses a qubit that it does not have, or has no more");
    return qubit.id;
}

void Communicator::check_peer(int peer) const {
    if (peer < 0 || peer >= size() || peer == rank())
        throw InputError("rank " + std::to_string(rank()) + " has no peer " + std::to_string(peer) +
                         "; there are ranks 0 to " + std::to_string(size() - 1) +
                         ", itself among them");
}

Usage& Communicator::used(const char* operation) {
    counted_ = &usage_[operation];
    return *counted_;
}

void Communicator::act(ActKind kind, std::span<const Qubit> qubits, double uniform) {
    operands_.clear();
    for (const Qubit q : qubits) operands_.push_back(checked(q));
    Act act;
    act.kind = kind;
    act.order = order_++;
    act.uniform = uniform;
    act.qubits = operands_;
    controller_->post(act);
}

Qubit Communicator::allocate() {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(in_use_.size()));
        in_use_.push_back(false);
    }
    const Qubit qubit{free_.back()};
    free_.pop_back();
    in_use_[qubit.id] = true;
    return qubit;
}

void Communicator::free(Qubit qubit) {
    act(ActKind::kFree, {&qubit, 1});
    in_use_[qubit.id] = false;
    free_.push_back(qubit.id);
}

void Communicator::gate(GateKind kind, int controls, std::initializer_list<Qubit> qubits,
                        std::initializer_list<double> angles) {
    const GateInfo& info = gate_info(kind);
    if (controls < 0 || qubits.size() != static_cast<std::size_t>(info.targets + controls) ||
        angles.size() != static_cast<std::size_t>(info.params))
        throw InputError("a " + std::string(info.name) + " with " + std::to_string(controls) +
                         " controls has " + std::to_string(info.targets + controls) +
                         " qubits and " + std::to_string(info.params) + " angles, not " +
                         std::to_string(qubits.size()) + " and " + std::to_string(angles.size()));
    operands_.clear();
    for (const Qubit q : qubits) operands_.push_back(checked(q));
    Act act;
    act.kind = ActKind::kGate;
    act.order = order_++;
    act.gate = kind;
    act.controls = static_cast<std::uint16_t>(controls);
    act.qubits = operands_;
    act.angles = {angles.begin(), angles.size()};
    controller_->post(act);
}

void Communicator::unitary(const Matrix& matrix, std::span<const Qubit> qubits) {
    if (static_cast<std::size_t>(matrix.qubits) != qubits.size())
        throw InputError("a matrix on " + std::to_string(matrix.qubits) + " qubits is given " +
                         std::to_string(qubits.size()));
    operands_.clear();
    for (const Qubit q : qubits) operands_.push_back(checked(q));
    Act act;
    act.kind = ActKind::kGate;
    act.order = order_++;
    act.gate = GateKind::kUnitary;
    act.matrix = &matrix;
    act.qubits = operands_;
    controller_->post(act);
}

bool Communicator::measure(Qubit qubit) {
    act(ActKind::kMeasure, {&qubit, 1},
        keyed_uniform(seed_, kStreamMeasurement, static_cast<std::uint64_t>(rank()), draws_++));
    return controller_->outcome();
}

void Communicator::reset(Qubit qubit) {
    act(ActKind::kReset, {&qubit, 1},
        keyed_uniform(seed_, kStreamMeasurement, static_cast<std::uint64_t>(rank()), draws_++));
}

bool Communicator::measured_in_x(Qubit qubit) {
    h(qubit);
    return measure(qubit);
}

// Between two ranks.

Act Communicator::message(ActKind kind, Channel channel, int from, int to, int tag) {
    if (tag < 0) throw InputError("tag " + std::to_string(tag) + ": tags are 0 or more");
    Act act;
    act.kind = kind;
    act.order = order_++;
    act.peer = static_cast<std::uint32_t>(from == rank() ? to : from);
    act.key = static_cast<std::uint64_t>(channel) << 60 | static_cast<std::uint64_t>(from) << 46 |
              static_cast<std::uint64_t>(to) << 32 | static_cast<std::uint64_t>(tag);
    act.place = static_cast<std::uint64_t>(tag);
    return act;
}

void Communicator::pair(Qubit qubit, Channel channel, int from, int to, int tag) {
    operands_ = {checked(qubit)};
    Act half = message(ActKind::kPair, channel, from, to, tag);
    half.qubits = operands_;
    if (from == rank()) ++counted_->pairs;
    controller_->post(half);
}

void Communicator::put_bit(bool bit, Channel channel, int to, int tag) {
    ++counted_->bits;
    controller_->send(message(ActKind::kSend, channel, rank(), to, tag), bit);
}

bool Communicator::take_bit(Channel channel, int from, int tag) {
    return controller_->receive(message(ActKind::kReceive, channel, from, rank(), tag));
}

void Communicator::send_bit(bool bit, int to, int tag) {
    check_peer(to);
    used("send_bit");
    put_bit(bit, Channel::kBit, to, tag);
}

bool Communicator::receive_bit(int from, int tag) {
    check_peer(from);
    return take_bit(Channel::kBit, from, tag);
}

void Communicator::prepare_epr(Qubit qubit, int peer, int tag) {
    check_peer(peer);
    used("prepare_epr");
    pair(qubit, Channel::kEpr, std::min(rank(), peer), std::max(rank(), peer), tag);
}

/// The far half of a pair takes the value of the qubit: the near half tells in what they differ.
void Communicator::copy_to(Qubit qubit, Channel channel, int to, int tag) {
    const Qubit half = allocate();
    pair(half, channel, rank(), to, tag);
    cx(qubit, half);
    put_bit(measure(half), channel, to, tag);
    free(half);
}

Qubit Communicator::copy_from(Channel channel, int from, int tag) {
    const Qubit half = allocate();
    pair(half, channel, from, rank(), tag);
    if (take_bit(channel, from, tag)) x(half);
    return half;
}

void Communicator::send(Qubit qubit, int to, int tag) {
    check_peer(to);
    checked(qubit);
    used("send");
    copy_to(qubit, Channel::kCopy, to, tag);
}

Qubit Communicator::receive(int from, int tag) {
    check_peer(from);
    used("send");
    return copy_from(Channel::kCopy, from, tag);
}

void Communicator::unsend(Qubit qubit, int to, int tag) {
    check_peer(to);
    checked(qubit);
    used("unsend");
    if (take_bit(Channel::kUncopy, to, tag)) z(qubit);
}

void Communicator::unreceive(Qubit copy, int from, int tag) {
    check_peer(from);
    used("unsend");
    put_bit(measured_in_x(copy), Channel::kUncopy, from, tag);
    free(copy);
}

void Communicator::move_to(Qubit qubit, int to, int tag) {
    copy_to(qubit, Channel::kMove, to, tag);
    put_bit(measured_in_x(qubit), Channel::kMove, to, tag);
    free(qubit);
}

Qubit Communicator::move_from(int from, int tag) {
    const Qubit qubit = copy_from(Channel::kMove, from, tag);
    if (take_bit(Channel::kMove, from, tag)) z(qubit);
    return qubit;
}

void Communicator::send_move(Qubit qubit, int to, int tag) {
    check_peer(to);
    checked(qubit);
    used("send_move");
    move_to(qubit, to, tag);
}

Qubit Communicator::receive_move(int from, int tag) {
    check_peer(from);
    used("send_move");
    return move_from(from, tag);
}

}  // namespace carillon::qmpi
