// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "carillon/base/error.h"
#include "carillon/base/suggest.h"
#include "carillon/resource/network/generator_text.h"
#include "carillon/resource/network/network.h"
#include "carillon/resource/network/network_builder.h"

namespace carillon {

namespace {

/// K QPUs on a circle of unit spacing; ids are 0 to K - 1.
std::size_t add_circle(NetworkBuilder& builder, std::size_t count) {
    const double radius = static_cast<double>(count) / (2 * std::numbers::pi);
    for (std::size_t i = 0; i < count; ++i) {
        const double angle =
            2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count);
        builder.add_qpu(radius * std::cos(angle), radius * std::sin(angle));
    }
    return count;
}

void make_full(GeneratorText& text, NetworkBuilder& builder) {
    const std::uint64_t k = text.size(1, 1, "full:4")[0];
    builder.check_size(k, k * (k - 1) / 2);
    add_circle(builder, k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = i + 1; j < k; ++j) builder.join(QpuId{i}, QpuId{j});
    }
}

void make_line(GeneratorText& text, NetworkBuilder& builder) {
    const std::size_t k = text.size(1, 1, "line:4")[0];
    builder.check_size(k, k - 1);
    for (std::size_t i = 0; i < k; ++i) builder.add_qpu(static_cast<double>(i), 0);
    for (std::size_t i = 1; i < k; ++i) builder.join(QpuId{i - 1}, QpuId{i});
}

void make_ring(GeneratorText& text, NetworkBuilder& builder) {
    const auto extents = text.size(1, 1, "ring:4");
    builder.check_size(extents[0], extents[0]);
    add_circle(builder, extents[0]);
    join_grid(builder, 0, extents, true);
}

void make_star(GeneratorText& text, NetworkBuilder& builder) {
    const std::size_t k = text.size(1, 1, "star:5")[0];
    builder.check_size(k, k - 1);
    builder.add_qpu(0, 0);
    for (std::size_t i = 1; i < k; ++i) {
        const double angle =
            2 * std::numbers::pi * static_cast<double>(i - 1) / static_cast<double>(k - 1);
        builder.add_qpu(std::cos(angle), std::sin(angle));
        builder.join(QpuId{0}, QpuId{i});
    }
}

void make_tree(GeneratorText& text, NetworkBuilder& builder) {
    const std::size_t k = text.size(1, 1, "tree:7")[0];
    const std::size_t arity = text.whole("arity", 1, 1u << 20).value_or(2);
    builder.check_size(k, k - 1);
    std::size_t level = 0, level_begin = 0, level_size = 1;
    for (std::size_t i = 0; i < k; ++i) {
        if (i == level_begin + level_size) {
            level_begin = i;
            level_size *= arity;
            ++level;
        }
        const double across =
            (static_cast<double>(i - level_begin) + 0.5) / static_cast<double>(level_size);
        builder.add_qpu(across, static_cast<double>(level));
        if (i > 0) builder.join(QpuId{(i - 1) / arity}, QpuId{i});
    }
}

void make_grid(GeneratorText& text, NetworkBuilder& builder) {
    const bool wrap = text.shape() == "torus";
    auto extents = text.size(2, 3, wrap ? "torus:4x4 or torus:4x4x4" : "grid:4x4 or grid:4x4x4");
    extents.resize(3, 1);
    std::uint64_t nodes = 1;
    for (const std::uint64_t n : extents) {
        nodes *= n;
        builder.check_size(nodes, 0);
    }
    builder.check_size(nodes, count_grid_links(extents, wrap));
    for (std::size_t i = 0; i < extents[0]; ++i) {
        for (std::size_t j = 0; j < extents[1]; ++j) {
            for (std::size_t k = 0; k < extents[2]; ++k) {  // drawn askew into the plane
                const double depth = static_cast<double>(k) / static_cast<double>(extents[2]);
                builder.add_qpu(static_cast<double>(j) + 0.6 * depth,
                                static_cast<double>(i) + 0.4 * depth);
            }
        }
    }
    join_grid(builder, 0, extents, wrap);
}

struct Shape {
    std::string_view name;
    void (*make)(GeneratorText&, NetworkBuilder&);
    std::string_view help;
};

constexpr Shape kShapes[] = {
    {"full", make_full, "full:K          every two QPUs are joined"},
    {"line", make_line, "line:K          a chain"},
    {"ring", make_ring, "ring:K          a closed chain"},
    {"star", make_star, "star:K          QPU 0 is the hub of K - 1 others"},
    {"tree", make_tree, "tree:K          a tree filled level by level (arity=2)"},
    {"grid", make_grid, "grid:RxC[xL]    a mesh"},
    {"torus", make_grid, "torus:RxC[xL]   a mesh whose ends meet"},
    {"random", make_random, "random:K        random geometric, always connected (radius=, seed=)"},
    {"hier", make_hierarchy,
     "hier:campus=RxC campuses (campuses=) in regions (region=), joined by fibre or satellite"},
};

}  // namespace

std::uint64_t count_grid_links(std::span<const std::uint32_t> extents, bool wrap) {
    std::uint64_t nodes = 1, links = 0;
    for (const std::uint64_t n : extents) nodes *= n;
    for (const std::uint64_t n : extents) links += nodes / n * (n - 1 + (wrap && n > 2 ? 1 : 0));
    return links;
}

void join_grid(NetworkBuilder& builder, std::size_t first, std::span<const std::uint32_t> extents,
               bool wrap) {
    std::size_t nodes = 1;
    for (const std::size_t n : extents) nodes *= n;
    for (std::size_t id = 0; id < nodes; ++id) {
        std::size_t stride = nodes;
        for (const std::size_t n : extents) {
            stride /= n;
            const std::size_t place = id / stride % n;
            const std::size_t start = id - place * stride;
            if (place + 1 < n) builder.join(QpuId{first + id}, QpuId{first + id + stride});
            if (wrap && n > 2 && place + 1 == n)
                builder.join(QpuId{first + id}, QpuId{first + start});
        }
    }
}

Network generate_network(std::string_view string) {
    GeneratorText text(string);
    for (const Shape& shape : kShapes) {
        if (shape.name != text.shape()) continue;
        NetworkBuilder builder(text);
        shape.make(text, builder);
        text.finish(generator_keys());
        return builder.finish(std::string(string));
    }
    std::array<std::string_view, std::size(kShapes)> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kShapes[i].name;
    text.fail("",
              fmt::format("unknown shape \"{}\"{}", text.shape(), suggestion(text.shape(), names)));
}

std::string generator_help() {
    std::string out = "Shapes:\n";
    for (const Shape& shape : kShapes) out += fmt::format("  {}\n", shape.help);
    out += "Keys, after a comma each (in brackets: the value when left out):\n";
    for (const GeneratorKey& key : generator_keys()) {
        const std::string usage =
            key.value.empty() ? std::string(key.name) : fmt::format("{}={}", key.name, key.value);
        out += fmt::format("  {:<24} {}\n", usage, key.help);
    }
    return out;
}

}  // namespace carillon
