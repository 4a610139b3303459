// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon {

/// Changes messages of bits on their way: gets one, and gives those that leave in its place.
using Message = std::vector<std::byte>;
using Tamper = std::function<std::vector<Message>(int from, int to, const Message& message)>;

/// Ranks whose messages of bits are tampered with.
class TamperingRanks : public host::Ranks {
  public:
    TamperingRanks(host::Ranks& plain, Tamper tamper) : plain_(plain), tamper_(std::move(tamper)) {}

    int rank() const override { return plain_.rank(); }
    int size() const override { return plain_.size(); }
    int node_of(int rank) const override { return plain_.node_of(rank); }
    std::string description() const override { return plain_.description(); }
    host::Ticket start_send(std::span<const std::byte> bytes, int to, int tag,
                            host::Traffic kind) override {
        count(kind, bytes.size());
        if (!tamper_ || kind != host::Traffic::kClassical)
            return plain_.start_send(bytes, to, tag, kind);
        for (const Message& message : tamper_(rank(), to, {bytes.begin(), bytes.end()}))
            plain_.send(message, to, tag, kind);
        return std::make_unique<Sent>();
    }
    host::Ticket start_receive(std::span<std::byte> bytes, int from, int tag) override {
        return plain_.start_receive(bytes, from, tag);
    }
    std::optional<host::Arrival> poll(int tag) override { return plain_.poll(tag); }
    std::unique_ptr<host::Window> open_window(std::size_t bytes) override {
        return plain_.open_window(bytes);
    }
    std::unique_ptr<host::Counter> open_counter() override { return plain_.open_counter(); }
    host::RankState state(int rank) const override { return plain_.state(rank); }
    void leave() override { plain_.leave(); }
    void close(int exit_code) override { plain_.close(exit_code); }

  private:
    struct Sent : host::Pending {
        bool done() override { return true; }
    };
    host::Ranks& plain_;
    Tamper tamper_;
};

}  // namespace carillon
