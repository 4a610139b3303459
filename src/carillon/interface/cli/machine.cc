// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/machine.h"

#include <CLI/CLI.hpp>

namespace carillon::cli {

void add_machine(CLI::App& app, const SharedOptions& o) {
    add_setting(app, o, "--bind", "bind",
                "what this process and its threads get for themselves: none, core (a core for each "
                "thread), socket, numa or gpu")
        ->type_name("POLICY");
    add_setting(app, o, "--huge-pages", "huge_pages",
                "huge pages for states: auto (as far as the kernel has them), always (reserved "
                "ones first) or never")
        ->type_name("WHEN");
    app.add_flag("--lock-memory", o->settings["lock_memory"],
                 "keep states in memory; they are never swapped out");
    app.add_option("--metrics", o->metrics,
                   "write efficiency, load balance, traffic and memory of the run to a file: JSON "
                   "when it ends in .json, else as Prometheus reads it")
        ->type_name("FILE");
    app.add_option("--trace-ranks", o->trace_ranks,
                   "write what every rank did and when as trace events, for Perfetto")
        ->type_name("FILE");
}

MachineUse::MachineUse(host::Ranks& ranks, Options& options)
    : ranks_(ranks), options_(options), trace_(!options.trace_ranks.empty()) {
    engine::Locality& locality = options.job.locality;
    if (!options.metrics.empty() || !options.trace_ranks.empty()) locality.trace = &trace_;
    if (!options.bind) return;
    binding_ = host::bind_rank(ranks, *options.bind, options.job.threads);
    if (*options.bind != host::BindPolicy::kNone) {
        options.job.threads = binding_->threads();
        locality.pages.nodes = binding_->wanted().numa_nodes;
    }
    locality.thread_start = [bound = binding_.get()](int thread) { bound->bind_thread(thread); };
}

std::optional<host::BindReport> MachineUse::binding() const {
    if (!binding_) return std::nullopt;
    return binding_->report();
}

std::optional<host::RunMetrics> MachineUse::metrics(std::uint64_t state_bytes) {
    if (options_.metrics.empty() && options_.trace_ranks.empty()) return std::nullopt;
    host::Group world = host::Group::living(ranks_);
    const host::RunMetrics all =
        host::gather_metrics(world, host::measure_rank(ranks_, trace_, state_bytes));
    if (!options_.trace_ranks.empty()) {
        const std::string text = host::gather_trace(world, trace_);
        if (world.index() == 0) write_file(options_.trace_ranks, text);
    }
    if (!options_.metrics.empty() && world.index() == 0)
        write_file(options_.metrics, options_.metrics.ends_with(".json")
                                         ? host::metrics_json(all)
                                         : host::metrics_prometheus(all));
    return all;
}

}  // namespace carillon::cli
