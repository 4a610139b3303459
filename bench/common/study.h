// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "carillon/workload/partition/partition.h"

namespace carillon::bench {

/// The command line of a study: named options, --help, and an exit code.
///
///     Study study("What this measures.");
///     study.option("--seed", settings.seed, "seed of all random choices").data(settings.data);
///     return study.run(argc, argv, [&] { return measure(settings); });
class Study {
  public:
    explicit Study(const std::string& what);
    ~Study();

    /// A value; what the variable holds is the default.
    Study& option(const std::string& name, std::string& value, const std::string& help);
    Study& option(const std::string& name, std::uint64_t& value, const std::string& help);
    Study& option(const std::string& name, double& value, const std::string& help);
    Study& option(const std::string& name, Effort& value, const std::string& help);
    /// Several words after one option, as many as `names`; none when it is not given.
    Study& words(const std::string& name, std::vector<std::string>& values,
                 const std::vector<std::string>& names, const std::string& help);
    /// --only TEXT: rows whose name holds it.
    Study& only(std::string& text);
    Study& flag(const std::string& name, bool& value, const std::string& help);
    /// DATA, or CARILLON_TEST_DATA: the folder of published instances.
    enum class Data : std::uint8_t { kNeeded, kOptional };
    Study& data(std::filesystem::path& folder, Data use);

    /// Reads the command line and runs the study.
    ///
    /// Returns: what the study returns; 2 when the command line or a file is wrong.
    int run(int argc, char** argv, const std::function<int()>& study);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace carillon::bench
