// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/placement_json.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

namespace instances = test_instances;

struct Instance {
    Circuit circuit = instances::ghz_chain(4);
    Interactions interactions = find_interactions(circuit);
    Network network = instances::full({2, 2, 2});
};

std::string message_of(const std::string& text) {
    const Instance i;
    try {
        read_placement(text, "p.json", i.interactions, i.network);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

constexpr const char* kHead = R"({"format": "carillon-placement", "version": 1, )";

TEST(PlacementJson, what_is_written_is_read_back_equal) {
    const Instance i;
    Placement placement;
    placement.home = {QpuId{0}, QpuId{0}, QpuId{1}, QpuId{1}};
    placement.moves = {{3, QubitId{1}, QpuId{2}}, {3, QubitId{2}, QpuId{0}}};
    placement.site.resize(i.interactions.num_operations);
    for (const Interaction& gate : i.interactions.gates) placement.site[gate.operation] = QpuId{2};
    const std::string text =
        write_placement({placement, true, {true, true}}, i.interactions, i.network, "ghz");
    const PlacementFile file = read_placement(text, "p.json", i.interactions, i.network);
    EXPECT_TRUE(file.sites_given);
    EXPECT_EQ(file.form, (ProgramForm{true, true}));
    EXPECT_EQ(form_of_placement(text, "p.json"), file.form);
    EXPECT_EQ(file.placement.home, placement.home);
    EXPECT_EQ(file.placement.site, placement.site);
    ASSERT_EQ(file.placement.moves.size(), 2u);
    EXPECT_EQ(file.placement.moves[1].position, 3u);
    EXPECT_EQ(file.placement.moves[1].qubit, QubitId{2});
    EXPECT_EQ(file.placement.moves[1].to, QpuId{0});
    EXPECT_EQ(write_placement(file, i.interactions, i.network, "ghz"), text);
}

TEST(PlacementJson, homes_alone_suffice_by_name_or_number) {
    const Instance i;
    const PlacementFile file =
        read_placement(std::string(kHead) + R"("homes": ["n0", 0, "n2", 1]})", "p.json",
                       i.interactions, i.network);
    EXPECT_FALSE(file.sites_given);
    EXPECT_EQ(file.placement.home, (std::vector<QpuId>{QpuId{0}, QpuId{0}, QpuId{2}, QpuId{1}}));
}

TEST(PlacementJson, what_does_not_fit_is_refused_with_its_place) {
    const std::string head = kHead;
    const auto says = [](const std::string& text, const std::string& part) {
        EXPECT_NE(message_of(text).find(part), std::string::npos) << text << "\n"
                                                                  << message_of(text);
    };
    says(head + R"("homes": [0, 1]})", "homes: must have one node for each of the 4 qubits");
    says(head + R"("homes": [0, 1, 2, 3]})", "homes[3]");
    says(head + R"("homes": [0, 1, 2, "n7"]})", "homes[3]: the network has no node \"n7\"");
    says(head + R"("homes": [0, 0, 1, 1], "sites": [0]})", "sites: must have one node for each");
    says(head + R"("homes": [0, 0, 1, 1], "gates": 4})", "gates: must be 3");
    says(head + R"("homes": [0, 0, 1, 1], "kept": []})", "kept: needs sites");
    says(head + R"("homes": [0, 0, 1, 1], "sites": [0, 0, 0], "kept": [{"segment": 0, "at": 1}]})",
         "segment 0 is not embeddable");
    says(head + R"("homes": [0, 0, 1, 1], "moves": [{"position": 2, "qubit": 0, "to": 1},
         {"position": 1, "qubit": 0, "to": 0}]})",
         "moves[1].position");
    says(head + R"("homes": [0, 0, 1, 1], "site": [0, 0, 0]})", "site");
    says(R"({"format": "carillon-placement", "version": 2, "homes": [0, 0, 1, 1]})", "version");
    says(R"({"format": "carillon-program", "version": 1, "homes": [0, 0, 1, 1]})", "format");
}

}  // namespace
}  // namespace carillon
