// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace carillon::host {

/// How this process was started, as its environment tells.
struct Launch {
    int size = 1;  ///< processes started together
    int rank = 0;
    std::string by;         ///< "mpirun", "srun", "mpiexec"; empty when started alone
    bool connected = true;  ///< the launcher offers what MPI needs to find the others

    bool several() const { return size > 1; }
};

/// Value of an environment variable, nullptr when it is not set: getenv, or a table in tests.
using Environment = std::function<const char*(const char* name)>;

/// Reads what Open MPI's mpirun, MPICH's mpiexec and Slurm's srun leave in the environment.
/// CARILLON_MPI=off makes every process one that was started alone.
///
/// Throws: InputError when CARILLON_MPI is neither on nor off.
Launch launch_from(const Environment& environment);

/// What an environment variable says of a whole number.
///
/// Throws: InputError that names the variable when it is no number from `least` on.
long whole_setting(const Environment& environment, const char* name, long least, long otherwise);

}  // namespace carillon::host
