// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <vector>

#include "carillon/resource/network/network_builder.h"

namespace carillon {

namespace {

/// About 30 dB over 1000 km: a good pass over a large ground telescope.
constexpr double kSatelliteLossDbPerKm = 0.03;

struct Plan {
    std::vector<std::uint32_t> campus;  ///< rows, columns
    std::uint32_t campuses = 1, regions = 1, repeaters = 1;
    bool satellite = false;
    double campus_km = 10, region_km = 200, satellite_km = 1000;
};

Plan read_plan(GeneratorText& text) {
    Plan plan;
    plan.campus = text.extents("campus", 2, 2, "4x4");
    if (plan.campus.empty())
        text.fail("", "hier needs campus=RxC, e.g. hier:campus=4x4,region=3,satellite");
    plan.campuses = text.whole("campuses", 1, 1u << 16).value_or(1);
    plan.regions = text.whole("region", 1, 1u << 16).value_or(1);
    plan.satellite = text.flag("satellite");
    plan.campus_km = text.capped("campus_km", kMostKm).value_or(plan.campus_km);
    const auto region_km = text.capped("region_km", kMostKm);
    const auto repeaters = text.whole("repeaters", 0, 1u << 16);
    const auto satellite_km = text.capped("satellite_km", kMostKm);
    if (plan.satellite && region_km)
        text.fail("region_km", "region_km does not apply with satellite");
    if (plan.satellite && repeaters)
        text.fail("repeaters", "repeaters does not apply with satellite");
    if (!plan.satellite && satellite_km) text.fail("satellite_km", "satellite_km needs satellite");
    plan.region_km = region_km.value_or(plan.region_km);
    plan.repeaters = repeaters.value_or(plan.repeaters);
    plan.satellite_km = satellite_km.value_or(plan.satellite_km);
    return plan;
}

void check_plan(const Plan& plan, const NetworkBuilder& builder) {
    const std::uint64_t mesh = std::uint64_t{plan.campus[0]} * plan.campus[1];
    const std::uint64_t campuses = std::uint64_t{plan.campuses} * plan.regions;
    const std::uint64_t between = std::uint64_t{plan.regions} * (plan.repeaters + 1);
    builder.check_size(mesh, 0);
    builder.check_size(campuses, 0);
    builder.check_size(mesh * campuses + campuses + plan.regions + between, 0);
}

/// QPUs first (region by region, campus by campus), so that their ids are 0 to Q - 1.
void add_campuses(const Plan& plan, NetworkBuilder& builder) {
    for (std::uint32_t region = 0; region < plan.regions; ++region) {
        for (std::uint32_t campus = 0; campus < plan.campuses; ++campus) {
            const double left = region * (plan.campus[1] + 3.0),
                         top = campus * (plan.campus[0] + 2.0);
            std::size_t number = 0;
            std::size_t first = 0;
            for (std::uint32_t r = 0; r < plan.campus[0]; ++r) {
                for (std::uint32_t c = 0; c < plan.campus[1]; ++c, ++number) {
                    const QpuId id = builder.add_qpu(
                        left + c, top + r, fmt::format("r{}c{}q{}", region, campus, number));
                    if (number == 0) first = static_cast<std::size_t>(id);
                }
            }
            join_grid(builder, first, plan.campus, false);
        }
    }
}

/// A gateway for each campus, at the QPU in the middle of its mesh, and a hub for each region.
std::vector<QpuId> add_hubs(const Plan& plan, NetworkBuilder& builder) {
    const std::size_t mesh = std::size_t{plan.campus[0]} * plan.campus[1];
    const std::size_t middle =
        std::size_t{plan.campus[0] / 2} * plan.campus[1] + plan.campus[1] / 2;
    std::vector<QpuId> hubs;
    for (std::uint32_t region = 0; region < plan.regions; ++region) {
        const double left = region * (plan.campus[1] + 3.0);
        const QpuId hub = builder.add_relay(NodeKind::kRepeater, fmt::format("region{}", region),
                                            left + 0.5 * plan.campus[1], -3);
        hubs.push_back(hub);
        for (std::uint32_t campus = 0; campus < plan.campuses; ++campus) {
            const std::size_t number = std::size_t{region} * plan.campuses + campus;
            const QpuId gateway =
                builder.add_relay(NodeKind::kRepeater, fmt::format("r{}c{}gateway", region, campus),
                                  left + plan.campus[1], campus * (plan.campus[0] + 2.0));
            builder.join(QpuId{number * mesh + middle}, gateway);
            builder.join(gateway, hub, plan.campus_km, LinkKind::kFibre,
                         NetworkBuilder::kFibreLossDbPerKm);
        }
    }
    return hubs;
}

/// A ring of regions (two: one line), each stretch cut by repeaters into equal spans.
void join_by_fibre(const Plan& plan, const std::vector<QpuId>& hubs, NetworkBuilder& builder) {
    const std::size_t stretches = hubs.size() > 2 ? hubs.size() : hubs.size() - 1;
    const double span_km = plan.region_km / (plan.repeaters + 1.0);
    for (std::size_t i = 0; i < stretches; ++i) {
        QpuId last = hubs[i];
        for (std::uint32_t r = 0; r < plan.repeaters; ++r) {
            const double part = (r + 1.0) / (plan.repeaters + 1.0);
            const QpuId next =
                builder.add_relay(NodeKind::kRepeater, fmt::format("relay{}-{}", i, r),
                                  (static_cast<double>(i) + part) * (plan.campus[1] + 3.0), -5);
            builder.join(last, next, span_km, LinkKind::kFibre, NetworkBuilder::kFibreLossDbPerKm);
            last = next;
        }
        builder.join(last, hubs[(i + 1) % hubs.size()], span_km, LinkKind::kFibre,
                     NetworkBuilder::kFibreLossDbPerKm);
    }
}

void join_by_satellite(const Plan& plan, const std::vector<QpuId>& hubs, NetworkBuilder& builder) {
    const double middle = 0.5 * static_cast<double>(hubs.size()) * (plan.campus[1] + 3.0);
    const QpuId satellite = builder.add_relay(NodeKind::kSatellite, "satellite", middle, -8);
    for (const QpuId hub : hubs) {
        builder.join(hub, satellite, plan.satellite_km, LinkKind::kSatellite,
                     kSatelliteLossDbPerKm);
    }
}

}  // namespace

void make_hierarchy(GeneratorText& text, NetworkBuilder& builder) {
    const Plan plan = read_plan(text);
    check_plan(plan, builder);
    add_campuses(plan, builder);
    const std::vector<QpuId> hubs = add_hubs(plan, builder);
    if (plan.satellite) {
        join_by_satellite(plan, hubs, builder);
    } else if (hubs.size() > 1) {
        join_by_fibre(plan, hubs, builder);
    }
}

}  // namespace carillon
