// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/launch.h"

#include <gtest/gtest.h>

#include <map>

#include "carillon/base/error.h"
#include "carillon/resource/host/mpi_ranks.h"

namespace carillon::host {

namespace {

class Table {
  public:
    explicit Table(std::map<std::string, std::string> values) : values_(std::move(values)) {}
    const char* operator()(const char* name) const {
        const auto at = values_.find(name);
        return at == values_.end() ? nullptr : at->second.c_str();
    }

  private:
    std::map<std::string, std::string> values_;
};

Launch launch(std::map<std::string, std::string> values) {
    return launch_from(Table(std::move(values)));
}

TEST(Launch, nothing_in_the_environment_is_a_process_alone) {
    EXPECT_FALSE(launch({}).several());
    EXPECT_EQ(launch({}).by, "");
}

TEST(Launch, launchers_are_known_by_what_they_set) {
    const Launch open = launch({{"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_RANK", "3"}});
    EXPECT_EQ(open.size, 4);
    EXPECT_EQ(open.rank, 3);
    EXPECT_EQ(open.by, "mpirun");
    EXPECT_EQ(launch({{"PMI_SIZE", "2"}, {"PMI_RANK", "0"}}).by, "mpiexec");
    const Launch slurm = launch({{"SLURM_STEP_NUM_TASKS", "8"}, {"PMIX_RANK", "1"}});
    EXPECT_EQ(slurm.by, "srun");
    EXPECT_TRUE(slurm.connected);
}

TEST(Launch, tasks_of_srun_without_pmix_cannot_find_each_other) {
    const Launch tasks = launch({{"SLURM_STEP_NUM_TASKS", "2"}, {"SLURM_PROCID", "1"}});
    EXPECT_TRUE(tasks.several());
    EXPECT_FALSE(tasks.connected);
}

TEST(Launch, a_batch_script_of_a_large_job_is_alone) {
    EXPECT_FALSE(launch({{"SLURM_NTASKS", "8"}, {"SLURM_PROCID", "0"}}).several());
}

TEST(Launch, nonsense_in_the_environment_is_no_launcher) {
    EXPECT_FALSE(launch({{"PMI_SIZE", "two"}, {"PMI_RANK", "0"}}).several());
    EXPECT_FALSE(launch({{"PMI_SIZE", "2"}, {"PMI_RANK", "2"}}).several());
}

TEST(Launch, mpi_can_be_switched_off) {
    EXPECT_FALSE(launch({{"PMI_SIZE", "2"}, {"PMI_RANK", "0"}, {"CARILLON_MPI", "off"}}).several());
    EXPECT_THROW(launch({{"CARILLON_MPI", "perhaps"}}), InputError);
}

TEST(Launch, options_of_mpi_come_from_the_environment) {
    using Values = std::map<std::string, std::string>;
    const MpiOptions options = mpi_options(Table(Values{{"CARILLON_RANKS_PER_NODE", "2"},
                                                        {"CARILLON_MPI_PIECE", "1000"},
                                                        {"CARILLON_LEASE_MS", "0"}}));
    EXPECT_EQ(options.ranks_per_node, 2);
    EXPECT_EQ(options.piece_bytes, 1000u);
    EXPECT_EQ(options.lease_ms, 0);
    for (const char* name : {"CARILLON_RANKS_PER_NODE", "CARILLON_MPI_PIECE", "CARILLON_LEASE_MS"})
        for (const char* wrong : {"", "-1", "2x", "99999999999999999999"})
            EXPECT_THROW(mpi_options(Table(Values{{name, wrong}})), InputError) << name << wrong;
    EXPECT_THROW(mpi_options(Table(Values{{"CARILLON_MPI_PIECE", "2147483648"}})), InputError);
}

}  // namespace

}  // namespace carillon::host
