// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/mpi_messages.h"

#ifdef CARILLON_HAS_MPI
#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <string>
#include <thread>

namespace carillon::host {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A message that a dead rank sent in time may still be under way for this long.
constexpr milliseconds kLastWords{5};
constexpr std::size_t kDepth = 4;          ///< pieces of a message under way
constexpr std::size_t kSpareBuffers = 16;  ///< kept for the next messages

}  // namespace

void check_mpi(int code, const char* what) {
    if (code == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING] = {};
    int size = 0;
    MPI_Error_string(code, text, &size);
    throw ResourceError(std::string("MPI: ") + what + ": " + std::string(text, text + size));
}

/// An error of MPI that comes from the death of the peer is that death: MPI may see it first.
void MpiMessages::check_peer(int code, int peer, const char* what) const {
    if (code == MPI_SUCCESS) return;
    constexpr milliseconds kNews{200};
    for (const Clock::time_point begun = Clock::now();
         alive_(peer) && Clock::now() - begun < kNews;)
        std::this_thread::sleep_for(milliseconds(1));
    if (!alive_(peer)) throw PeerLost(peer, "rank " + std::to_string(peer) + " died");
    check_mpi(code, what);
}

/// One message on its way out or in.
class MpiMessages::Transfer {
  public:
    Transfer(MpiMessages& all, std::span<const std::byte> out, std::span<std::byte> in, int peer,
             int tag)
        : all_(&all),
          out_(out),
          in_(in),
          size_(std::max(out.size(), in.size())),
          peer_(peer),
          tag_(tag) {}

    void receives() { sending_ = false; }
    bool same_stream(const Transfer& other) const {
        return peer_ == other.peer_ && tag_ == other.tag_ && sending_ == other.sending_;
    }
    bool all_started() const { return last_started_; }
    bool over() const { return over_; }

    /// Starts and ends pieces as far as that goes without waiting.
    void advance(bool may_start);
    /// Whether it is through; for the one who waits for it.
    bool done();
    /// Nobody waits for it any more. What has begun goes on to its end, without the caller's
    /// memory.
    void abandon();

  private:
    struct Piece {
        Buffer buffer;
        MPI_Request request = MPI_REQUEST_NULL;
    };

    void start_piece();
    void end_piece(Piece& piece, const MPI_Status& status);

    MpiMessages* all_;
    std::span<const std::byte> out_;
    std::span<std::byte> in_;
    std::size_t size_;
    int peer_, tag_;
    bool sending_ = true;
    bool dropped_ = false;
    bool last_started_ = false;
    bool over_ = false;
    std::size_t started_ = 0, ended_ = 0;  ///< bytes
    std::deque<Piece> pieces_;             ///< under way, in order
    Buffer rest_;                          ///< of a message whose sender does not wait
    std::string fault_;
    std::optional<Clock::time_point> lost_at_;
};

void MpiMessages::Transfer::start_piece() {
    const std::size_t bytes = std::min(all_->piece_, size_ - started_);
    Piece& piece = pieces_.emplace_back();
    piece.buffer = all_->take_buffer(bytes);
    const int count = static_cast<int>(bytes);
    int code = MPI_SUCCESS;
    if (sending_) {
        if (bytes > 0) std::memcpy(piece.buffer.data(), out_.data() + started_, bytes);
        code = MPI_Isend(piece.buffer.data(), count, MPI_BYTE, peer_, tag_, all_->communicator_,
                         &piece.request);
    } else {
        code = MPI_Irecv(piece.buffer.data(), count, MPI_BYTE, peer_, tag_, all_->communicator_,
                         &piece.request);
    }
    started_ += bytes;
    last_started_ = bytes < all_->piece_;
    all_->check_peer(code, peer_, sending_ ? "send" : "receive");
}

void MpiMessages::Transfer::end_piece(Piece& piece, const MPI_Status& status) {
    if (!sending_) {
        int count = 0;
        MPI_Get_count(&status, MPI_BYTE, &count);
        if (static_cast<std::size_t>(count) != piece.buffer.size())
            fault_ = "a message came that is shorter than the " + std::to_string(size_) +
                     " bytes expected";
        else if (!dropped_ && count > 0)
            std::memcpy(in_.data() + ended_, piece.buffer.data(), piece.buffer.size());
    }
    ended_ += piece.buffer.size();
    all_->give_back(std::move(piece.buffer));
}

void MpiMessages::Transfer::advance(bool may_start) {
    while (!pieces_.empty()) {
        int through = 0;
        MPI_Status status{};
        const int code = MPI_Test(&pieces_.front().request, &through, &status);
        int kind = MPI_SUCCESS;
        MPI_Error_class(code, &kind);
        if (kind == MPI_ERR_TRUNCATE) {
            fault_ = "a message came that is longer than the " + std::to_string(size_) +
                     " bytes expected";
            over_ = true;
        } else if (code != MPI_SUCCESS && (dropped_ || !all_->alive_(peer_))) {
            return;  // the waits of the other end tell
        } else {
            all_->check_peer(code, peer_, "message");
        }
        if (over_ || through == 0) break;
        end_piece(pieces_.front(), status);
        pieces_.pop_front();
    }
    if (!fault_.empty()) over_ = true;
    while (may_start && !over_ && !last_started_ && pieces_.size() < kDepth) start_piece();
    if (last_started_ && pieces_.empty()) over_ = true;
}

bool MpiMessages::Transfer::done() {
    if (!fault_.empty()) throw InternalError(fault_);
    if (over_) return true;
    if (all_->alive_(peer_)) return false;
    const Clock::time_point now = Clock::now();
    if (!lost_at_) lost_at_ = now;
    if (now - *lost_at_ >= kLastWords)
        throw PeerLost(peer_, "rank " + std::to_string(peer_) + " died");
    return false;
}

void MpiMessages::Transfer::abandon() {
    if (over_) return;
    dropped_ = true;
    if (sending_) {
        rest_.assign(out_.begin() + static_cast<std::ptrdiff_t>(started_), out_.end());
        size_ -= started_;
        started_ = 0;
        out_ = rest_;
        return;
    }
    if (ended_ > 0) return;  // it has begun to come: let it come
    for (Piece& piece : pieces_)
        if (piece.request != MPI_REQUEST_NULL) MPI_Cancel(&piece.request);
    last_started_ = true;
}

/// What a caller holds of a transfer.
class MpiMessages::Handle : public Pending {
  public:
    Handle(MpiMessages& all, std::shared_ptr<Transfer> transfer)
        : all_(&all), transfer_(std::move(transfer)) {}
    ~Handle() override { transfer_->abandon(); }
    bool done() override {
        if (!transfer_->over()) all_->progress();
        return transfer_->done();
    }

  private:
    MpiMessages* all_;
    std::shared_ptr<Transfer> transfer_;
};

/// Helps all messages along: those of one tag between the same ranks one after the other.
void MpiMessages::progress() {
    std::vector<const Transfer*> ahead;  // that still have pieces to start
    for (auto at = transfers_.begin(); at != transfers_.end();) {
        Transfer& transfer = **at;
        const bool free = std::none_of(ahead.begin(), ahead.end(), [&](const Transfer* other) {
            return other->same_stream(transfer);
        });
        transfer.advance(free);
        if (transfer.over()) {
            at = transfers_.erase(at);
            continue;
        }
        if (!transfer.all_started()) ahead.push_back(&transfer);
        ++at;
    }
}

Ticket MpiMessages::start(std::shared_ptr<Transfer> transfer) {
    transfers_.push_back(transfer);
    auto handle = std::make_unique<Handle>(*this, std::move(transfer));
    progress();
    return handle;
}

Ticket MpiMessages::start_send(std::span<const std::byte> bytes, int to, int tag) {
    return start(std::make_shared<Transfer>(*this, bytes, std::span<std::byte>{}, to, tag));
}

Ticket MpiMessages::start_receive(std::span<std::byte> bytes, int from, int tag) {
    auto transfer =
        std::make_shared<Transfer>(*this, std::span<const std::byte>{}, bytes, from, tag);
    transfer->receives();
    return start(std::move(transfer));
}

MpiMessages::Buffer MpiMessages::take_buffer(std::size_t bytes) {
    Buffer buffer;
    if (!spare_.empty() && bytes == piece_) {
        buffer = std::move(spare_.back());
        spare_.pop_back();
    }
    buffer.resize(bytes);
    return buffer;
}

void MpiMessages::give_back(Buffer buffer) {
    if (buffer.size() == piece_ && spare_.size() < kSpareBuffers)
        spare_.push_back(std::move(buffer));
}

/// A message that poll() has begun to take.
struct MpiMessages::Incoming {
    int from = 0;
    bool whole = false;  ///< its last piece is among these
    std::list<Buffer> pieces;
    std::vector<MPI_Request> requests;
};

MpiMessages::MpiMessages(MPI_Comm communicator, std::size_t piece_bytes,
                         std::function<bool(int)> alive)
    : communicator_(communicator), piece_(piece_bytes), alive_(std::move(alive)) {}

MpiMessages::~MpiMessages() = default;

/// Takes a piece of a message with this tag, if there is one.
///
/// Returns: whether the message goes on, so that more pieces will come.
bool MpiMessages::take_piece(int tag, std::list<Incoming>& incoming) {
    int there = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status{};
    check_mpi(MPI_Improbe(MPI_ANY_SOURCE, tag, communicator_, &there, &message, &status), "probe");
    if (there == 0) return false;
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    auto at = std::find_if(incoming.begin(), incoming.end(), [&](const Incoming& other) {
        return other.from == status.MPI_SOURCE && !other.whole;
    });
    if (at == incoming.end()) {
        at = incoming.emplace(incoming.end());
        at->from = status.MPI_SOURCE;
    }
    Buffer& piece = at->pieces.emplace_back(static_cast<std::size_t>(size));
    at->whole = piece.size() < piece_;
    const bool whole = at->whole;
    check_peer(MPI_Imrecv(piece.data(), size, MPI_BYTE, &message,
                          &at->requests.emplace_back(MPI_REQUEST_NULL)),
               at->from, "receive");
    return !whole;
}

std::optional<Arrival> MpiMessages::poll(int tag) {
    if (!transfers_.empty()) progress();
    std::list<Incoming>& incoming = incoming_[tag];
    while (take_piece(tag, incoming)) {
    }
    std::vector<int> waiting;  // ranks whose earlier message is not there: the later ones wait
    for (auto at = incoming.begin(); at != incoming.end(); ++at) {
        if (std::find(waiting.begin(), waiting.end(), at->from) != waiting.end()) continue;
        int all = 0;
        const int code = at->whole ? MPI_Testall(static_cast<int>(at->requests.size()),
                                                 at->requests.data(), &all, MPI_STATUSES_IGNORE)
                                   : MPI_SUCCESS;
        if (code != MPI_SUCCESS && alive_(at->from)) check_peer(code, at->from, "message");
        if (code != MPI_SUCCESS || all == 0) {
            waiting.push_back(at->from);
            continue;
        }
        Arrival arrival{at->from, std::move(at->pieces.front())};
        at->pieces.pop_front();
        for (const Buffer& piece : at->pieces)
            arrival.bytes.insert(arrival.bytes.end(), piece.begin(), piece.end());
        incoming.erase(at);
        return arrival;
    }
    return std::nullopt;
}

}  // namespace carillon::host
#endif
