// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/cooling.h"

#include <cmath>

#include "carillon/workload/partition/sites.h"

namespace carillon {
namespace {

constexpr std::uint64_t kStepsPerLookAtClock = 64;
constexpr int kLastSweeps = 4;

}  // namespace

void cool(Assignment& a, Random& random, const Cooling& cooling, std::uint64_t between_looks,
          const std::function<bool()>& change) {
    a.forget_journal();
    Assignment::Snapshot best = a.snapshot();
    const std::uint64_t start = a.work();
    const auto patience =
        static_cast<std::uint64_t>(cooling.patience * static_cast<double>(cooling.work));
    std::uint64_t last_gain = start;
    double temperature = cooling.hot;
    for (std::uint64_t step = 0;; ++step) {
        const double spent =
            static_cast<double>(a.work() - start) / static_cast<double>(cooling.work + 1);
        if (spent >= 1 || step > cooling.work) break;
        if (step % kStepsPerLookAtClock == 0 && cooling.deadline.over()) break;
        if (step % cooling.stride == 0) {
            temperature = cooling.hot * std::pow(cooling.cold / cooling.hot, spent);
        }
        const std::int64_t before = a.cost();
        const bool legal = change();
        const auto rise = static_cast<double>(a.cost() - before);
        if (!legal || (rise > 0 && random.uniform() >= std::exp(-rise / temperature))) {
            a.roll_back(0);
        }
        a.forget_journal();
        if (step % between_looks != between_looks - 1) continue;
        if (a.cost() < best.cost) {
            best = a.snapshot();
            last_gain = a.work();
        }
        if (best.cost <= cooling.enough || a.work() - last_gain > patience) break;
    }
    descend_sites(a, random, kLastSweeps);
    if (a.cost() > best.cost) a.restore(best);
    a.legalise();
    a.forget_journal();
}

}  // namespace carillon
