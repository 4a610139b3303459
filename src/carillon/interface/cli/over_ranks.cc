// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/over_ranks.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

#include "carillon/base/error.h"
#include "carillon/execution/execute/format.h"
#include "carillon/resource/host/group.h"
#include "carillon/workload/program/json.h"

namespace carillon::cli {

namespace {

bool several(const Options& options) {
    return options.job.ranks != nullptr && options.job.ranks->size() > 1;
}

std::string rank_names(const std::vector<int>& ranks) {
    std::string text = ranks.size() == 1 ? "rank " : "ranks ";
    for (std::size_t k = 0; k < ranks.size(); ++k)
        text += (k == 0 ? "" : ", ") + std::to_string(ranks[k]);
    return text;
}

std::string milliseconds(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f ms", 1e3 * seconds);
    return text;
}

}  // namespace

void add_safety(CLI::App& app, const SharedOptions& o) {
    app.add_option("--checkpoint", o->job.safety.seconds,
                   "under mpirun: keep copies of the state about every so many seconds (0: as "
                   "often as possible), and go on when ranks die")
        ->type_name("SECONDS")
        ->check(CLI::NonNegativeNumber)
        ->each([o](const std::string&) { o->job.safety.on = true; });
    app.add_option("--checkpoint-folder", o->job.safety.folder,
                   "write them to this folder too, for --resume")
        ->type_name("FOLDER");
    app.add_option("--resume", o->job.safety.resume,
                   "go on from the checkpoint in this folder, with any number of ranks")
        ->type_name("FOLDER");
}

void prepare_ranks(Options& options) {
    engine::SafetyOptions& safety = options.job.safety;
    safety.on |= !safety.folder.empty() || !safety.resume.empty();
    if (safety.on && options.processes)
        throw InputError(
            "checkpoints are of states that several ranks share; with --processes every QPU has "
            "a rank of its own: leave one of both out");
    if (!several(options)) {
        if (safety.on)
            throw InputError(
                "checkpoints are of states that several ranks share: start this under mpirun -n 2 "
                "or more");
        return;
    }
    host::Ranks& ranks = *options.job.ranks;
    if (options.job.threads == 0) {
        int nearby = 0;
        for (int r = 0; r < ranks.size(); ++r)
            nearby += ranks.node_of(r) == ranks.node_of(ranks.rank()) ? 1 : 0;
        options.job.threads =
            std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / nearby);
    }
    safety.report = std::make_shared<engine::SafetyReport>();
}

void print_once(const Options& options, const std::string& text) {
    if (several(options)) {
        const host::Group living = host::Group::living(*options.job.ranks);
        if (living.index() != 0) return;
    }
    // Not std::cout: on ranks other than 0 it was silenced before anybody died.
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw ResourceError("the results cannot be written to standard output");
}

std::string safety_text(const engine::SafetyReport& report) {
    std::string text;
    if (report.resumed_at != 0)
        text += "went on from step " + std::to_string(report.resumed_at) + "\n";
    for (const engine::Recovery& r : report.recoveries) {
        text += rank_names(r.dead) + " died; went on with " + std::to_string(r.parts) +
                (r.parts == 1 ? " part" : " parts") + " of the state: agreed after " +
                milliseconds(r.agree_s) + ", copies back after " + milliseconds(r.restore_s) +
                ", " + std::to_string(r.repeated) + " steps repeated in " +
                milliseconds(r.repeat_s);
        if (r.mended != 0) text += "; " + std::to_string(r.mended) + " damaged copies not used";
        text += "\n";
    }
    if (report.checkpoints != 0)
        text += std::to_string(report.checkpoints) + " checkpoints took " +
                milliseconds(report.checkpoint_s) + "\n";
    return text;
}

void tell_program(host::Ranks& ranks, const DistributedProgram& program) {
    std::vector<std::byte> bytes;
    const std::string text = write_program(program);
    for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
    host::Group::world(ranks).broadcast(bytes);
}

DistributedProgram hear_program(host::Ranks& ranks) {
    std::vector<std::byte> bytes;
    host::Group::world(ranks).broadcast(bytes);
    return carillon::read_program(
        std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "rank 0");
}

}  // namespace carillon::cli
