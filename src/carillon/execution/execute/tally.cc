// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/tally.h"

#include <cstring>

#include "carillon/base/error.h"

namespace carillon {

namespace {

template <class T>
void put(std::vector<std::byte>& to, const T& value) {
    const auto bytes = std::as_bytes(std::span<const T, 1>(&value, 1));
    to.insert(to.end(), bytes.begin(), bytes.end());
}
void put_text(std::vector<std::byte>& to, const std::string& text) {
    put(to, std::uint64_t{text.size()});
    const auto bytes = std::as_bytes(std::span(text));
    to.insert(to.end(), bytes.begin(), bytes.end());
}

std::span<const std::byte> take_bytes(std::span<const std::byte>& from, std::size_t size) {
    if (size > from.size()) throw InternalError("a tally is cut short");
    const auto front = from.first(size);
    from = from.subspan(size);
    return front;
}
template <class T>
T take(std::span<const std::byte>& from) {
    T value;
    std::memcpy(&value, take_bytes(from, sizeof value).data(), sizeof value);
    return value;
}
std::string take_text(std::span<const std::byte>& from) {
    const auto bytes = take_bytes(from, take<std::uint64_t>(from));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void Tally::add(const Tally& other) {
    shots += other.shots;
    for (const auto& [key, count] : other.counts) counts[key] += count;
    expectation.add(other.expectation);
    pairs += other.pairs;
    classical_bits += other.classical_bits;
    if (error.empty()) error = other.error;
}

std::vector<std::byte> to_bytes(const Tally& tally) {
    std::vector<std::byte> bytes;
    put(bytes, tally.shots);
    put(bytes, tally.expectation);
    put(bytes, tally.pairs);
    put(bytes, tally.classical_bits);
    put_text(bytes, tally.error);
    put(bytes, std::uint64_t{tally.counts.size()});
    for (const auto& [key, count] : tally.counts) {
        put_text(bytes, key);
        put(bytes, count);
    }
    return bytes;
}

Tally take_tally(std::span<const std::byte>& bytes) {
    Tally tally;
    tally.shots = take<std::uint64_t>(bytes);
    tally.expectation = take<Moments>(bytes);
    tally.pairs = take<std::uint64_t>(bytes);
    tally.classical_bits = take<std::uint64_t>(bytes);
    tally.error = take_text(bytes);
    for (auto outcomes = take<std::uint64_t>(bytes); outcomes-- > 0;) {
        std::string key = take_text(bytes);
        tally.counts.emplace_hint(tally.counts.end(), std::move(key), take<std::uint64_t>(bytes));
    }
    return tally;
}

}  // namespace carillon
