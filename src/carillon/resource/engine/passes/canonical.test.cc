// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/canonical.h"

#include <gtest/gtest.h>

#include <numbers>

#include "carillon/base/random.h"

namespace carillon::engine::passes {
namespace {

Matrix one(const Matrix2& m) {
    return {1, {m[0], m[1], m[2], m[3]}};
}

/// high x low by the definition.
Matrix both(const Matrix& high, const Matrix& low) {
    Matrix m = Matrix::identity(2);
    for (std::size_t r = 0; r < 4; ++r)
        for (std::size_t c = 0; c < 4; ++c) m(r, c) = high(r / 2, c / 2) * low(r % 2, c % 2);
    return m;
}

/// The product that the form stands for, its interaction as a product of table gates: exp(i x XX)
/// is rxx(-2x).
Matrix product_of(const Canonical& form) {
    Matrix m = both(one(form.before[1]), one(form.before[0]));
    const std::array gates{GateKind::kRxx, GateKind::kRyy, GateKind::kRzz};
    const std::array angles{-2 * form.x, -2 * form.y, -2 * form.z};
    for (std::size_t k = 0; k < 3; ++k) m = multiply(gate_matrix(gates[k], {&angles[k], 1}), m);
    m = multiply(both(one(form.after[1]), one(form.after[0])), m);
    for (Complex& v : m.data) v *= form.phase;
    return m;
}

double distance(const Matrix& a, const Matrix& b) {
    double worst = 0;
    for (std::size_t k = 0; k < a.data.size(); ++k)
        worst = std::max(worst, std::abs(a.data[k] - b.data[k]));
    return worst;
}

Matrix random_one(Random& random) {
    const std::array angles{6.28 * random.uniform(), 6.28 * random.uniform(),
                            6.28 * random.uniform()};
    return gate_matrix(GateKind::kU, angles);
}

void expect_form(const Matrix& u) {
    const auto form = canonical_form(u);
    ASSERT_TRUE(form);
    EXPECT_LT(distance(product_of(*form), u), 1e-12);
    EXPECT_LE(std::abs(form->x), std::abs(form->z) + 1e-12);
    EXPECT_LE(std::abs(form->y), std::abs(form->z) + 1e-12);
    EXPECT_LE(std::abs(form->z), std::numbers::pi / 4 + 1e-12);
}

TEST(Canonical, random_products_are_found_again) {
    Random random(7);
    for (int trial = 0; trial < 300; ++trial) {
        Matrix u = Matrix::identity(2);
        for (std::uint64_t k = random.below(4); k-- > 0;) {
            u = multiply(both(random_one(random), random_one(random)), u);
            u = multiply(add_controls(gate_matrix(GateKind::kX, {}), 1), u);
        }
        expect_form(multiply(both(random_one(random), random_one(random)), u));
    }
}

TEST(Canonical, gates_with_equal_eigenvalues_are_found_too) {
    const std::array<double, 1> angle{0.3};
    expect_form(Matrix::identity(2));
    for (const GateKind kind : {GateKind::kSwap, GateKind::kIswap, GateKind::kEcr})
        expect_form(gate_matrix(kind, {}));
    for (const GateKind kind : {GateKind::kRxx, GateKind::kRyy, GateKind::kRzz, GateKind::kRzx})
        expect_form(gate_matrix(kind, angle));
    for (const GateKind kind : {GateKind::kX, GateKind::kY, GateKind::kZ, GateKind::kH})
        expect_form(add_controls(gate_matrix(kind, {}), 1));
}

TEST(Canonical, a_phase_between_two_cx_is_an_interaction_of_zz_alone) {
    const Matrix cx = add_controls(gate_matrix(GateKind::kX, {}), 1);
    const std::array<double, 1> angle{0.7};
    const Matrix rz = both(gate_matrix(GateKind::kRz, angle), Matrix::identity(1));
    const auto form = canonical_form(multiply(cx, multiply(rz, cx)));
    ASSERT_TRUE(form);
    EXPECT_NEAR(form->x, 0, 1e-12);
    EXPECT_NEAR(form->y, 0, 1e-12);
    EXPECT_NEAR(std::abs(form->z), 0.35, 1e-12);
}

TEST(Canonical, a_matrix_that_is_not_unitary_has_none) {
    Matrix m = Matrix::identity(2);
    m(1, 1) = 0.5;
    EXPECT_FALSE(canonical_form(m));
}

}  // namespace
}  // namespace carillon::engine::passes
