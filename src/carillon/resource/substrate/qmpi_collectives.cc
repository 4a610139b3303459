// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/error.h"
#include "carillon/resource/substrate/qmpi.h"

namespace carillon::qmpi {

namespace {

constexpr int kTree = 0, kUndo = 1;  ///< tags of collectives

/// Place of a rank in a binomial tree whose root is some rank.
struct TreePlace {
    int parent = -1;  ///< -1 on the root
    std::vector<int> children;

    TreePlace(int rank, int size, int root) {
        const int at = (rank - root + size) % size;
        const auto rank_at = [&](int place) { return (place + root) % size; };
        for (int step = 1; step < size; step *= 2) {
            if ((at & step) != 0) {
                parent = rank_at(at - step);
                return;
            }
            if (at + step < size) children.push_back(rank_at(at + step));
        }
    }
};

void check_root(int root, int size) {
    if (root < 0 || root >= size)
        throw InputError("root " + std::to_string(root) + ": there are ranks 0 to " +
                         std::to_string(size - 1));
}

}  // namespace

Qubit Communicator::bcast(Qubit qubit, int root) {
    check_root(root, size());
    const TreePlace place(rank(), size(), root);
    used("bcast");
    if (place.parent >= 0) qubit = copy_from(Channel::kCollective, place.parent, kTree);
    // The child with the most to hand on first.
    for (auto child = place.children.rbegin(); child != place.children.rend(); ++child)
        copy_to(qubit, Channel::kCollective, *child, kTree);
    return qubit;
}

/// Every copy is measured in X; the parity of all outcomes goes up the tree and tells whether the
/// root's qubit needs a Z.
void Communicator::unbcast(Qubit qubit, int root) {
    check_root(root, size());
    const TreePlace place(rank(), size(), root);
    used("unbcast");
    bool parity = place.parent >= 0 && measured_in_x(qubit);
    for (const int child : place.children) parity ^= take_bit(Channel::kCollective, child, kUndo);
    if (place.parent >= 0) {
        put_bit(parity, Channel::kCollective, place.parent, kUndo);
        free(qubit);
    } else if (parity) {
        z(qubit);
    }
}

/// The parity of a qubit and of copies of others.
Parity Communicator::parity_of(Qubit qubit, std::vector<Qubit> copies) {
    Parity parity;
    parity.has_result = true;
    parity.copies = std::move(copies);
    parity.result = allocate();
    parity.copied = true;
    cx(qubit, parity.result);
    for (const Qubit copy : parity.copies) cx(copy, parity.result);
    return parity;
}

void Communicator::undo_parity(Qubit qubit, Parity& parity) {
    for (const Qubit copy : parity.copies) cx(copy, parity.result);
    cx(qubit, parity.result);
    free(parity.result);
}

Parity Communicator::reduce(Qubit qubit, int root) {
    check_root(root, size());
    checked(qubit);
    const TreePlace place(rank(), size(), root);
    used("reduce");
    std::vector<Qubit> copies;
    for (const int child : place.children)
        copies.push_back(copy_from(Channel::kCollective, child, kTree));
    if (copies.empty() && place.parent >= 0) {  // a leaf: its parity is its qubit
        copy_to(qubit, Channel::kCollective, place.parent, kTree);
        return {};
    }
    Parity parity = parity_of(qubit, std::move(copies));
    if (place.parent >= 0) {
        copy_to(parity.result, Channel::kCollective, place.parent, kTree);
        parity.has_result = false;
    }
    return parity;
}

void Communicator::unreduce(Qubit qubit, int root, Parity& parity) {
    check_root(root, size());
    checked(qubit);
    const TreePlace place(rank(), size(), root);
    used("unreduce");
    if (place.parent >= 0 && take_bit(Channel::kCollective, place.parent, kUndo))
        z(parity.copied ? parity.result : qubit);
    if (!parity.copied) return;
    undo_parity(qubit, parity);
    for (std::size_t k = 0; k < place.children.size(); ++k) {
        put_bit(measured_in_x(parity.copies[k]), Channel::kCollective, place.children[k], kUndo);
        free(parity.copies[k]);
    }
    parity = {};
}

Parity Communicator::scan(Qubit qubit) {
    checked(qubit);
    used("scan");
    std::vector<Qubit> copies;
    if (rank() > 0) copies.push_back(copy_from(Channel::kCollective, rank() - 1, kTree));
    Parity parity = parity_of(qubit, std::move(copies));
    if (rank() + 1 < size()) copy_to(parity.result, Channel::kCollective, rank() + 1, kTree);
    return parity;
}

void Communicator::unscan(Qubit qubit, Parity& parity) {
    checked(qubit);
    used("unscan");
    if (rank() + 1 < size() && take_bit(Channel::kCollective, rank() + 1, kUndo)) z(parity.result);
    undo_parity(qubit, parity);
    for (const Qubit copy : parity.copies) {
        put_bit(measured_in_x(copy), Channel::kCollective, rank() - 1, kUndo);
        free(copy);
    }
    parity = {};
}

std::vector<Qubit> Communicator::gather(Qubit qubit, int root) {
    check_root(root, size());
    used("gather");
    if (rank() != root) {
        move_to(qubit, root, 0);
        return {};
    }
    std::vector<Qubit> all;
    for (int from = 0; from < size(); ++from)
        all.push_back(from == root ? qubit : move_from(from, 0));
    return all;
}

Qubit Communicator::scatter(const std::vector<Qubit>& qubits, int root) {
    check_root(root, size());
    used("scatter");
    if (rank() != root) return move_from(root, 0);
    if (qubits.size() != static_cast<std::size_t>(size()))
        throw InputError("scatter is given " + std::to_string(qubits.size()) + " qubits for " +
                         std::to_string(size()) + " ranks");
    for (int to = 0; to < size(); ++to)
        if (to != root) move_to(qubits[static_cast<std::size_t>(to)], to, 0);
    return qubits[static_cast<std::size_t>(root)];
}

}  // namespace carillon::qmpi
