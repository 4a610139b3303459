// SPDX-License-Identifier: Apache-2.0
// What mpirun and srun start in the tests of ranks.
//   carillon_ranks conform [BYTES]   the rules that every kind of ranks keeps, with messages of up
//   to BYTES
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/resource/host/conformance.h"
#include "carillon/resource/host/started.h"

namespace {

using namespace carillon;
using namespace carillon::host;

std::size_t number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size())
        throw InputError("expected a number, not " + std::string(text));
    return value;
}

int conform(Ranks& ranks, const std::vector<std::string>& words) {
    check_conformance(ranks, words.size() > 1 ? number(words[1]) : std::size_t{1} << 18);
    if (ranks.rank() == 0) std::printf("%s conform\n", ranks.description().c_str());
    return 0;
}

int run(Ranks& ranks, const std::vector<std::string>& words) {
    const std::string verb = words.empty() ? "" : words[0];
    if (verb == "conform") return conform(ranks, words);
    throw InputError("unknown test \"" + verb + "\"");
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    return run_as_started("carillon_ranks", [&](Ranks& ranks) { return run(ranks, words); });
}
