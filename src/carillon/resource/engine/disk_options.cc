// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/disk_options.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "carillon/base/error.h"
#include "carillon/resource/engine/memory.h"

namespace carillon::engine {

namespace {

constexpr double kLargestBound = 0.01, kSmallestBound = 1e-30;

std::vector<std::filesystem::path> folders_in(const std::string& text) {
    std::vector<std::filesystem::path> folders;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        folders.emplace_back(text.substr(begin, end - begin));
        std::error_code none;
        if (!std::filesystem::is_directory(folders.back(), none))
            throw InputError("--spill: there is no folder \"" + folders.back().string() + "\"");
        begin = end + 1;
    }
    return folders;
}

}  // namespace

DiskOptions parse_spill(const std::string& folders, const std::string& compress) {
    DiskOptions options{.folders = folders_in(folders)};
    if (compress == "none") return options;
    if (compress == "lossless") {
        options.compression = host::Compression::kLossless;
    } else {
        const char* const end = compress.data() + compress.size();
        const auto [at, error] = std::from_chars(compress.data(), end, options.error_bound);
        if (error != std::errc() || at != end || !(options.error_bound >= kSmallestBound) ||
            options.error_bound > kLargestBound)
            throw InputError(
                "--compress: must be none, lossless, or the most an amplitude may change at each "
                "write, from 1e-30 to 0.01, such as 1e-7; got \"" +
                compress + "\"");
        options.compression = host::Compression::kBounded;
    }
    host::BlockCodec({.compression = options.compression, .error_bound = 1e-3}, 64);
    return options;
}

double DiskCounts::fidelity() const {
    return std::max(0.0, 1 - error * error);
}

double DiskCounts::overlap() const {
    const double most = std::min(compute_s, io_s);
    return most > 0 ? std::clamp((compute_s + io_s - sweep_s) / most, 0.0, 1.0) : 0;
}

DiskCounts& DiskCounts::operator+=(const DiskCounts& later) {
    sweeps += later.sweeps;
    read_bytes += later.read_bytes;
    written_bytes += later.written_bytes;
    most_on_disk_bytes = std::max(most_on_disk_bytes, later.most_on_disk_bytes);
    sweep_s += later.sweep_s;
    compute_s += later.compute_s;
    io_s += later.io_s;
    error += later.error;
    direct = later.direct;
    notes = later.notes;
    return *this;
}

std::string disk_text(const DiskCounts& counts) {
    char text[400];
    std::snprintf(text, sizeof text,
                  "state on disk: %s at most, %s written and %s read; %llu sweeps took %.3g s, in "
                  "which the disk worked %.3g s and the processor %.3g s, %.0f %% of the shorter "
                  "at the same time\n",
                  bytes_text(counts.most_on_disk_bytes).c_str(),
                  bytes_text(counts.written_bytes).c_str(), bytes_text(counts.read_bytes).c_str(),
                  static_cast<unsigned long long>(counts.sweeps), counts.sweep_s, counts.io_s,
                  counts.compute_s, 100 * counts.overlap());
    std::string all = text;
    if (counts.error > 0) {
        std::snprintf(text, sizeof text,
                      "rounding to the bound changed the state by at most %.3g: fidelity at least "
                      "1 - %.2g\n",
                      counts.error, std::min(1.0, counts.error * counts.error));
        all += text;
    }
    for (const std::string& note : counts.notes) all += "note: " + note + "\n";
    return all;
}

}  // namespace carillon::engine
