// SPDX-License-Identifier: Apache-2.0
// What expectation values of Paulis are made of: products of amplitudes, and one step of a
// Walsh-Hadamard transform.
#include "carillon/resource/engine/kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "carillon/resource/engine/kernels/pauli.cc"
#include "hwy/foreach_target.h"
// the kernels below are compiled once per target
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace carillon::engine::kernels::HWY_NAMESPACE {

template <class Real>
void products(const Real* a, const Real* b, std::uint64_t flip, std::uint64_t count, bool imaginary,
              Real* out) {
    const Tag<Real> d;
    const int bits = lane_bits_of<Real>(d);
    const std::uint64_t lanes = std::uint64_t{1} << bits;
    const LaneFlip<Real> turn(flip & (lanes - 1));
    const std::uint64_t far = flip >> bits;
    for (std::uint64_t v = 0; v < count >> bits; ++v) {
        const auto x = load(d, a + vector_offset(v, bits));
        const auto y = turn(d, load(d, b + vector_offset(v ^ far, bits)));
        const auto product = imaginary ? hn::NegMulAdd(y.im, x.re, hn::Mul(y.re, x.im))
                                       : hn::MulAdd(y.im, x.im, hn::Mul(y.re, x.re));
        hn::Store(product, d, out + (v << bits));
    }
}

template <class Real>
void fold_half(const Real* in, std::uint64_t half, bool minus, Real* out) {
    const Tag<Real> d;
    const std::uint64_t lanes = hn::Lanes(d);
    for (std::uint64_t i = 0; i < half; i += lanes) {
        const auto a = hn::Load(d, in + i), b = hn::Load(d, in + half + i);
        hn::Store(minus ? hn::Sub(a, b) : hn::Add(a, b), d, out + i);
    }
}

void ProductsFloat(const float* a, const float* b, std::uint64_t flip, std::uint64_t count,
                   bool imaginary, float* out) {
    products(a, b, flip, count, imaginary, out);
}
void ProductsDouble(const double* a, const double* b, std::uint64_t flip, std::uint64_t count,
                    bool imaginary, double* out) {
    products(a, b, flip, count, imaginary, out);
}
void FoldFloat(const float* in, std::uint64_t half, bool minus, float* out) {
    fold_half(in, half, minus, out);
}
void FoldDouble(const double* in, std::uint64_t half, bool minus, double* out) {
    fold_half(in, half, minus, out);
}

}  // namespace carillon::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carillon::engine::kernels {

HWY_EXPORT(ProductsFloat);
HWY_EXPORT(ProductsDouble);
HWY_EXPORT(FoldFloat);
HWY_EXPORT(FoldDouble);

template <>
void overlap_products(const float* a, const float* b, std::uint64_t flip, std::uint64_t count,
                      bool imaginary, float* out) {
    HWY_DYNAMIC_DISPATCH(ProductsFloat)(a, b, flip, count, imaginary, out);
}
template <>
void overlap_products(const double* a, const double* b, std::uint64_t flip, std::uint64_t count,
                      bool imaginary, double* out) {
    HWY_DYNAMIC_DISPATCH(ProductsDouble)(a, b, flip, count, imaginary, out);
}
template <>
void fold(const float* in, std::uint64_t half, bool minus, float* out) {
    HWY_DYNAMIC_DISPATCH(FoldFloat)(in, half, minus, out);
}
template <>
void fold(const double* in, std::uint64_t half, bool minus, double* out) {
    HWY_DYNAMIC_DISPATCH(FoldDouble)(in, half, minus, out);
}

}  // namespace carillon::engine::kernels
#endif  // HWY_ONCE
