// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/disk_state.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/passes/collector.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {
namespace {

/// A folder that is gone at the end.
class Folder {
  public:
    Folder() {
        const std::filesystem::path shared = "/dev/shm";  // no disk to wait for
        const auto in =
            std::filesystem::exists(shared) ? shared : std::filesystem::temp_directory_path();
        std::string name = (in / "carillon-test-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

DiskOptions small_pieces(const Folder& folder, int inside, int run) {
    return {.folders = {folder.path()},
            .max_memory_bytes = 1,
            .io_threads = 2,
            .inside_axes = inside,
            .run_axes = run};
}

Matrix2 random_unitary(Random& random) {
    const double angle = random.uniform() * std::numbers::pi;
    const Complex a = std::polar(std::cos(angle), 6.28 * random.uniform());
    const Complex b = std::polar(std::sin(angle), 6.28 * random.uniform());
    const Complex phase = std::polar(1.0, 6.28 * random.uniform());
    return {a, -std::conj(b) * phase, b, std::conj(a) * phase};
}

Matrix random_matrix(Random& random, int qubits) {
    Matrix m = Matrix::identity(qubits);
    for (int k = 0; k < qubits; ++k) {
        const Matrix2 u = random_unitary(random);
        Matrix one = Matrix::identity(qubits);
        for (std::size_t row = 0; row < m.dim(); ++row)
            for (std::size_t col = 0; col < m.dim(); ++col) {
                const std::size_t bit = std::size_t{1} << k;
                one(row, col) =
                    ((row ^ col) & ~bit) != 0 ? 0 : u[(row & bit) / bit * 2 + (col & bit) / bit];
                if ((row & 3) == 3) one(row, col) = -one(row, col);
            }
        m = multiply(one, m);
    }
    return m;
}

/// The same operations on a state on disk and on one in memory.
template <class Real>
class Twin {
  public:
    Twin(std::uint64_t seed, const DiskOptions& options, int start_axes)
        : random_(seed), memory_({.threads = 2}), disk_(options, std::make_shared<ThreadTeam>(2)) {
        for (int k = 0; k < start_axes; ++k) memory_.add_axis();
        for (int k = 0; k < start_axes; ++k) one_axis(k);
        flush();
        disk_.begin(memory_.stored(), memory_.axes(), 0);
    }

    void add_axis() {
        memory_.add_axis();
        disk_.add_axis();
    }
    void some_gates(int count) {
        for (int k = 0; k < count; ++k) gate();
        flush();
    }
    void measure(double& weight_error) {
        const int axis = static_cast<int>(random_.below(axes()));
        const Condition one{std::uint64_t{1} << axis, true};
        const double p = memory_.weight({&one, 1});
        weight_error = std::max(weight_error, std::abs(p - disk_.weight({&one, 1})));
        const bool value = p > 0.5;
        const double factor = 1 / std::sqrt(value ? p : 1 - p);
        memory_.remove_axis(axis, value, factor);
        disk_.remove_axis(axis, value, factor);
    }
    void wide_matrix(int qubits) {
        flush();
        const auto targets = some_axes(qubits + 1);
        const Matrix m = random_matrix(random_, qubits);
        const std::vector<Condition> where{{std::uint64_t{1} << targets.back(), true}};
        const auto first = std::span(targets).first(qubits);
        memory_.apply(m, first, where);
        disk_.apply_wide(m, first, where);
    }
    double error() {
        flush();
        return difference(disk_);
    }
    double difference(const LargeState<Real>& disk) {
        std::vector<Real> out(2 * std::max<std::uint64_t>(memory_.size(), 16));
        disk.copy_out(out.data());
        double worst = 0;
        const Real* const expected = memory_.stored();
        for (std::size_t k = 0; k < out.size(); ++k)
            worst = std::max(worst, std::abs(static_cast<double>(out[k]) - expected[k]));
        return worst;
    }
    int axes() const { return memory_.axes(); }
    StateVector<Real>& memory() { return memory_; }
    DiskState<Real>& disk() { return disk_; }
    Random& random() { return random_; }

  private:
    std::uint64_t bit(int axis) const { return std::uint64_t{1} << axis; }
    std::vector<int> some_axes(int count) {
        std::vector<int> all(axes());
        std::iota(all.begin(), all.end(), 0);
        for (int k = 0; k < count; ++k) std::swap(all[k], all[k + random_.below(axes() - k)]);
        all.resize(count);
        return all;
    }
    void one_axis(int axis) {
        const Matrix2 m = random_unitary(random_);
        memory_.apply_one(m, axis);
        held_.pair(bit(axis), bit(axis), false, m, {});
    }
    void gate() {
        const auto q = some_axes(5);
        const std::vector<Condition> on{{bit(q[3]), random_.below(3) != 0}};
        const std::vector<Condition> odd{{bit(q[3]) | bit(q[4]), random_.below(2) != 0}};
        const Matrix2 u = random_unitary(random_);
        switch (random_.below(9)) {
            case 0:
            case 1:
                return one_axis(q[0]);
            case 2:
                memory_.apply_one(u, q[0], on);
                return held_.pair(bit(q[0]), bit(q[0]), false, u, on);
            case 3:
                memory_.scale(std::polar(1.0, 0.3), odd);
                return held_.scale(std::polar(1.0, 0.3), odd);
            case 4:
                memory_.shift(bit(q[0]) | bit(q[1]), odd);
                return held_.shift(bit(q[0]) | bit(q[1]), odd);
            case 5: {  // a flip of many axes at once
                const std::uint64_t all = (bit(axes()) - 1) & ~bit(q[3]);
                memory_.apply_pair(all, bit(q[0]), true, u, on);
                return held_.pair(all, bit(q[0]), true, u, on);
            }
            case 6: {
                const int qubits = 2 + static_cast<int>(random_.below(2));
                const Matrix m = random_matrix(random_, qubits);
                memory_.apply(m, std::span(q).first(qubits), on);
                return held_.matrix(m, std::span(q).first(qubits), on);
            }
            case 7: {
                const std::array<double, 1> angle{random_.uniform() * 6};
                const Matrix m = gate_matrix(GateKind::kRxx, angle);
                memory_.apply(m, std::span(q).first(2));
                return held_.matrix(m, std::span(q).first(2), {});
            }
            default:
                memory_.scale(Complex{0, 1}, on);
                return held_.scale(Complex{0, 1}, on);
        }
    }
    void flush() {
        if (held_.empty()) return;
        Complex scalar;
        const passes::Items items = held_.take(scalar);
        if (disk_.axes() == axes()) disk_.run(items, scalar);
    }

    Random random_;
    StateVector<Real> memory_;
    DiskState<Real> disk_;
    passes::Collector held_;
};

template <class Real>
void live(std::uint64_t seed, const DiskOptions& options, int start_axes, double bound) {
    Twin<Real> twin(seed, options, start_axes);
    double weight_error = 0;
    for (int round = 0; round < 14; ++round) {
        const std::uint64_t what = twin.random().below(8);
        if (what < 3 && twin.axes() < 15) twin.add_axis();
        if (what == 3 && twin.axes() > 6) twin.measure(weight_error);
        if (what == 4) twin.wide_matrix(2 + static_cast<int>(twin.random().below(4)));
        if (what == 5) {
            const auto copy = twin.disk().clone();
            ASSERT_LT(twin.difference(*copy), bound) << seed;
        }
        twin.some_gates(1 + static_cast<int>(twin.random().below(30)));
        ASSERT_LT(twin.error(), bound) << "seed " << seed << ", round " << round;
    }
    EXPECT_LT(weight_error, bound) << seed;
}

TEST(DiskState, does_what_a_state_in_memory_does) {
    const Folder folder;
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
        const int run = 7 + static_cast<int>(seed % 3);
        const DiskOptions options = small_pieces(folder, run + 4 + seed % 2, run);
        const int start = 6 + static_cast<int>(seed % 10);
        live<double>(seed, options, start, 1e-12);
        live<float>(seed, options, start, 2e-5);
    }
}

TEST(DiskState, does_the_same_when_blocks_are_packed_or_kept_in_memory) {
    const Folder folder;
    for (std::uint64_t seed = 100; seed < 104; ++seed) {
        DiskOptions options = small_pieces(folder, 14, 10);
        const bool packed = host::can_compress() && seed % 2 == 0;
        if (packed) options.compression = host::Compression::kLossless;
        options.max_memory_bytes = (packed ? 6700 : 1300) << 10;  // room for some blocks
        live<double>(seed, options, 15, 1e-12);
    }
}

TEST(DiskState, rounding_stays_within_the_bound_it_reports) {
    if (!host::can_compress()) GTEST_SKIP() << "built without zstd";
    const Folder folder;
    DiskOptions options = small_pieces(folder, 14, 10);
    options.compression = host::Compression::kBounded;
    options.error_bound = 1e-5;
    Twin<double> twin(5, options, 16);
    double weight_error = 0;
    for (int round = 0; round < 5; ++round) {
        twin.some_gates(20);
        if (round == 2) twin.measure(weight_error);
    }
    std::vector<double> out(2 * twin.memory().size());
    twin.disk().copy_out(out.data());
    double squares = 0;
    for (std::size_t k = 0; k < out.size(); ++k)
        squares += std::pow(out[k] - twin.memory().stored()[k], 2);
    const double bound = twin.disk().disk()->error;
    EXPECT_LE(std::sqrt(squares), bound);
    EXPECT_GT(std::sqrt(squares), bound / 100);
    EXPECT_LT(bound, 1e-5 * std::sqrt(1 << 16) * twin.disk().disk()->sweeps);
}

TEST(DiskState, axes_that_are_not_flipped_take_no_room) {
    const Folder folder;
    Twin<double> twin(1, small_pieces(folder, 11, 7), 12);
    twin.some_gates(1);
    for (int k = 0; k < 10; ++k) twin.add_axis();
    const Condition last{std::uint64_t{1} << 21, true};
    EXPECT_EQ(twin.disk().weight({&last, 1}), 0);
    EXPECT_NEAR(twin.disk().weight({}), 1, 1e-12);
    EXPECT_EQ(twin.disk().disk()->most_on_disk_bytes, (1U << 12 >> 7) * host::kSpillAlign);
}

TEST(DiskState, visited_pieces_have_the_axes_asked_for) {
    const Folder folder;
    Twin<double> twin(9, small_pieces(folder, 11, 7), 13);
    for (const std::uint64_t inside :
         {0b1111111111000ULL, 0b1000000000001ULL, 0b1010101111111ULL}) {
        double norm = 0, low = 0;
        std::uint64_t seen = 0;
        twin.disk().visit(inside, [&](const Piece<double>& piece) {
            std::uint64_t axes = 0;
            for (const int axis : piece.axis_at) axes |= std::uint64_t{1} << axis;
            EXPECT_EQ(axes & inside, inside);
            EXPECT_EQ(axes & piece.outside, 0U);
            for (std::uint64_t i = 0; i < std::uint64_t{1} << piece.axis_at.size(); ++i) {
                std::uint64_t index = piece.outside;
                for (std::size_t k = 0; k < piece.axis_at.size(); ++k)
                    index |= (i >> k & 1) << piece.axis_at[k];
                const double re = piece.stored[kernels::offset_of(i)];
                const double im = piece.stored[kernels::offset_of(i) + kernels::kBlock];
                norm += re * re + im * im;
                low = std::max(low, std::abs(Complex{re, im} - twin.memory().amplitude(index)));
                ++seen;
            }
        });
        EXPECT_EQ(seen, 1U << 13);
        EXPECT_NEAR(norm, 1, 1e-12);
        EXPECT_LT(low, 1e-12);
    }
}

TEST(DiskState, what_is_rewritten_is_what_is_read) {
    const Folder folder;
    Twin<double> twin(9, small_pieces(folder, 11, 7), 12);
    twin.disk().remove_axis(3, true, 2);  // leaves a factor owed
    twin.disk().add_axis();
    twin.disk().rewrite([&](const Piece<double>& piece, double* to) {
        for (std::uint64_t i = 0; i < std::uint64_t{1} << piece.axis_at.size(); ++i) {
            std::uint64_t index = piece.outside;
            for (std::size_t k = 0; k < piece.axis_at.size(); ++k)
                index |= (i >> k & 1) << piece.axis_at[k];
            to[kernels::offset_of(i)] = static_cast<double>(index);
            to[kernels::offset_of(i) + kernels::kBlock] = -1;
        }
    });
    std::vector<double> out(2 << 12);
    twin.disk().copy_out(out.data());
    for (std::uint64_t i = 0; i < 1 << 12; ++i) {
        ASSERT_EQ(out[kernels::offset_of(i)], static_cast<double>(i));
        ASSERT_EQ(out[kernels::offset_of(i) + kernels::kBlock], -1);
    }
}

/// The same operations on a state that may not spill and on one that has to.
TEST(DiskState, a_state_vector_goes_to_disk_and_comes_back) {
    const Folder folder;
    const auto spill = std::make_shared<DiskOptions>(DiskOptions{.folders = {folder.path()}});
    StateVector<double> near({.threads = 1});
    StateVector<double> far({.threads = 1, .max_memory_bytes = 400 << 10, .spill = spill});
    Random random(4);
    const auto both = [&](const auto& action) {
        action(near);
        action(far);
    };
    const auto gates = [&] {
        for (int k = 0; k < 3 * near.axes(); ++k) {
            const int a = static_cast<int>(random.below(near.axes()));
            const int b = (a + 1 + static_cast<int>(random.below(near.axes() - 1))) % near.axes();
            const Matrix2 u = random_unitary(random);
            const Condition on{std::uint64_t{1} << b, true};
            both([&](auto& state) { state.apply_one(u, a, {&on, 1}); });
            both([&](auto& state) { state.apply_one(u, b); });
        }
    };
    const auto expect_equal = [&](const StateVector<double>& state) {
        for (int k = 0; k < 50; ++k) {
            const std::uint64_t index = random.below(near.size());
            ASSERT_LT(std::abs(near.amplitude(index) - state.amplitude(index)), 1e-13);
        }
    };
    for (int axis = 0; axis < 17; ++axis) both([](auto& state) { state.add_axis(); });
    gates();
    ASSERT_NE(far.large(), nullptr);
    expect_equal(far);
    const StateVector<double> copy = far;
    expect_equal(copy);
    while (near.axes() > 9) {
        const Condition one{1, true};
        const double p = near.weight({&one, 1});
        EXPECT_NEAR(far.weight({&one, 1}), p, 1e-13);
        both([&](auto& state) { state.remove_axis(0, true, 1 / std::sqrt(p)); });
        if (near.axes() % 3 == 0) gates();
        expect_equal(far);
    }
    EXPECT_EQ(far.large(), nullptr);
    EXPECT_GT(far.disk()->most_on_disk_bytes, 16U << 16);  // a part stays in memory
    EXPECT_LE(far.disk()->most_on_disk_bytes, 16U << 17);
    far.reset(16);
    ASSERT_NE(far.large(), nullptr);
    EXPECT_EQ(far.amplitude(0), Complex{1});
    EXPECT_EQ(far.weight(), 1);
}

TEST(DiskOptions, wrong_ones_are_input_errors_in_words) {
    const Folder folder;
    const std::string good = folder.path().string();
    const auto message = [](const std::string& folders, const std::string& compress) {
        try {
            parse_spill(folders, compress);
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string("none");
    };
    EXPECT_EQ(message(good + "," + good, "none"), "none");
    EXPECT_EQ(message(good + ",/no/such", "none"), "--spill: there is no folder \"/no/such\"");
    EXPECT_EQ(message("", "none"), "--spill: there is no folder \"\"");
    for (const char* wrong : {"", "some", "0", "-1e-3", "1", "nan", "1e-7x", "1e-40"})
        EXPECT_NE(message(good, wrong).find("--compress: must be none, lossless, or the most"),
                  std::string::npos)
            << wrong;
}

TEST(DiskCounts, fidelity_and_overlap_follow_from_what_was_measured) {
    DiskCounts counts;
    counts.error = 0.1;
    EXPECT_DOUBLE_EQ(counts.fidelity(), 0.99);
    counts.sweep_s = 10;
    counts.io_s = 9;
    counts.compute_s = 4;  // at least 3 of these passed while the disk worked
    EXPECT_DOUBLE_EQ(counts.overlap(), 0.75);
}

TEST(DiskState, too_little_memory_is_refused_with_what_it_takes) {
    const Folder folder;
    std::string message;
    try {
        DiskState<double>({.folders = {folder.path()}, .max_memory_bytes = 20000, .io_threads = 2},
                          std::make_shared<ThreadTeam>(2));
    } catch (const ResourceError& error) {
        message = error.what();
    }
    EXPECT_EQ(message.find("a state on disk needs at least "), 0U) << message;
    EXPECT_NE(message.find(" of memory, and 20 KiB are allowed"), std::string::npos) << message;
}

TEST(DiskState, stays_within_the_memory_allowed) {
    const Folder folder;
    constexpr std::uint64_t kAllowed = 3 << 20;
    DiskState<double> state(
        {.folders = {folder.path()}, .max_memory_bytes = kAllowed, .io_threads = 2},
        std::make_shared<ThreadTeam>(2));
    std::vector<double> start(2 << 18);  // 8 MiB on disk
    start[0] = 1;
    state.begin(start.data(), 18, (1 << 18) - 1);
    passes::Collector held;
    constexpr double h = std::numbers::sqrt2 / 2;
    for (int axis = 0; axis < 18; ++axis)
        held.pair(1U << axis, 1U << axis, false, {h, h, h, -h}, {});
    Complex scalar;
    const passes::Items items = held.take(scalar);
    state.run(items, scalar);
    const Condition one{1 << 17, true};
    EXPECT_NEAR(state.weight({&one, 1}), 0.5, 1e-12);
    EXPECT_LE(state.peak_bytes(), kAllowed);
    EXPECT_GT(state.disk()->most_on_disk_bytes, std::uint64_t{16} << 16);
}

}  // namespace
}  // namespace carillon::engine
