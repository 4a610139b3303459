// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

#include "carillon/resource/host/host_tree.h"

namespace carillon {

namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

std::uint32_t number_in(const fs::path& file, std::uint32_t otherwise) {
    const std::string line = first_line(file);
    std::uint32_t value = otherwise;
    std::from_chars(line.data(), line.data() + line.size(), value);
    return value;
}

/// Numbers of the folders NAME0, NAME1, ... in a folder, rising.
std::vector<std::uint32_t> numbered(const fs::path& folder, std::string_view name) {
    std::vector<std::uint32_t> numbers;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string file = entry.path().filename().string();
        if (!file.starts_with(name)) continue;
        std::uint32_t value = 0;
        const char* last = file.data() + file.size();
        const auto [end, bad] = std::from_chars(file.data() + name.size(), last, value);
        if (bad == std::errc() && end == last) numbers.push_back(value);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

/// `MemTotal` of a NUMA node: "Node 0 MemTotal:  16777216 kB".
std::uint64_t node_bytes(const fs::path& meminfo) {
    std::ifstream in(meminfo);
    std::string line;
    while (std::getline(in, line)) {
        const std::size_t at = line.find("MemTotal:");
        if (at == std::string::npos) continue;
        std::istringstream words(line.substr(at + 9));
        std::uint64_t kilobytes = 0;
        words >> kilobytes;
        return kilobytes * 1024;
    }
    return 0;
}

}  // namespace

HostObject tree_from_sysfs(const fs::path& sys) {
    HostObject machine{"Machine", 0, {}, 0, {}};
    const fs::path nodes = sys / "devices/system/node";
    for (const std::uint32_t n : numbered(nodes, "node")) {
        const std::uint64_t bytes = node_bytes(nodes / ("node" + std::to_string(n)) / "meminfo");
        machine.children.push_back({"NUMANode", n, {}, bytes, {}});
        machine.bytes += bytes;
    }
    std::map<std::uint32_t, std::map<std::uint32_t, std::vector<std::uint32_t>>> packages;
    const fs::path cpus = sys / "devices/system/cpu";
    for (const std::uint32_t cpu : numbered(cpus, "cpu")) {
        const fs::path topology = cpus / ("cpu" + std::to_string(cpu)) / "topology";
        if (!fs::exists(topology)) continue;  // switched off
        const std::uint32_t package = number_in(topology / "physical_package_id", 0);
        packages[package][number_in(topology / "core_id", cpu)].push_back(cpu);
    }
    for (const auto& [package, cores] : packages) {
        HostObject part{"Package", package, {}, 0, {}};
        for (const auto& [core, threads] : cores) {
            part.children.push_back({"Core", core, {}, 0, {}});
            for (const std::uint32_t t : threads) {
                part.children.back().children.push_back({"PU", t, {}, 0, {}});
            }
        }
        machine.children.push_back(std::move(part));
    }
    return machine;
}

namespace {

/// "Model: \t\t NVIDIA H200" of /proc/driver/nvidia/gpus/ADDRESS/information; empty when there is
/// none.
std::string nvidia_model(const fs::path& information) {
    std::ifstream in(information);
    std::string line;
    while (std::getline(in, line)) {
        if (!line.starts_with("Model:")) continue;
        const std::size_t begin = line.find_first_not_of(" \t", 6);
        return begin == std::string::npos ? std::string() : line.substr(begin);
    }
    return {};
}

}  // namespace

std::vector<GpuDevice> gpu_devices(const fs::path& sys, const fs::path& proc) {
    static const std::map<std::string, std::string> kVendors = {
        {"0x10de", "NVIDIA"}, {"0x1002", "AMD"}, {"0x8086", "Intel"}};
    std::vector<std::string> addresses;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(sys / "bus/pci/devices", error)) {
        addresses.push_back(entry.path().filename().string());
    }
    std::sort(addresses.begin(), addresses.end());
    std::vector<GpuDevice> gpus;
    for (const std::string& address : addresses) {
        const fs::path device = sys / "bus/pci/devices" / address;
        const auto vendor = kVendors.find(first_line(device / "vendor"));
        const bool display = first_line(device / "class").starts_with("0x03");  // PCI base class 3
        if (!display || vendor == kVendors.end()) continue;
        std::string model = nvidia_model(proc / "driver/nvidia/gpus" / address / "information");
        gpus.push_back({address, model.empty() ? vendor->second : std::move(model)});
    }
    return gpus;
}

std::vector<HostObject> gpus_from_sysfs(const fs::path& sys, const fs::path& proc) {
    std::vector<HostObject> gpus;
    for (GpuDevice& gpu : gpu_devices(sys, proc)) {
        const auto number = static_cast<std::uint32_t>(gpus.size());
        gpus.push_back({"GPU", number, std::move(gpu.model), 0, {}});
    }
    return gpus;
}

}  // namespace carillon
