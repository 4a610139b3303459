// SPDX-License-Identifier: Apache-2.0
// Faults planted in what the compiler makes are found by the validator.
#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/random_circuit_for_test.h"
#include "carillon/workload/validate/sabotage_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using validation::DenseResult;

struct Tally {
    int planted = 0, wrong = 0;
};

/// Every kind of fault once; what a state vector sees, the validator must.
void sabotage(const Circuit& circuit, const std::string& network_name, std::uint64_t seed,
              Tally& tally) {
    Network network = generate_network(network_name);
    fill_capacity(network, circuit.num_qubits);
    DistributedProgram program;
    try {
        program = compile(circuit, network).program;
    } catch (const InputError&) {
        return;  // a wide gate with an angle known only at run time
    }
    ASSERT_TRUE(validate(circuit, program).equal);
    Random random(seed);
    for (const validation::Sabotage& s : validation::all_sabotages()) {
        DistributedProgram broken = program;
        if (!s.apply(broken, random)) continue;
        ++tally.planted;
        const Verdict verdict = validate(circuit, broken);
        if (!verdict.equal) continue;
        ++tally.wrong;
        EXPECT_FALSE(s.always_wrong) << s.name << ", seed " << seed;
        EXPECT_NE(validation::dense_check(circuit, broken, seed, 12).kind, DenseResult::kDiffers)
            << s.name << ", seed " << seed << " on " << network_name;
    }
}

TEST(CompileSabotage, faults_in_compiled_programs_are_found) {
    Tally tally;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        validation::RandomCircuit fixed(4, 500 + seed);
        fixed.add_gates(10, 2);
        sabotage(fixed.circuit, "full:2,comm=2", seed, tally);
        validation::RandomCircuit dynamic(3, 600 + seed);
        dynamic.add_gates(3, 1);
        dynamic.add_dynamic(6, 2);
        sabotage(dynamic.circuit, "full:2,comm=2,native=cz+rz+sx", seed, tally);
    }
    EXPECT_GT(tally.planted, 500);
    EXPECT_LT(tally.wrong, tally.planted / 4);  // most faults change what the program does
}

}  // namespace
}  // namespace carillon
