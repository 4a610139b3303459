// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "carillon/language/circuit/gate.h"

namespace carillon::substrate {

enum class ActKind : std::uint8_t {
    kGate,     ///< `gate`, or `matrix` when it is kUnitary
    kMeasure,  ///< of qubit 0 with `uniform`
    kReset,    ///< likewise
    kDefer,    ///< qubit 0 is measured when the round is over, into slot `key`
    kPair,     ///< this side of Bell pair `key`
    kLeave,    ///< qubit 0 leaves with transfer `key`
    kArrive,   ///< and arrives here
    kSend,     ///< a bit goes to `peer` as message `key`
    kReceive,  ///< and is taken there
    kFree,     ///< qubit 0 is not used any more, and |0> when it is used again
    kFail,     ///< the stream cannot go on, because of `text`
    kEnd,      ///< the stream is over
};

/// What a stream of instructions wants of the rest of the world: of the qubits, or of another
/// stream.
struct Act {
    static constexpr std::uint32_t kNobody = 0xffffffff;

    ActKind kind = ActKind::kEnd;
    GateKind gate = GateKind::kId;
    std::uint16_t controls = 0;
    std::uint32_t order = 0;  ///< streams act in turns, lower numbers first (see Turns)
    std::uint32_t peer = kNobody;
    std::uint64_t key = 0;
    std::uint64_t place = 0;  ///< what the stream's owner finds the act by, for messages
    double uniform = 0;
    std::span<const std::uint32_t> qubits = {};
    std::span<const double> angles = {};
    const Matrix* matrix = nullptr;
    std::string_view text = {};
};

/// Appends an act to a message.
void pack(const Act& act, std::vector<std::byte>& bytes);

/// Reads the acts of a message one after another.
class ActReader {
  public:
    void open(std::vector<std::byte> bytes);
    bool empty() const { return at_ == bytes_.size(); }
    /// The next act. It refers to the reader, and is valid up to the next call.
    ///
    /// Throws: InternalError when the message ends within it.
    const Act& next();

  private:
    template <class T>
    T take();
    void take(void* to, std::size_t size);

    std::vector<std::byte> bytes_;
    std::size_t at_ = 0;
    Act act_;
    std::vector<std::uint32_t> qubits_;
    std::vector<double> angles_;
    Matrix matrix_;
};

}  // namespace carillon::substrate
