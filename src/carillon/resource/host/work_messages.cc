// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_messages.h"

#include <cstring>

namespace carillon::host {

WorkLetter pack(const WorkHeader& header, std::span<const std::byte> body) {
    auto letter = std::make_shared<std::vector<std::byte>>(sizeof header + body.size());
    std::memcpy(letter->data(), &header, sizeof header);
    if (!body.empty()) std::memcpy(letter->data() + sizeof header, body.data(), body.size());
    return letter;
}

WorkMessage unpack(std::span<const std::byte> bytes) {
    WorkMessage message;
    if (bytes.size() < sizeof message.header)
        throw InternalError("a message of shared work has no header");
    std::memcpy(&message.header, bytes.data(), sizeof message.header);
    const auto body = bytes.subspan(sizeof message.header);
    message.body.assign(body.begin(), body.end());
    return message;
}

std::vector<std::byte> to_bytes(const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

std::string to_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void WorkOutbox::post(WorkLetter letter, int to, int tag) {
    if (!ranks_->alive(to)) return;
    try {
        Ticket ticket = ranks_->start_send(*letter, to, tag, Traffic::kWork);
        items_.push_back({std::move(letter), std::move(ticket), to});
    } catch (const PeerLost&) {  // it died just now
    }
}

bool WorkOutbox::through(Item& item) const {
    try {
        return item.ticket->done() || !ranks_->alive(item.to);
    } catch (const PeerLost& lost) {
        return lost.rank() == item.to;
    }
}

bool WorkOutbox::settle() {
    items_.remove_if([this](Item& item) { return through(item); });
    return items_.empty();
}

}  // namespace carillon::host
