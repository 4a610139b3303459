// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/bounds/integer_program.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/workload/bounds/static_model.h"

#ifdef CARILLON_HAS_CBC

#include <Cbc_C_Interface.h>

namespace carillon {
namespace {

constexpr std::size_t kMostPatternHosts = 6;
constexpr double kSlack = 1e-6;
constexpr double kHuge = 1e9;  ///< values beyond mean that the solver knows nothing

class Program {
  public:
    Program(const StaticModel& model, SteinerCost& steiner) : model_(model), steiner_(steiner) {
        add_homes();
        add_sites();
        add_presences();
        add_order_of_equals();
    }
    ~Program() { Cbc_deleteModel(cbc_); }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// Columns of the program, without building it.
    static std::size_t size(const StaticModel& model, bool complete) {
        const std::size_t per_segment =
            complete ? model.hosts.size() : std::size_t{1} << model.hosts.size();
        return (model.num_qubits + model.gates.size()) * model.hosts.size() +
               model.qubit_of.size() * per_segment;
    }

    ExactResult solve(const ExactOptions& options) {
        Cbc_setLogLevel(cbc_, 0);
        Cbc_setMaximumSeconds(cbc_, options.seconds);
        // Measured on many small programs: plain branch and bound is 10 to 100 times faster than
        // with cuts, heuristics (a good placement is known) and strong branching.
        for (const char* costly : {"heuristicsOnOff", "cutsOnOff", "preprocess"}) {
            Cbc_setParameter(cbc_, costly, "off");
        }
        Cbc_setParameter(cbc_, "strongBranching", "0");
        Cbc_setParameter(cbc_, "timeMode", "elapsed");
        const bool known = options.known_cost >= 0;
        if (known) Cbc_setCutoff(cbc_, static_cast<double>(options.known_cost) - 0.5 + shift_);
        const auto start = std::chrono::steady_clock::now();
        Cbc_solve(cbc_);
        ExactResult result;
        result.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        result.variables = static_cast<std::size_t>(columns_);
        result.rows = static_cast<std::size_t>(rows_);
        result.bound.scope = model_.scope();
        result.bound.method = "integer program";
        if (Cbc_isProvenOptimal(cbc_)) {
            read_solution(result);
            result.solved = true;
            result.bound.cost = result.cost;
        } else if (Cbc_isProvenInfeasible(cbc_) && known) {
            result.solved = true;
            result.bound.cost = options.known_cost;
        } else if (Cbc_isProvenInfeasible(cbc_)) {
            throw InternalError("the integer program of a placement has no solution");
        } else {
            const double best = Cbc_getBestPossibleObjValue(cbc_) - shift_;
            const bool sane = std::abs(best) < kHuge && (!known || best < options.known_cost);
            if (sane) {
                result.bound.cost =
                    std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(best - kSlack)));
            }
            result.note = "the integer program was not solved within its time";
        }
        return result;
    }

  private:
    int column(double cost, double most, bool integer) {
        Cbc_addCol(cbc_, "", 0, most, cost, integer, 0, nullptr, nullptr);
        return columns_++;
    }

    struct Term {
        int column;
        double factor;
    };
    void row(const std::vector<Term>& terms, char sense, double right) {
        std::vector<int> at;
        std::vector<double> factor;
        for (const Term& term : terms) {
            at.push_back(term.column);
            factor.push_back(term.factor);
        }
        Cbc_addRow(cbc_, "", static_cast<int>(at.size()), at.data(), factor.data(), sense, right);
        ++rows_;
    }

    std::uint32_t num_hosts() const { return static_cast<std::uint32_t>(model_.hosts.size()); }

    /// Columns that say which host has it: exactly one.
    std::vector<int> one_host(bool integer) {
        std::vector<int> columns;
        std::vector<Term> terms;
        for (std::uint32_t h = 0; h < num_hosts(); ++h) {
            columns.push_back(column(0, 1, integer));
            terms.push_back({columns.back(), 1});
        }
        row(terms, 'E', 1);
        return columns;
    }

    void add_homes() {
        for (std::uint32_t q = 0; q < model_.num_qubits; ++q) home_.push_back(one_host(true));
        for (std::uint32_t h = 0; h < num_hosts(); ++h) {
            std::vector<Term> terms;
            for (const auto& home : home_) terms.push_back({home[h], 1});
            row(terms, 'L', model_.room[h]);
        }
    }

    void add_sites() {
        // With two hosts the rest is the cover of a bipartite graph once homes are chosen, and
        // whole by itself.
        const bool integer = num_hosts() > 2;
        for (std::size_t g = 0; g < model_.gates.size(); ++g) site_.push_back(one_host(integer));
    }

    void add_presences() {
        for (std::uint32_t s = 0; s < model_.qubit_of.size(); ++s) {
            if (steiner_.complete()) {
                add_copies(s);
            } else {
                add_patterns(s);
            }
        }
    }

    void require_presence(std::uint32_t segment, std::uint32_t host,
                          const std::vector<Term>& present) {
        const auto at_least = [&](int what) {
            std::vector<Term> terms = present;
            terms.push_back({what, -1});
            row(terms, 'G', 0);
        };
        at_least(home_[model_.qubit_of[segment]][host]);
        for (std::uint32_t g : model_.gates_of[segment]) at_least(site_[g][host]);
    }

    /// A unit for each host, of which the first is free.
    void add_copies(std::uint32_t segment) {
        shift_ += 1;
        for (std::uint32_t h = 0; h < num_hosts(); ++h) {
            require_presence(segment, h, {{column(1, 1, false), 1}});
        }
    }

    /// A set of hosts, which costs its tree.
    void add_patterns(std::uint32_t segment) {
        std::vector<Term> one;
        std::vector<std::vector<Term>> present(num_hosts());
        std::vector<std::uint32_t> nodes;
        for (std::uint32_t set = 1; set < 1u << num_hosts(); ++set) {
            nodes.clear();
            for (std::uint32_t h = 0; h < num_hosts(); ++h) {
                if (set >> h & 1) nodes.push_back(model_.hosts[h]);
            }
            const std::uint32_t cost = steiner_(nodes);
            if (cost >= SteinerCost::kDisconnected) continue;
            const int chosen = column(cost, 1, false);
            one.push_back({chosen, 1});
            for (std::uint32_t h = 0; h < num_hosts(); ++h) {
                if (set >> h & 1) present[h].push_back({chosen, 1});
            }
        }
        row(one, 'E', 1);
        for (std::uint32_t h = 0; h < num_hosts(); ++h) require_presence(segment, h, present[h]);
    }

    /// Of hosts that may trade places, the next is used for a qubit only if a lower qubit lives on
    /// the one before. The first qubit lives on one of them for each orbit of the network.
    void add_order_of_equals() {
        const std::vector<std::uint32_t> first = model_.equal_hosts(steiner_);
        const std::vector<std::uint32_t> orbit = model_.orbits(steiner_);
        for (std::uint32_t h = 0; h < num_hosts(); ++h) {
            if (first[h] != orbit[h]) row({{home_[0][h], 1}}, 'L', 0);
        }
        for (std::uint32_t h = 0; h < num_hosts(); ++h) {
            std::uint32_t before = h;
            for (std::uint32_t e = 0; e < h; ++e) {
                if (first[e] == first[h]) before = e;
            }
            if (before == h) continue;
            for (std::uint32_t q = 0; q < model_.num_qubits; ++q) {
                std::vector<Term> terms{{home_[q][h], 1}};
                for (std::uint32_t p = 0; p < q; ++p) terms.push_back({home_[p][before], -1});
                row(terms, 'L', 0);
            }
        }
    }

    void read_solution(ExactResult& result) const {
        const double* value = Cbc_getColSolution(cbc_);
        const auto chosen = [&](const std::vector<int>& columns) {
            std::uint32_t best = 0;
            for (std::uint32_t h = 1; h < columns.size(); ++h) {
                if (value[columns[h]] > value[columns[best]]) best = h;
            }
            return best;
        };
        std::vector<std::uint32_t> homes, sites;
        for (const auto& columns : home_) homes.push_back(chosen(columns));
        for (const auto& columns : site_) sites.push_back(chosen(columns));
        result.cost = model_.cost(steiner_, homes, sites);
        const double said = Cbc_getObjValue(cbc_) - shift_;
        if (std::abs(said - static_cast<double>(result.cost)) > 1e-3) {
            throw InternalError("the integer program says " + std::to_string(said) +
                                " of a placement that costs " + std::to_string(result.cost));
        }
        result.placement = model_.placement(homes, sites);
    }

    const StaticModel& model_;
    SteinerCost& steiner_;
    Cbc_Model* cbc_ = Cbc_newModel();
    int columns_ = 0, rows_ = 0;
    double shift_ = 0;  ///< what the objective counts too much
    std::vector<std::vector<int>> home_, site_;
};

ExactResult not_tried(std::string why) {
    ExactResult result;
    result.bound.scope = BoundScope::kStatic;
    result.bound.method = "integer program";
    result.note = std::move(why);
    return result;
}

}  // namespace

bool have_integer_programs() {
    return true;
}

ExactResult solve_static(const Interactions& interactions, const Network& network,
                         const ExactOptions& options) {
    const StaticModel model(interactions, network);
    SteinerCost steiner(model.topology);
    if (model.hosts.empty() || model.num_qubits == 0) return not_tried("there is nothing to place");
    if (!steiner.complete() && model.hosts.size() > kMostPatternHosts) {
        return not_tried("networks that are not complete are solved exactly up to " +
                         std::to_string(kMostPatternHosts) + " QPUs");
    }
    const std::size_t variables = Program::size(model, steiner.complete());
    if (variables > options.most_variables) {
        return not_tried("the integer program would have " + std::to_string(variables) +
                         " variables, more than " + std::to_string(options.most_variables));
    }
    return Program(model, steiner).solve(options);
}

}  // namespace carillon

#else

namespace carillon {

bool have_integer_programs() {
    return false;
}

ExactResult solve_static(const Interactions&, const Network&, const ExactOptions&) {
    ExactResult result;
    result.bound.scope = BoundScope::kStatic;
    result.note =
        "this build has no solver of integer programs; install coinor-libcbc-dev and "
        "build again";
    return result;
}

}  // namespace carillon

#endif
