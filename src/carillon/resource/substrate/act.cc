// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/act.h"

#include <cstring>
#include <utility>

#include "carillon/base/error.h"

namespace carillon::substrate {

namespace {

/// The part of an act that every act has.
struct Head {
    std::uint64_t key = 0, place = 0;
    double uniform = 0;
    std::uint32_t order = 0, peer = 0;
    std::uint32_t qubits = 0, angles = 0, text = 0;
    std::uint16_t controls = 0, matrix_qubits = 0;
    ActKind kind = ActKind::kEnd;
    GateKind gate = GateKind::kId;
    bool matrix = false;
    std::uint8_t unused[5] = {};
};
static_assert(sizeof(Head) == 56);

void append(std::vector<std::byte>& bytes, const void* from, std::size_t size) {
    const std::size_t at = bytes.size();
    bytes.resize(at + size);
    if (size != 0) std::memcpy(bytes.data() + at, from, size);
}

}  // namespace

void pack(const Act& act, std::vector<std::byte>& bytes) {
    Head head;
    head.kind = act.kind;
    head.gate = act.gate;
    head.controls = act.controls;
    head.order = act.order;
    head.peer = act.peer;
    head.key = act.key;
    head.place = act.place;
    head.uniform = act.uniform;
    head.qubits = static_cast<std::uint32_t>(act.qubits.size());
    head.angles = static_cast<std::uint32_t>(act.angles.size());
    head.text = static_cast<std::uint32_t>(act.text.size());
    head.matrix = act.matrix != nullptr;
    if (head.matrix) head.matrix_qubits = static_cast<std::uint16_t>(act.matrix->qubits);
    append(bytes, &head, sizeof head);
    append(bytes, act.qubits.data(), act.qubits.size_bytes());
    append(bytes, act.angles.data(), act.angles.size_bytes());
    append(bytes, act.text.data(), act.text.size());
    if (head.matrix)
        append(bytes, act.matrix->data.data(), act.matrix->data.size() * sizeof(Complex));
}

void ActReader::open(std::vector<std::byte> bytes) {
    bytes_ = std::move(bytes);
    at_ = 0;
}

void ActReader::take(void* to, std::size_t size) {
    if (size > bytes_.size() - at_) throw InternalError("a message ends within an act");
    if (size != 0) std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
}

template <class T>
T ActReader::take() {
    T value;
    take(&value, sizeof value);
    return value;
}

const Act& ActReader::next() {
    const Head head = take<Head>();
    if (head.qubits > bytes_.size() || head.angles > bytes_.size() || head.matrix_qubits > 16)
        throw InternalError("an act of a message is damaged");
    act_ = {.kind = head.kind,
            .gate = head.gate,
            .controls = head.controls,
            .order = head.order,
            .peer = head.peer,
            .key = head.key,
            .place = head.place,
            .uniform = head.uniform};
    qubits_.resize(head.qubits);
    take(qubits_.data(), qubits_.size() * sizeof(std::uint32_t));
    angles_.resize(head.angles);
    take(angles_.data(), angles_.size() * sizeof(double));
    if (head.text > bytes_.size() - at_) throw InternalError("a message ends within an act");
    act_.text = {reinterpret_cast<const char*>(bytes_.data()) + at_, head.text};
    at_ += head.text;
    if (head.matrix) {
        matrix_.qubits = head.matrix_qubits;
        matrix_.data.resize(matrix_.dim() * matrix_.dim());
        take(matrix_.data.data(), matrix_.data.size() * sizeof(Complex));
        act_.matrix = &matrix_;
    }
    act_.qubits = qubits_;
    act_.angles = angles_;
    return act_;
}

}  // namespace carillon::substrate
