// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "carillon/execution/execute/compile.h"
#include "carillon/interface/cli/options.h"
#include "carillon/workload/partition/choose_sites.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement_json.h"

namespace carillon::cli {

void read_placement_file(Options& o, const Circuit& circuit, const Network& network) {
    if (o.placement.empty()) return;
    const std::string text = read_file(o.placement);
    CompileOptions& compile = o.job.compile;
    compile.placement_form = form_of_placement(text, o.placement);
    const LoweredCircuit lowered =
        lower_for(circuit, network, compile.native, compile.placement_form);
    PlacementFile file =
        read_placement(text, o.placement, find_interactions(lowered.circuit), network);
    if (!file.sites_given) {
        choose_sites(lowered.circuit, network, file.placement, o.job.seed);
        o.sites_chosen = true;
        if (!o.quiet)
            std::cerr << o.placement
                      << ": gives homes only; every gate is done where that costs fewest pairs\n";
    }
    compile.placement = std::move(file.placement);
}

void write_placement_file(const Options& o, const Circuit& circuit, const Network& network,
                          const Compilation& compiled) {
    if (o.placement_out.empty()) return;
    const ProgramForm form = compiled.placement_form;
    const LoweredCircuit lowered = lower_for(circuit, network, o.job.compile.native, form);
    write_file(o.placement_out,
               write_placement({compiled.placement, true, form}, find_interactions(lowered.circuit),
                               network, circuit.name));
}

}  // namespace carillon::cli
