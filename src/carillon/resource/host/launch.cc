// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/launch.h"

#include <charconv>
#include <cstring>
#include <string_view>

#include "carillon/base/error.h"

namespace carillon::host {

namespace {

/// A launcher and where it writes how many it started and who this one is.
struct Launcher {
    const char* name;
    const char* size;
    const char* rank;
};

constexpr Launcher kLaunchers[] = {
    {"mpirun", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
    {"mpiexec", "PMI_SIZE", "PMI_RANK"},
    {"srun", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"},
};

int whole(const char* text) {
    int value = -1;
    if (text == nullptr) return value;
    const char* end = text + std::strlen(text);
    const auto [stop, problem] = std::from_chars(text, end, value);
    return problem == std::errc() && stop == end ? value : -1;
}

bool switched_off(const Environment& environment) {
    const char* value = environment("CARILLON_MPI");
    if (value == nullptr || std::string_view(value) == "on") return false;
    if (std::string_view(value) == "off") return true;
    throw InputError("CARILLON_MPI=" + std::string(value) + ": expected on or off");
}

}  // namespace

Launch launch_from(const Environment& environment) {
    if (switched_off(environment)) return {};
    for (const Launcher& launcher : kLaunchers) {
        const int size = whole(environment(launcher.size));
        const int rank = whole(environment(launcher.rank));
        if (size > 0 && rank >= 0 && rank < size) return {size, rank, launcher.name, true};
    }
    // A step of several tasks that cannot find each other. A batch script, and a program that it
    // starts without srun, is a step of one task whatever the size of the job.
    const int tasks = whole(environment("SLURM_STEP_NUM_TASKS"));
    const int task = whole(environment("SLURM_PROCID"));
    if (tasks > 1 && task >= 0 && task < tasks) return {tasks, task, "srun", false};
    return {};
}

long whole_setting(const Environment& environment, const char* name, long least, long otherwise) {
    const char* text = environment(name);
    if (text == nullptr) return otherwise;
    long value = 0;
    const char* end = text + std::strlen(text);
    const auto [stop, problem] = std::from_chars(text, end, value);
    if (problem != std::errc() || stop != end || value < least)
        throw InputError(std::string(name) + "=" + text + ": expected a whole number from " +
                         std::to_string(least) + " on");
    return value;
}

}  // namespace carillon::host
