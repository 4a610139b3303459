// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/frame_socket.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "carillon/base/error.h"

namespace carillon::host {

namespace {

sockaddr_in ip_address(std::uint32_t address, std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = address;
    return to;
}

/// Sockets take any address as the general kind.
sockaddr* general(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);
}

/// Addresses of this machine that others may reach.
void add_addresses(Endpoint& endpoint) {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return;
    for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
        if ((at->ifa_flags & IFF_LOOPBACK) != 0 || (at->ifa_flags & IFF_UP) == 0) continue;
        sockaddr_in address{};
        std::memcpy(&address, at->ifa_addr, sizeof address);
        if (endpoint.count < Endpoint::kMost)
            endpoint.addresses[endpoint.count++] = address.sin_addr.s_addr;
    }
    freeifaddrs(list);
}

/// Small frames leave at once.
void be_prompt(int socket) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

std::optional<FrameSocket> FrameSocket::start_connect(std::uint32_t address, std::uint16_t port) {
    Descriptor made(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!made) return std::nullopt;
    be_prompt(made.number());
    sockaddr_in to = ip_address(address, port);
    if (connect(made.number(), general(to), sizeof to) != 0 && errno != EINPROGRESS)
        return std::nullopt;
    return FrameSocket(std::move(made));
}

int FrameSocket::connect_error() const {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

bool FrameSocket::send(const Frame& frame) {
    // A frame goes whole or not at all: the buffer of a socket holds thousands.
    const ssize_t sent =
        ::send(socket_.number(), &frame, sizeof frame, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent == static_cast<ssize_t>(sizeof frame);
}

FrameSocket::Status FrameSocket::take(std::vector<Frame>& frames) {
    Status status = Status::kOpen;
    for (;;) {
        std::byte room[64 * sizeof(Frame)];
        const ssize_t came = recv(socket_.number(), room, sizeof room, MSG_DONTWAIT);
        if (came < 0 && errno == EINTR) continue;
        if (came < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        if (came <= 0) {
            status = Status::kClosed;
            break;
        }
        part_.insert(part_.end(), room, room + came);
    }
    std::size_t at = 0;
    for (; part_.size() - at >= sizeof(Frame); at += sizeof(Frame)) {
        frames.emplace_back();
        std::memcpy(&frames.back(), part_.data() + at, sizeof(Frame));
    }
    part_.erase(part_.begin(), part_.begin() + static_cast<std::ptrdiff_t>(at));
    return status;
}

Listener::Listener(bool outside)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in here = ip_address(htonl(outside ? INADDR_ANY : INADDR_LOOPBACK), 0);
    socklen_t size = sizeof here;
    constexpr int kWaiting = 128;
    if (!socket_ || bind(socket_.number(), general(here), size) != 0 ||
        listen(socket_.number(), kWaiting) != 0 ||
        getsockname(socket_.number(), general(here), &size) != 0)
        throw ResourceError(std::string("cannot listen for other ranks: ") + std::strerror(errno));
    endpoint_.port = ntohs(here.sin_port);
    if (outside)
        add_addresses(endpoint_);
    else
        endpoint_.addresses[endpoint_.count++] = htonl(INADDR_LOOPBACK);
}

std::optional<FrameSocket> Listener::accept() {
    Descriptor made(accept4(socket_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!made) return std::nullopt;
    be_prompt(made.number());
    return FrameSocket(std::move(made));
}

}  // namespace carillon::host
