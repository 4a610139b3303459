// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/substrate/roles.h"

#include <bit>
#include <cstring>
#include <new>
#include <numeric>

#include "carillon/base/error.h"

namespace carillon::substrate {

Roles Roles::split(int ranks, int controllers, const std::string& what) {
    const int left = ranks - controllers;
    const auto number = [](int n) { return std::to_string(n); };
    const std::string needs = what + " needs " + number(controllers) +
                              (controllers == 1 ? " rank to control its QPU, and "
                                                : " ranks to control its QPUs, one each, and ") +
                              "1, 2, 4 or another power of two to hold the qubits; ";
    if (left < 1)
        throw InputError(needs + "there " + (ranks == 1 ? "is " : "are ") + number(ranks) +
                         ": start at least " + number(controllers + 1));
    const auto held = static_cast<unsigned>(left);
    if (!std::has_single_bit(held))
        throw InputError(needs + "there are " + number(ranks) + ": start " +
                         number(controllers + static_cast<int>(std::bit_floor(held))) + " or " +
                         number(controllers + static_cast<int>(std::bit_ceil(held))));
    return {left, controllers};
}

std::vector<int> Roles::substrate_ranks() const {
    std::vector<int> ranks(static_cast<std::size_t>(substrate));
    std::iota(ranks.begin(), ranks.end(), 0);
    return ranks;
}

Failure Failure::of(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const InputError& e) {
        return {Kind::kInput, e.what()};
    } catch (const ResourceError& e) {
        return {Kind::kResource, e.what()};
    } catch (const std::bad_alloc&) {
        return {Kind::kResource, "out of memory"};
    } catch (const std::exception& e) {
        return {Kind::kInternal, e.what()};
    } catch (...) {
        return {Kind::kInternal, "an unknown exception"};
    }
}

void Failure::raise() const {
    if (kind == Kind::kInput) throw InputError(text);
    if (kind == Kind::kResource) throw ResourceError(text);
    throw InternalError(text);
}

std::vector<std::byte> Failure::bytes() const {
    std::vector<std::byte> all(1 + text.size(), static_cast<std::byte>(kind));
    if (!text.empty()) std::memcpy(all.data() + 1, text.data(), text.size());
    return all;
}

Failure Failure::from(std::span<const std::byte> bytes) {
    if (bytes.empty()) return {};
    return {static_cast<Kind>(bytes[0]),
            {reinterpret_cast<const char*>(bytes.data()) + 1, bytes.size() - 1}};
}

}  // namespace carillon::substrate
