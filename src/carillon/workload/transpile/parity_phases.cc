// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/parity_phases.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "carillon/workload/transpile/one_qubit.h"

namespace carillon {

namespace {

using std::numbers::pi;

constexpr std::size_t kMostControls = 3;   ///< different ones of one rewrite
constexpr std::size_t kMostSteps = 64;     ///< of one run that is looked at as a whole
constexpr std::uint32_t kMostSpan = 4096;  ///< operations from its first to its last
constexpr double kTiny = 1e-12;

/// One gate on the target of a run: a cx from `control`, or a phase when there is none.
struct Step {
    std::uint32_t number = 0;
    QubitId control;
    double angle = 0;
};

/// Gates on one target since it last was something else than a parity.
using Run = std::vector<Step>;

/// The phase of |1> of a diagonal one-qubit gate with a known angle.
std::optional<double> known_phase(const Circuit& circuit, const Operation& op) {
    if (op.controls > 0 || op.num_operands != 1) return std::nullopt;
    const auto params = circuit.parameters(op);
    if (!std::all_of(params.begin(), params.end(), [](const Param& p) { return p.constant(); }))
        return std::nullopt;
    if (!gate_info(op.gate).diagonal && op.gate != GateKind::kUnitary) return std::nullopt;
    const Matrix m = operation_matrix(circuit, op, {});
    if (!is_diagonal(m)) return std::nullopt;
    return std::arg(m(1, 1) / m(0, 0));
}

/// Phases on ANDs of qubits; index = set of qubits (bit 0 the target).
using Phases = std::array<double, std::size_t{1} << (kMostControls + 1)>;

/// Adds `angle` on the parity of `set`: x1 xor ... xor xk is the sum over subsets S, not empty, of
/// (-2)^(|S|-1) times their AND.
void add_parity(Phases& phases, unsigned set, double angle) {
    for (unsigned sub = set; sub != 0; sub = (sub - 1) & set)
        phases[sub] += angle * std::pow(-2.0, std::popcount(sub) - 1);
}

class Finder {
  public:
    Finder(const Circuit& source, int most_qubits)
        : source_(source),
          most_qubits_(most_qubits),
          runs_(source.num_qubits),
          targets_(source.num_qubits) {}

    std::vector<Rewrite> find() && {
        block(BlockId{0});
        std::sort(found_.begin(), found_.end(),
                  [](const Rewrite& a, const Rewrite& b) { return last_of(a) < last_of(b); });
        return std::move(found_);
    }

  private:
    static std::uint32_t last_of(const Rewrite& r) {
        return r.operations.empty() ? r.first + r.count - 1 : r.operations.back();
    }

    void block(BlockId id) {
        for (const Operation& op : source_.block(id)) {
            const std::uint32_t number = number_++;
            if (op.kind == OpKind::kGate) {
                gate(op, number);
                continue;
            }
            const std::vector<QubitId> touched = touched_qubits(source_, op);
            end_all(touched);
            for (const BlockId body : {op.body, op.otherwise}) {
                if (!body.valid()) continue;
                block(body);
                end_all(touched);
            }
        }
        if (id == BlockId{0})
            for (std::size_t q = 0; q < source_.num_qubits; ++q) end_run(QubitId{q});
    }

    void gate(const Operation& op, std::uint32_t number) {
        const auto qubits = source_.qubits(op);
        if (const std::optional<double> angle = known_phase(source_, op)) {
            Run& run = runs_[qubits[0].value];
            if (!run.empty()) run.push_back({number, {}, *angle});
            return;
        }
        if (op.gate == GateKind::kX && op.controls == 1) {
            end_run(qubits[0]);  // from here on others hold this parity too
            end_uses(qubits[1]);
            step(qubits[1], {number, qubits[0], 0});
            return;
        }
        const GateInfo& info = gate_info(op.gate);
        for (std::size_t k = 0; k < qubits.size(); ++k) {
            end_run(qubits[k]);
            const bool diagonal = k < op.controls || info.diagonal ||
                                  (info.diagonal_on >> (k - op.controls) & 1U) != 0;
            if (!diagonal) end_uses(qubits[k]);
        }
    }

    /// A cx onto `target`; closes the run when everything on it is undone.
    void step(QubitId target, const Step& s) {
        Run& run = runs_[target.value];
        if (run.size() >= kMostSteps || (!run.empty() && s.number - run[0].number > kMostSpan))
            end_run(target);
        run.push_back(s);
        std::vector<QubitId>& used_by = targets_[s.control.value];
        if (std::find(used_by.begin(), used_by.end(), target) == used_by.end())
            used_by.push_back(target);
        std::vector<QubitId> odd;
        for (const Step& t : run) {
            if (!t.control.valid()) continue;
            const auto it = std::find(odd.begin(), odd.end(), t.control);
            if (it == odd.end())
                odd.push_back(t.control);
            else
                odd.erase(it);
        }
        if (odd.empty()) end_run(target);
    }

    void end_all(std::span<const QubitId> qubits) {
        for (const QubitId q : qubits) {
            end_run(q);
            end_uses(q);
        }
    }

    /// `control` changes: runs that it is a control of end here.
    void end_uses(QubitId control) {
        for (const QubitId t : std::exchange(targets_[control.value], {})) end_run(t);
    }

    /// Takes what can be taken of a run: from each step the longest stretch that leaves the parity
    /// as it was.
    void end_run(QubitId target) {
        const Run run = std::exchange(runs_[target.value], {});
        for (std::size_t from = 0; from + 2 < run.size();) {
            const std::size_t end = run[from].control.valid() ? take(target, run, from) : 0;
            from = end > 0 ? end : from + 1;
        }
        for (const Step& s : run)
            if (s.control.valid()) std::erase(targets_[s.control.value], target);
    }

    /// Rewrites the longest stretch from `from` on that pays; gives its end, or 0.
    std::size_t take(QubitId target, const Run& run, std::size_t from) {
        std::vector<QubitId> controls;
        std::vector<std::size_t> ends;
        unsigned parity = 0;
        for (std::size_t k = from; k < run.size(); ++k) {
            if (!run[k].control.valid()) continue;
            auto it = std::find(controls.begin(), controls.end(), run[k].control);
            if (it == controls.end()) {
                if (controls.size() == kMostControls) break;
                it = controls.insert(controls.end(), run[k].control);
            }
            parity ^= 1U << (it - controls.begin());
            if (parity == 0) ends.push_back(k + 1);
        }
        while (!ends.empty()) {
            if (rewrite(target, std::span(run).subspan(from, ends.back() - from)))
                return ends.back();
            ends.pop_back();
        }
        return 0;
    }

    /// Writes a stretch as phases if that pays.
    bool rewrite(QubitId target, std::span<const Step> stretch) {
        Rewrite r;
        r.qubits = {target};
        Phases phases{};
        unsigned parity = 1;
        int removed = 0;
        bool any_phase = false;
        for (const Step& s : stretch) {
            r.operations.push_back(s.number);
            if (!s.control.valid()) {
                add_parity(phases, parity, s.angle);
                any_phase = true;
                continue;
            }
            auto it = std::find(r.qubits.begin(), r.qubits.end(), s.control);
            if (it == r.qubits.end()) it = r.qubits.insert(r.qubits.end(), s.control);
            parity ^= 1U << (it - r.qubits.begin());
            ++removed;
        }
        if (!any_phase) return false;  // equal gates that cancel anyway
        r.replacement.add_qubits("q", static_cast<std::uint32_t>(r.qubits.size()));
        int added = 0;
        for (unsigned set = 1; set < 1U << r.qubits.size(); ++set) {
            const double angle = std::remainder(phases[set], 2 * pi);
            if (std::abs(angle) < kTiny) continue;
            if (std::popcount(set) > most_qubits_) return false;
            added += std::popcount(set) - 1;
            append_phase(r.replacement, set, angle);
        }
        if (added > removed) return false;
        r.first = r.operations.front();
        r.count = static_cast<std::uint32_t>(r.operations.size());
        if (r.operations.back() - r.first + 1 == r.count) r.operations.clear();
        found_.push_back(std::move(r));
        return true;
    }

    static void append_phase(Circuit& circuit, unsigned set, double angle) {
        std::vector<QubitId> qubits;
        for (std::size_t q = 0; q < circuit.num_qubits; ++q)
            if (set >> q & 1U) qubits.emplace_back(q);
        const int controls = static_cast<int>(qubits.size()) - 1;
        const Param param{angle};
        if (std::abs(std::abs(angle) - pi) < kTiny)
            circuit.gate(GateKind::kZ, controls, qubits);
        else
            circuit.gate(GateKind::kP, controls, qubits, std::span(&param, 1));
    }

    const Circuit& source_;
    const int most_qubits_;
    std::vector<Run> runs_;                      ///< by target
    std::vector<std::vector<QubitId>> targets_;  ///< by control: targets of open runs that it is in
    std::vector<Rewrite> found_;
    std::uint32_t number_ = 0;
};

}  // namespace

std::vector<Rewrite> find_parity_phases(const Circuit& source, int most_qubits) {
    return Finder(source, most_qubits).find();
}

}  // namespace carillon
